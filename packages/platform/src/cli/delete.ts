import type { Command } from 'commander'
import { deleteStudy, finishDeleting } from '../runner/delete-study.js'
import { type Cli, command } from './command.js'
import { confirmed } from './confirm.js'
import { exitCode } from './exit-code.js'
import { count } from './format/number.js'
import { plain } from './format/width.js'
import { pickStudy, withExistingStore } from './open.js'

interface Options {
  store?: string
  yes?: boolean
  json?: boolean
}

export function deleteCommand(cli: Cli): Command {
  return command({
    usage: 'delete <study>',
    summary: 'Delete a study for good, with the logs, checkpoints and files of its trials.',
    examples: [
      ['parzen delete digits', 'asks first'],
      ['parzen delete digits --yes', 'does not, for scripts'],
      ['parzen archive digits', 'only out of the way'],
    ],
    json: 'an object: study deleted.',
  })
    .option('--yes', 'do not ask')
    .action(async (name: string, options: Options) => {
      await withExistingStore(options.store, async (place) => {
        // what a deletion that was killed has left
        const finished = await finishDeleting(place)
        const isDone = finished.includes(name) && !(await place.store.list()).includes(name)
        if (isDone) return tell(cli, name, { ...options, deleted: true })
        const study = await pickStudy(place.store, name)
        const what = `${plain(name)}, ${count(study.state.trials.length, 'trial')} with all they logged and kept`
        const isMeant = options.yes || (await confirmed('delete', `delete ${what}, for good?`))
        if (isMeant) await deleteStudy(study, place)
        else cli.exitCode = exitCode.failed
        tell(cli, name, { ...options, deleted: isMeant })
      })
    })
}

function tell({ terminal }: Cli, study: string, { json, deleted }: { json?: boolean; deleted: boolean }): void {
  terminal.print(json ? JSON.stringify({ study, deleted }) : `${plain(study)}: ${deleted ? 'deleted' : 'kept'}`)
}
