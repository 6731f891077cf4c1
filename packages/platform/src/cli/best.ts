import {
  best,
  excess,
  formatBound,
  formatConstraint,
  keptBy,
  type Outcome,
  ParzenError,
  type Study,
  type StudySpec,
  summarize,
  type TrialRow,
  trialRow,
} from '@parzen/core'
import { type Command, Option } from 'commander'
import { type Cli, command } from './command.js'
import { exitCode } from './exit-code.js'
import { formatValue } from './format/number.js'
import { asArgs, asYaml, type PasteFormat, pasteFormats } from './format/paste.js'
import { plain } from './format/width.js'
import { pickStudy, withExistingStore } from './open.js'
import type { Terminal } from './terminal.js'

interface Options {
  store?: string
  json?: boolean
  format?: PasteFormat
}

export function bestCommand(cli: Cli): Command {
  return command({
    usage: 'best [study]',
    summary: 'The best trial of a study, its parameters ready to paste.',
    examples: [
      ['parzen best digits', 'value and parameters in three notations'],
      ['eval "node train.mjs $(parzen best digits --format args)"', 'train once more with the best parameters'],
      ['parzen best digits --format json > best.json', 'nested, as the sweep file has them'],
    ],
    json: 'an object: study metric direction value number params nested values metrics\nattempts startedAt finishedAt.',
  })
    .addOption(new Option('--format <notation>', 'only the parameters, in this notation').choices([...pasteFormats]))
    .action(async (name: string | undefined, options: Options) => {
      await withExistingStore(options.store, async ({ store }) => {
        const study = await pickStudy(store, name)
        const found = best(study.state)
        if (!found) {
          cli.exitCode = exitCode.failed
          if (options.json) cli.terminal.print('null')
          return cli.terminal.note(`study ${study.name}: ${nothingYet(study)}`)
        }
        const row = trialRow(study.state, found.trial)
        if (options.json) return cli.terminal.print(JSON.stringify(bestJson(study.spec, row)))
        if (options.format) return cli.terminal.print(paste(row, options.format))
        printBest(cli.terminal, study.spec, { row, outcome: found.trial.outcome })
      })
    })
}

function nothingYet(study: Study): string {
  const { complete, infeasible } = summarize(study.state)
  if (infeasible === 0) return 'expected a complete trial, got none yet'
  return [`expected a feasible trial, got none of ${complete} complete ones`, ...nearestLines(study)].join('\n')
}

/** Of each constraint the trial that came nearest to keeping it, where none keeps all. */
export function nearestLines({ spec, state }: Pick<Study, 'spec' | 'state'>): string[] {
  const nearest = new Map<number, { readonly beyond: number; readonly text: string }>()
  for (const { number, outcome } of state.finished) {
    for (const [i, { constraint, value, isBroken }] of keptBy(outcome, spec.constraints).entries()) {
      const beyond = isBroken ? excess(constraint, value) : 0
      if (beyond >= (nearest.get(i)?.beyond ?? Number.POSITIVE_INFINITY)) continue
      const found = isBroken ? `at best ${formatValue(value)}, trial ${number}` : `kept by trial ${number}`
      nearest.set(i, { beyond, text: `  ${plain(formatConstraint(constraint))}: ${found}` })
    }
  }
  return ['no trial keeps all constraints:', ...[...nearest.values()].map(({ text }) => text)]
}

function bestJson({ name, objectives }: StudySpec, row: TrialRow) {
  const { state: _complete, cause: _none, message: _empty, feasible: _yes, ...rest } = row
  return {
    study: name,
    metric: objectives[0]?.metric,
    direction: objectives[0]?.direction,
    value: row.values?.[0],
    ...rest,
  }
}

export function paste(row: TrialRow, format: PasteFormat): string {
  switch (format) {
    case 'args':
      return asArgs(row.params).join(' ')
    case 'json':
      return JSON.stringify(row.nested, null, 2)
    case 'yaml':
      return asYaml(row.nested)
    default:
      throw new ParzenError('cli/format', `--format: expected one of ${pasteFormats.join(', ')}, got ${String(format)}`)
  }
}

function printBest(
  terminal: Terminal,
  spec: StudySpec,
  { row, outcome }: { readonly row: TrialRow; readonly outcome: Outcome | undefined },
): void {
  const { bold, dim, green } = terminal.colors
  const metrics = spec.objectives.map(
    ({ metric }, i) => `${plain(metric)} ${formatValue(row.values?.[i] ?? Number.NaN)}`,
  )
  terminal.print(`${bold(spec.name)}: trial ${row.number}, ${green(bold(metrics.join(', ')))}`)
  for (const { constraint, value } of keptBy(outcome, spec.constraints))
    terminal.print(`  ${plain(constraint.metric)} ${formatValue(value)} keeps ${formatBound(constraint)}`)
  for (const format of pasteFormats) {
    terminal.print()
    terminal.print(dim(`# ${format}`))
    terminal.print(paste(row, format))
  }
}
