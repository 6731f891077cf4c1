import { activeTrials, findStudy, openStudy, type Source, type Study, summarize } from '@parzen/core'
import { type Command, InvalidArgumentError } from 'commander'
import { quote } from '../executors/quote.js'
import { type Lease, releaseQuietly, takeLease } from '../runner/lease.js'
import { type RunnerEvent, run } from '../runner/runner.js'
import { suggestionThread } from '../runner/suggestion-thread.js'
import { jobOf, type Sweep } from '../spec/spec.js'
import { recordReader } from '../stores/attempt-records.js'
import { studyFolder, tensorboardFolder } from '../stores/folders.js'
import type { Repository } from '../stores/series.js'
import { type LiveCopy, liveCopy } from '../tensorboard/live-copy.js'
import { sweepLog } from '../tensorboard/sweep-log.js'
import { type Cli, command } from './command.js'
import { describeEarlyFailure, earlyFailure, MANY } from './early-failure.js'
import { describeEdit } from './edit.js'
import { exitCode } from './exit-code.js'
import { count } from './format/number.js'
import { jsonEvents } from './live/json-events.js'
import { liveView } from './live/live-view.js'
import { plainLines } from './live/plain-lines.js'
import { silent, type Watched, type Watcher } from './live/watcher.js'
import { pickStudy, shortPath, whoAmI, withExistingStore, withStore } from './open.js'
import { portNumber } from './port-number.js'
import { runServer } from './run-server.js'
import { type Interruption, onSignals } from './run-signals.js'
import { runSummary } from './run-summary.js'
import type { SweepOptions } from './sweep-file.js'
import { wholeNumber } from './trial-choice.js'

interface Options extends SweepOptions {
  store?: string
  json?: boolean
  quiet?: boolean
  edit?: boolean
  serve: boolean
  port?: number
}

export function runCommand(cli: Cli, version: string): Command {
  return command({
    usage: 'run [sweep]',
    summary: 'Run the trials of a sweep file (sweep.yaml). Run it again to resume: after Ctrl-C, a crash, a stop.',
    examples: [
      ['parzen run', 'sweep.yaml of this folder'],
      ['parzen run lr.yaml --trials 200 --parallel 4', 'more trials, four at a time'],
      ['parzen run --json | jq \'select(.event == "finished")\'', 'results as they come, for a script'],
    ],
    json: 'a line an event: open started adopted reported retried finished warning notice dashboard alarm end.\n`end` has the keys of `list --json`.',
  })
    .option('--trials <count>', 'trials in all, instead of budget.trials', positive)
    .option('--parallel <count>', 'trials at the same time, instead of budget.parallel', positive)
    .option('--sampler <name>', "instead of the sweep file's")
    .option('--seed <number>', "instead of the sweep file's", wholeNumber)
    .option('--name <study>', 'another study of the same sweep')
    .option('--from <study...>', 'begin with what earlier studies found: their best settings are tried first')
    .option('--comparable', 'with --from: same data and metric, so that their results count as of this study')
    .option('--edit', 'go on although most earlier trials lie outside the edited space')
    .option('--no-serve', 'without the dashboard that is served while it runs; also PARZEN_SERVE=no')
    .option(
      '--port <number>',
      'of the dashboard; default: the last one of this store if it is free, else any',
      portNumber,
    )
    .option('--quiet', 'print only errors')
    .action(async (file = 'sweep.yaml', options: Options) => {
      // the schema library takes half of the start-up time
      const { readSweep, withOptions } = await import('./sweep-file.js')
      const sweep = withOptions(readSweep(file), options)
      const { durability } = sweep.job
      await withStore(
        options.store,
        ({ store, root }) => runSweep(cli, { sweep, file, options, store, root, version }),
        {
          durability,
        },
      )
    })
}

function positive(text: string): number {
  const value = wholeNumber(text)
  if (value === 0) throw new InvalidArgumentError('expected at least 1.')
  return value
}

interface Run {
  readonly sweep: Sweep
  /** Of the sweep. */
  readonly file: string
  readonly options: Options
  readonly store: Repository
  readonly root: string
  readonly version: string
}

/** Under the study's lease from the first: a run that is refused must not edit a study that runs. */
async function runSweep(cli: Cli, asked: Run): Promise<void> {
  const { name } = asked.sweep.study
  const lease = takeLease(studyFolder(asked.root, name), name)
  try {
    await runUnder(cli, asked, lease)
  } finally {
    releaseQuietly(lease, cli.terminal.note)
  }
}

async function runUnder(cli: Cli, { sweep, file, options, store, root, version }: Run, lease: Lease): Promise<void> {
  // opened before there is anybody to tell
  let tell = cli.terminal.note
  const elsewhere = suggestionThread({ onFailure: ({ message }) => tell(message) })
  const isNew = !(await store.list()).includes(sweep.study.name)
  const edit = isNew
    ? undefined
    : describeEdit(await findStudy(store, sweep.study.name), sweep.study, options.edit ?? false)
  const from = isNew ? await sourcesOf(sweep.from, store) : []
  const owner = whoAmI(cli.environment)
  const study = await openStudy(store, sweep.study, { worker: `${owner}:${process.pid}`, owner, elsewhere, from })
  const watched = { study, root }
  if (options.json) cli.terminal.print(openEvent(watched))
  else if (!options.quiet) {
    if (edit && edit.space.length > 0) for (const line of edit.lines) cli.terminal.print(line)
    cli.terminal.print(openingLine(study))
    if (isNew && from.length > 0) cli.terminal.print(warmLine(study, from))
  }
  const watcher = watch(cli, watched, options)
  tell = (message) => watcher.event({ type: 'warning', message })
  const alarm = alarmOnce(watched, watcher)
  const copy = (jobOf(study.spec).tensorboard ?? true) ? copyLive(watcher, watched, store) : undefined
  const server = isServed(cli, options)
    ? runServer({
        ...{ store, root, version, port: options.port, location: options.store, worker: `${owner}:${process.pid}` },
        onLink: (link) => watcher.dashboard(link),
        onFailure: (message) => watcher.event({ type: 'warning', message }),
      })
    : undefined
  const onEvent = (event: RunnerEvent) => {
    if (event.type === 'started' || event.type === 'adopted') server?.trialStarted()
    watcher.event(event)
    alarm(event)
    copy?.changed()
  }
  let interruption: Interruption | undefined
  try {
    interruption = await onSignals(run({ study, store, root, lease, onEvent }), watcher, study)
  } finally {
    await server?.close()
    await elsewhere.close()
    await copy?.close()
    watcher.close()
  }
  finish(cli, watched, { options, interruption, again: runAgain(file, options) })
}

/** The command that finds this study again. */
function runAgain(file: string, { name, store }: Options): string {
  const words = [
    ...(file === 'sweep.yaml' ? [] : [file]),
    ...(name === undefined ? [] : ['--name', name]),
    ...(store === undefined ? [] : ['--store', store]),
  ]
  return ['parzen run', ...words.map((word) => quote(word))].join(' ')
}

function isServed({ environment }: Cli, { serve }: Options): boolean {
  return serve && environment['PARZEN_SERVE'] !== 'no'
}

function copyLive(watcher: Watcher, { study, root }: Watched, { series }: Repository): LiveCopy {
  const log = sweepLog(tensorboardFolder(root, study.name), recordReader(series, study.name))
  return liveCopy(study, log, ({ message }) =>
    watcher.event({ type: 'warning', message: `TensorBoard logs: not written any more: ${message}` }),
  )
}

/** The studies that a new one begins with, as of now. @throws ParzenError `study/unknown`, `store/…`. */
async function sourcesOf(names: Sweep['from'], own: Run['store']): Promise<readonly Source[]> {
  const sources: Source[] = []
  for (const { study, store, comparable = false } of names) {
    const read = async (from: Run['store']) => (await pickStudy(from, study)).state
    const state =
      store === undefined ? await read(own) : await withExistingStore(store, ({ store: other }) => read(other))
    sources.push({ state, comparable })
  }
  return sources
}

function warmLine({ state }: Study, from: readonly Source[]): string {
  const names = from.map((source) => source.state.spec?.name).join(', ')
  const counts = [
    ...(state.imported.length > 0 ? [`${count(state.imported.length, 'result')} known`] : []),
    ...(state.queue.length > 0 ? [`${count(state.queue.length, 'setting')} to be tried first`] : []),
  ]
  return `from ${names}: ${counts.length > 0 ? counts.join(', ') : 'nothing that fits this space'}`
}

function openingLine({ name, spec, state }: Study): string {
  const { trials } = spec.budget
  const done = state.finished.length
  if (state.trials.length === 0) {
    return `starting ${name}: ${trials === undefined ? 'no limit on trials' : count(trials, 'trial')}`
  }
  const progress = trials === undefined ? count(done, 'trial') : `${done} of ${count(trials, 'trial')}`
  const { length: running } = activeTrials(state)
  const more = running > 0 ? `, ${running} to be taken up again` : ''
  return `continuing ${name}: ${progress} done${more}`
}

function openEvent({ study, root }: Watched): string {
  const { spec, state } = study
  return JSON.stringify({
    event: 'open',
    at: Date.now(),
    study: spec.name,
    resumed: state.trials.length > 0,
    finished: state.finished.length,
    total: spec.budget.trials ?? null,
    folder: studyFolder(root, spec.name),
  })
}

function watch({ terminal }: Cli, watched: Watched, { json, quiet }: Options): Watcher {
  if (json) return jsonEvents(terminal, watched)
  if (quiet) return silent()
  return terminal.isLive ? liveView(terminal, watched) : plainLines(terminal, watched)
}

/** Says once if the first trials all fail in the same way. */
function alarmOnce({ study, root }: Watched, watcher: Watcher): (event: RunnerEvent) => void {
  let isQuiet = study.state.finished.length >= MANY
  return ({ type }) => {
    if (type !== 'finished' || isQuiet) return
    const failure = earlyFailure(study.state)
    isQuiet = failure === undefined || failure.count >= MANY
    if (failure && failure.count >= MANY) watcher.alarm(describeEarlyFailure(failure, root, study.name))
  }
}

function finish(
  cli: Cli,
  { study, root }: Watched,
  end: { options: Options; interruption: Interruption | undefined; again: string },
): void {
  const { terminal } = cli
  const summary = summarize(study.state)
  const isFailure = summary.complete === 0 && summary.finished > 0
  cli.exitCode = end.interruption ? exitCode.interrupted : isFailure ? exitCode.failed : exitCode.fine
  if (end.options.json) {
    terminal.print(JSON.stringify({ event: 'end', at: Date.now(), ...summary }))
    return
  }
  const failure = isFailure ? earlyFailure(study.state) : undefined
  if (end.options.quiet) {
    for (const line of failure ? describeEarlyFailure(failure, root, study.name) : []) terminal.note(line)
    return
  }
  const folder = shortPath(studyFolder(root, study.name))
  const lines = runSummary(terminal, { study, summary, folder, again: end.again })
  if (failure) lines.push('', ...describeEarlyFailure(failure, root, study.name).map(terminal.colors.red))
  for (const line of lines) terminal.print(line)
}
