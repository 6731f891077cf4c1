import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ParzenError } from '@parzen/core'
import { type Command, Option } from 'commander'
import { type ExportFormat, exportFormats, exportLines } from '../stores/export-lines.js'
import { type Cli, command } from './command.js'
import { count } from './format/number.js'
import { pickStudy, withExistingStore } from './open.js'

interface Options {
  store?: string
  format: ExportFormat
  output?: string
  json?: boolean
}

export function exportCommand(cli: Cli): Command {
  return command({
    usage: 'export [study]',
    summary: 'All trials of a study as CSV or JSON lines, in the order of their numbers.',
    examples: [
      ['parzen export digits --format csv -o digits.csv', 'for a spreadsheet or pandas'],
      ['parzen export digits --format jsonl | jq .values', 'for a script'],
      ['parzen export digits --format series -o curves.csv', 'every metric at every step'],
    ],
    json: 'the same as --format jsonl, a JSON line a trial.',
  })
    .addOption(new Option('--format <format>', 'csv, jsonl or series').choices([...exportFormats]).default('jsonl'))
    .option('-o, --output <file>', 'instead of standard output')
    .addHelpText('after', help)
    .action(async (name: string | undefined, options: Options) => {
      if (options.json && options.format !== 'jsonl') {
        throw new ParzenError('cli/format', `export: expected --json or --format ${options.format}, got both`)
      }
      await withExistingStore(options.store, async ({ store }) => {
        const study = await pickStudy(store, name)
        const lines = exportLines(study, store, options.format)
        if (options.output === undefined) {
          for await (const line of lines) await cli.terminal.write(line)
          return
        }
        await pipeline(Readable.from(lines), createWriteStream(options.output))
        cli.terminal.note(`${options.output}: ${count(study.state.trials.length, 'trial')} of ${study.name}`)
      })
    })
}

const help = `
A JSON line: number state params nested values feasible metrics attempts[{number,launchedAt,endedAt,cause}]
startedAt finishedAt parent judged cause message tags[] note pinned. Times are epoch milliseconds; what there is not is null.
A CSV line: number state, a column an objective, feasible if there are constraints, params.*, metrics.*, attempts startedAt finishedAt cause message.
Times are ISO 8601; what there is not (a parameter that is switched off) is empty.
A line of series (CSV): trial attempt step at metric value, in the order the attempt made them, then system/*.
Times are epoch milliseconds; a value may be NaN, Infinity or -Infinity.`
