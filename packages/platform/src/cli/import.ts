import { statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { checkHistory, closest, ParzenError, type Store, type StudySpec } from '@parzen/core'
import { Argument, type Command } from 'commander'
import { studyNameProblem } from '../spec/schema.js'
import { importedStudy } from '../tensorboard/imported-study.js'
import { type Runs, readRuns } from '../tensorboard/runs.js'
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
    .action(async (_from: string, folder: string, options: Options) => {
      const name = options.study ?? basename(resolve(folder))
      const problem = studyNameProblem(name)
      if (problem !== undefined) {
        throw new ParzenError('study/name', `study: ${problem}`, { hint: '--study gives it another name' })
      }
      const runs = runsOf(folder, Math.max(2, options.points))
      const objective = objectiveOf(options, runs)
      await withStore(options.store, ({ store }) => importInto(cli, store, { name, folder, runs, objective, options }))
    })
}

function runsOf(folder: string, points: number): Runs {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ParzenError('import/folder', `import: expected a folder, got none at ${shortPath(resolve(folder))}`)
  }
  const runs = readRuns(resolve(folder), points)
  if (runs.runs.length > 0) return runs
  throw new ParzenError('import/empty', `import: expected event files (*tfevents*) with scalars in ${folder}, got none`)
}

function objectiveOf({ minimize, maximize }: Options, { runs }: Runs): StudySpec['objectives'][number] {
  const tags = [...new Set(runs.flatMap(({ curves }) => [...curves.keys()]))].sort()
  const metric = minimize ?? maximize
  const found = `found: ${tags.length === 0 ? 'none' : tags.slice(0, 20).join(', ')}${tags.length > 20 ? ', …' : ''}`
  if (metric === undefined || (minimize !== undefined && maximize !== undefined)) {
    const got = metric === undefined ? 'none' : 'both'
    throw new ParzenError('import/objective', `import: expected --minimize TAG or --maximize TAG, got ${got}`, {
      hint: found,
    })
  }
  if (!tags.includes(metric)) {
    const like = closest(metric, tags)
    const hint = like === undefined ? found : `did you mean ${like}? ${found}`
    throw new ParzenError('import/objective', `import: expected a tag of these runs, got ${metric}`, { hint })
  }
  return { metric, direction: minimize === undefined ? 'maximize' : 'minimize' }
}

interface Import {
  readonly name: string
  readonly folder: string
  readonly runs: Runs
  readonly objective: StudySpec['objectives'][number]
  readonly options: Options
}

async function importInto(cli: Cli, store: Store, { name, folder, runs, objective, options }: Import): Promise<void> {
  const events = importedStudy(name, objective, runs)
  const [wrong] = checkHistory(events)
  if (wrong !== undefined) throw new ParzenError('import/journal', `import: expected a lawful journal, got ${wrong}`)
  if (!(await store.append(name, 0, events))) {
    throw new ParzenError('study/exists', `study ${name}: expected a new one, got one that is in this store already`, {
      hint: '--study gives it another name',
    })
  }
  const [created] = events
  const params = created?.type === 'study-created' ? Object.keys(created.spec.space) : []
  const trials = runs.runs.length
  if (options.json) {
    const metrics = [...new Set(runs.runs.flatMap(({ curves }) => [...curves.keys()]))].sort()
    cli.terminal.print(JSON.stringify({ study: name, trials, params, metrics }))
    return
  }
  const what = `${count(trials, 'run')} with ${count(params.length, 'parameter')} of ${shortPath(resolve(folder))}`
  cli.terminal.print(`${name}: ${what}\nmore: parzen show ${name}  parzen analyze ${name}`)
}
