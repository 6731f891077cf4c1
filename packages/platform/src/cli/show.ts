import { best, isFeasible, ParzenError, type Study, scheduleOf, summarize, trialRow } from '@parzen/core'
import type { Command } from 'commander'
import { attemptFolder } from '../stores/folders.js'
import type { SeriesStore } from '../stores/series.js'
import { type Cli, command } from './command.js'
import { pickStudy, withExistingStore } from './open.js'
import { printLines } from './page.js'
import { studyLines } from './study-page.js'
import { trialOf, wholeNumber } from './trial-choice.js'
import { trialCurve } from './trial-curve.js'
import { trialMeasures } from './trial-measures.js'
import { trialLines } from './trial-page.js'

interface Options {
  store?: string
  json?: boolean
  trial?: number
  schedule?: boolean
  top: number
}

export function showCommand(cli: Cli): Command {
  return command({
    usage: 'show [study]',
    summary: 'How a study stands, its best trials and its failures; or one trial of it, fully.',
    examples: [
      ['parzen show digits', 'the study with its ten best trials'],
      ['parzen show digits --top 50', 'with more of them'],
      [
        'parzen show digits --trial 23',
        'one trial: parameters, curve, metrics, attempts, what they used, where their logs are',
      ],
      [
        'parzen show digits --trial 23 --schedule > schedule.json',
        'its parameters over steps, of population-based training',
      ],
    ],
    json: 'the keys of `list --json` and top (trials as `export --format jsonl`), spec;\nof one trial those of `export --format jsonl` and logs[{attempt,stdout,stderr}];\nwith --schedule: trial, changing[] and pieces[{trial,from,to,params}], each after step `from` up to `to`.',
  })
    .option('--trial <number>', 'one trial fully', wholeNumber)
    .option('--schedule', 'as JSON, the parameters that trained it, step by step, from those it goes on from on')
    .option('--top <count>', 'how many trials to list', wholeNumber, 10)
    .action(async (name: string | undefined, options: Options) => {
      await withExistingStore(options.store, async ({ store, root }) => {
        const study = await pickStudy(store, name)
        if (options.schedule) showSchedule(cli, study, options)
        else if (options.trial === undefined) showStudy(cli, study, { ...options, root })
        else await showTrial(cli, store.series, study, { ...options, root, trial: options.trial })
      })
    })
}

type Place = Omit<Options, 'trial'> & { readonly root: string }

function showStudy({ terminal }: Cli, study: Study, { json, top, root }: Place): void {
  const summary = summarize(study.state)
  const trials = topTrials(study, top)
  if (json) {
    const rows = trials.map((trial) => trialRow(study.state, trial))
    terminal.print(JSON.stringify({ ...summary, top: rows, spec: study.spec }))
    return
  }
  printLines(terminal, studyLines(terminal, { study, summary, trials, root, now: Date.now() }))
}

function showSchedule({ terminal }: Cli, study: Study, { json, trial }: Options): void {
  if (trial === undefined) {
    const found = best(study.state)?.trial.number
    throw new ParzenError('cli/trial', 'show --schedule: expected --trial with it, got none', {
      ...(found === undefined ? {} : { hint: `the best is --trial ${found}` }),
    })
  }
  const schedule = scheduleOf(study.state.trials, trialOf(study, trial))
  terminal.print(json ? JSON.stringify(schedule) : JSON.stringify(schedule, null, 2))
}

async function showTrial(
  { terminal }: Cli,
  series: SeriesStore,
  study: Study,
  { json, trial, root }: Place & { trial: number },
): Promise<void> {
  const record = trialOf(study, trial)
  const row = trialRow(study.state, record)
  if (json) {
    const logs = record.attempts.map((attempt) => {
      const folder = attemptFolder(root, study.name, { trial, attempt: attempt.number })
      return { attempt: attempt.number, stdout: `${folder}/stdout.log`, stderr: `${folder}/stderr.log` }
    })
    terminal.print(JSON.stringify({ ...row, logs }))
    return
  }
  const isBest = best(study.state)?.trial.number === trial
  const measures = await trialMeasures(series, study.name, record)
  const curve = await trialCurve(series, study, trial)
  printLines(terminal, trialLines(terminal, { study, record, row, measures, curve, root, isBest, now: Date.now() }))
}

/** Complete and feasible trials, the best first; of equal ones the earlier. */
function topTrials(study: Study, count: number) {
  const sign = study.spec.objectives[0]?.direction === 'maximize' ? -1 : 1
  return study.state.trials
    .flatMap((trial) => {
      const { outcome } = trial
      return isFeasible(outcome) ? [{ trial, key: sign * (outcome.values[0] as number) }] : []
    })
    .sort((a, b) => a.key - b.key || a.trial.number - b.trial.number)
    .slice(0, count)
    .map(({ trial }) => trial)
}
