import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { ParzenError } from '@parzen/core'
import { type Command, InvalidArgumentError } from 'commander'
import { type WorkerEvent, work } from '../runner/worker.js'
import { parseDuration } from '../spec/duration.js'
import type { JobSpec } from '../spec/spec.js'
import { api } from '../trial/api.js'
import { type Cli, command } from './command.js'
import { exitCode } from './exit-code.js'
import { formatValue } from './format/number.js'
import { whoAmI } from './open.js'
import { wholeNumber } from './trial-choice.js'

interface Options {
  url?: string
  parallel: number
  gpus: number
  folder: string
  checkpointEvery: number
  json?: boolean
}

export function workerCommand(cli: Cli): Command {
  return command({
    usage: 'worker <study> <command...>',
    summary: 'Run trials of a server’s study on this machine; nothing but the network is shared.',
    examples: [
      ['parzen worker digits --url https://tune.example.org -- python train.py {args}', 'token in PARZEN_TOKEN'],
      ['parzen worker digits --parallel 4 --gpus 1 -- python train.py {args}', 'a GPU each; the server is PARZEN_URL'],
    ],
    json: 'a line an event: joined started continued ended away warning.',
    storeless: true,
  })
    .option('--url <address>', 'of the server; default: PARZEN_URL')
    .option('--parallel <count>', 'trials at the same time', positive, 1)
    .option('--gpus <count>', 'for each trial', wholeNumber, 0)
    .option('--folder <path>', 'where trials have their folders', '.parzen/worker')
    .option('--checkpoint-every <duration>', 'new checkpoints are sent while trials run, so often', duration, 30)
    .action(async (study: string, argv: string[], options: Options) => {
      const { url, token } = serverOf(options, cli.environment)
      // commands inherit the environment: whoever trains must not be able to do what a user may
      delete process.env['PARZEN_TOKEN']
      const worker = `${whoAmI(cli.environment)}:${process.pid}`
      const working = work({
        api: api(url, token),
        apiFor: (own) => api(url, own),
        study,
        job: jobFor(argv, options.gpus),
        parallel: options.parallel,
        checkpointSeconds: options.checkpointEvery,
        root: resolve(options.folder),
        worker,
        onEvent(event) {
          if (options.json) sayJson(cli, event)
          else if (event.type === 'joined')
            cli.terminal.print(`working on ${study} of ${url}, ${options.parallel} at a time, on ${hostname()}`)
          else say(cli, event)
        },
      })
      let signals = 0
      const onInt = () => (signals++ === 0 ? working.drain() : working.interrupt())
      process.on('SIGINT', onInt).on('SIGTERM', working.interrupt)
      const ended = await working.done
      process.off('SIGINT', onInt).off('SIGTERM', working.interrupt)
      if (ended === undefined) cli.exitCode = exitCode.interrupted
      else if (!options.json) cli.terminal.print(`the study has ended: ${ended}`)
    })
}

function serverOf({ url }: Options, environment: NodeJS.ProcessEnv): { url: string; token: string } {
  const [address, token] = [url ?? environment['PARZEN_URL'], environment['PARZEN_TOKEN']]
  if (address === undefined) {
    throw new ParzenError('worker/url', 'worker: expected the address of a server, got none', {
      hint: 'give --url, or set PARZEN_URL',
    })
  }
  if (token === undefined) {
    throw new ParzenError('worker/token', `worker: expected a token for ${address} in PARZEN_TOKEN, got none`, {
      hint: '`parzen token NAME` makes one, on the server',
    })
  }
  return { url: address, token }
}

/** The command is that of whoever starts a worker: a server says which parameters to try, never what to run. */
function jobFor(argv: readonly string[], gpus: number): JobSpec {
  return {
    command: argv,
    folder: process.cwd(),
    executor: 'local',
    graceSeconds: 10,
    retries: {},
    resources: { cpus: 1, gpus },
    metrics: { jsonLines: true },
    environment: {},
    durability: 'process',
  }
}

function sayJson({ terminal }: Cli, { type, ...rest }: WorkerEvent): void {
  terminal.print(JSON.stringify({ event: type, at: Date.now(), ...rest }))
}

function say({ terminal }: Cli, event: Exclude<WorkerEvent, { type: 'joined' }>): void {
  if ('message' in event) {
    terminal.note(event.type === 'away' ? `${event.message}; trying again` : event.message)
  } else terminal.print(`trial ${event.trial}${attemptOf(event.attempt)} ${textOf(event)}`)
}

function attemptOf(attempt: number): string {
  return attempt === 1 ? '' : `, attempt ${attempt},`
}

function textOf(event: Extract<WorkerEvent, { trial: number }>): string {
  if (event.type !== 'ended') return event.type
  const { outcome } = event
  if (!outcome) return 'is the server’s again'
  if (outcome === 'paused') return 'paused'
  if (outcome.state === 'complete') return `complete ${outcome.values.map(formatValue).join(' ')}`
  return outcome.state === 'pruned' ? `pruned: ${outcome.reason}` : `failed: ${outcome.message}`
}

function duration(text: string): number {
  const seconds = parseDuration(text)
  if (seconds === undefined) throw new InvalidArgumentError('expected a duration such as 30s or 10m.')
  return seconds
}

function positive(text: string): number {
  const value = wholeNumber(text)
  if (value === 0) throw new InvalidArgumentError('expected at least 1.')
  return value
}
