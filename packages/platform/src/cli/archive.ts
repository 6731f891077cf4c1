import type { Command } from 'commander'
import { type Cli, command } from './command.js'
import { plain } from './format/width.js'
import { pickStudy, whoAmI, withExistingStore } from './open.js'

interface Options {
  store?: string
  undo?: boolean
  json?: boolean
}

export function archiveCommand(cli: Cli): Command {
  return command({
    usage: 'archive [study]',
    summary: 'Put a study out of the way: `list` and the dashboard show it on request; it can still be run.',
    examples: [
      ['parzen archive digits', 'out of the way'],
      ['parzen archive digits --undo', 'back again'],
    ],
    json: 'an object: study archived.',
  })
    .option('--undo', 'show it again')
    .action(async (name: string | undefined, options: Options) => {
      await withExistingStore(options.store, async ({ store }) => {
        const study = await pickStudy(store, name)
        const archived = !options.undo
        const by = whoAmI(cli.environment)
        await study.commit(({ note }) => ({
          events: (note.archived ?? false) === archived ? [] : [{ type: 'study-noted', by, archived }],
          result: undefined,
        }))
        const { terminal } = cli
        if (options.json) terminal.print(JSON.stringify({ study: study.name, archived }))
        else terminal.print(`${plain(study.name)}: ${archived ? 'archived' : 'no longer archived'}`)
      })
    })
}
