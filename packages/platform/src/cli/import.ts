import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { ParzenError } from '@parzen/core'
import { Argument, type Command } from 'commander'
import { keepImported, runsAsStudy } from '../runner/import-runs.js'
import { type Cli, command } from './command.js'
import { count } from './format/number.js'
import { shortPath, withStore } from './open.js'
import { wholeNumber } from './trial-choice.js'

interface Options {
  store?: string
  study?: string
  minimize?: string
  maximize?: string
  points: number
  json?: boolean
}

export function importCommand(cli: Cli): Command {
  return command({
    usage: 'import',
    summary: 'Old runs as a study: to show, analyze and export. Of TensorBoard: event files with their HParams.',
    examples: [
      ['parzen import tensorboard runs --maximize val/accuracy', 'each run is a trial of the study "runs"'],
      ['parzen import tensorboard logs --minimize loss --study old', 'under another name'],
    ],
    json: 'one object: study trials params metrics.',
  })
    .addArgument(new Argument('<from>', 'what wrote them').choices(['tensorboard']))
    .addArgument(new Argument('<folder>', 'the log folder'))
    .option('--study <name>', 'its name; that of the folder if left out')
    .option('--minimize <tag>', 'the objective')
    .option('--maximize <tag>', 'the objective, where more is better')
    .option('--points <count>', 'points kept of each curve', wholeNumber, 1000)
    .action(async (_from: string, folder: string, { store: location, study, json, ...options }: Options) => {
      const path = resolve(folder)
      if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
        throw new ParzenError('import/folder', `import: expected a folder, got none at ${shortPath(path)}`)
      }
      const points = Math.max(2, options.points)
      const made = runsAsStudy({ ...options, points, name: study ?? basename(path), folder: path, shown: folder })
      await withStore(location, async ({ store }) => {
        const imported = await keepImported(store, made)
        if (json) return cli.terminal.print(JSON.stringify(imported))
        const { study: name, trials, params } = imported
        const what = `${count(trials, 'run')} with ${count(params.length, 'parameter')} of ${shortPath(path)}`
        cli.terminal.print(`${name}: ${what}\nmore: parzen show ${name}  parzen analyze ${name}`)
      })
    })
}
