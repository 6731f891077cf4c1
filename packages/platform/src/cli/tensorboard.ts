import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { ParzenError, type Study } from '@parzen/core'
import type { Command } from 'commander'
import { recordReader } from '../stores/attempt-records.js'
import { tensorboardFolder } from '../stores/folders.js'
import { sweepLog } from '../tensorboard/sweep-log.js'
import { type Cli, command } from './command.js'
import { count } from './format/number.js'
import { pickStudy, shortPath, withExistingStore } from './open.js'
import { wholeNumber } from './trial-choice.js'

interface Options {
  store?: string
  logdir?: string
  start?: boolean
  port?: number
  json?: boolean
}

/** TensorBoard keeps 1,000 points of a curve, at random, unless it is told otherwise. */
const SAMPLES = ['--samples_per_plugin', 'scalars=100000']

export function tensorboardCommand(cli: Cli): Command {
  return command({
    usage: 'tensorboard [study]',
    summary: 'Writes a study as logs for TensorBoard and prints how to look at them, or starts TensorBoard.',
    examples: [
      ['parzen tensorboard digits', 'completes the logs that `parzen run` writes'],
      ['parzen tensorboard digits --start', 'and starts the tensorboard of this machine on them'],
      ['parzen tensorboard digits --logdir /tmp/digits', 'writes them elsewhere'],
    ],
    json: 'one object: study logdir trials command.',
  })
    .option('--logdir <folder>', "instead of the study's own")
    .option('--start', 'start TensorBoard, and keep the logs up to date until it ends')
    .option('--port <number>', "for --start: TensorBoard's", wholeNumber)
    .action(async (name: string | undefined, options: Options) => {
      await withExistingStore(options.store, async ({ store, root }) => {
        const study = await pickStudy(store, name)
        const folder = options.logdir === undefined ? tensorboardFolder(root, study.name) : resolve(options.logdir)
        const log = sweepLog(folder, recordReader(store.series, study.name))
        await log.update(study.state)
        const trials = study.state.trials.length
        const argv = ['tensorboard', '--logdir', shortPath(folder), ...SAMPLES]
        if (options.json)
          cli.terminal.print(JSON.stringify({ study: study.name, logdir: folder, trials, command: argv }))
        else {
          cli.terminal.note(`${shortPath(folder)}: ${count(trials, 'trial')} of ${study.name}`)
          if (!options.start) cli.terminal.print(argv.map(quoted).join(' '))
        }
        if (options.start) await look(cli, { study, log, folder, port: options.port })
      })
    })
}

function quoted(word: string): string {
  return /^[\w./=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

interface Look {
  readonly study: Study
  readonly log: ReturnType<typeof sweepLog>
  readonly folder: string
  readonly port: number | undefined
}

async function look(cli: Cli, { study, log, folder, port }: Look): Promise<void> {
  const argv = ['--logdir', folder, ...SAMPLES, ...(port === undefined ? [] : ['--port', String(port)])]
  const child = spawn('tensorboard', argv, { stdio: 'inherit', env: cli.environment })
  const closing = new AbortController()
  const pass = (signal: NodeJS.Signals) => void child.kill(signal)
  process.on('SIGINT', pass).on('SIGTERM', pass)
  try {
    await Promise.race([ended(child), follow({ study, log }, closing.signal)])
  } finally {
    closing.abort()
    child.kill()
    process.off('SIGINT', pass).off('SIGTERM', pass)
  }
}

/** Resolves when TensorBoard has ended. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const got = cause.code === 'ENOENT' ? 'no such program' : cause.message
      const error = new ParzenError('tensorboard/start', `tensorboard: expected a program of this name, got ${got}`, {
        cause,
        hint: '`pip install tensorboard` installs it; the logs are written',
      })
      fail(error)
    })
    child.on('exit', () => done())
  })
}

async function follow({ study, log }: Pick<Look, 'study' | 'log'>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await study.changed(signal)
    if (signal.aborted) return
    await study.sync()
    await log.update(study.state)
    // as often as TensorBoard looks, about
    await new Promise((done) => setTimeout(done, 1000))
  }
}
