import { setTimeout as delay } from 'node:timers/promises'
import { ParzenError, type Study, type TrialRecord } from '@parzen/core'
import type { Command } from 'commander'
import { attemptFolder } from '../stores/folders.js'
import { type Cli, command } from './command.js'
import { type LogStream, logJson } from './log-json.js'
import { shortPath, withExistingStore } from './open.js'
import { pickStudyAndTrial, trialOf, wholeNumber } from './trial-choice.js'
import { readFrom } from './trial-logs.js'

interface Options {
  store?: string
  attempt?: number
  follow?: boolean
  stderr?: boolean
  json?: boolean
}

export function logsCommand(cli: Cli): Command {
  return command({
    usage: 'logs [study] [trial]',
    summary:
      'What a trial printed: its standard output on ours, its standard error on ours. Without a trial: the latest.',
    examples: [
      ['parzen logs digits 23', 'the last attempt of trial 23'],
      ['parzen logs digits 23 --attempt 1 --stderr', 'what its first attempt complained of'],
      ['parzen logs digits --follow', 'the latest trial, until it ends'],
    ],
    json: 'an object a line of either stream: study trial attempt stream line.',
  })
    .option('--attempt <number>', 'another attempt than the last', wholeNumber)
    .option('--stderr', 'only its standard error, on our standard output')
    .option('-f, --follow', 'go on until the trial ends')
    .action(async (first: string | undefined, second: string | undefined, options: Options) => {
      await withExistingStore(options.store, async ({ store, root }) => {
        const { study, number } = await pickStudyAndTrial(store, first, second)
        const trial = number === undefined ? latest(study) : trialOf(study, number)
        const attempt = attemptOf(study, trial, options.attempt)
        const folder = attemptFolder(root, study.name, { trial: trial.number, attempt })
        const lines = options.json ? logJson({ study: study.name, trial: trial.number, attempt }) : undefined
        if (!lines) {
          const title = `${study.name} trial ${trial.number} attempt ${attempt}: ${shortPath(folder)}`
          cli.terminal.note(cli.terminal.noteColors.dim(title))
        }
        const write: Write = lines
          ? (stream, bytes) => cli.terminal.write(lines.next(stream, bytes))
          : (stream, bytes) =>
              stream === 'stdout' || options.stderr ? cli.terminal.write(bytes) : cli.terminal.writeNote(bytes)
        const copy = copier(folder, options.stderr ? ['stderr'] : ['stdout', 'stderr'], write)
        // asked before the copy: what is printed before the end is then never missed
        while (options.follow && (await runs(study, trial.number, attempt))) {
          if ((await copy()) === 0) await delay(200)
        }
        while ((await copy()) > 0);
        if (lines) await cli.terminal.write(lines.end())
      })
    })
}

/** A trial that runs now, or else the last one that was started. */
function latest(study: Study): TrialRecord {
  const { trials, running } = study.state
  const found = [...running.values()].findLast((trial) => trial.state === 'running') ?? trials.at(-1)
  if (found) return found
  throw new ParzenError('trial/unknown', `study ${study.name}: expected a trial with logs, got none`, {
    hint: '`parzen run` starts some',
  })
}

function attemptOf(study: Study, trial: TrialRecord, asked: number | undefined): number {
  const launched = trial.attempts.filter((attempt) => attempt.launchedAt !== undefined)
  if (asked === undefined) return (launched.at(-1) ?? trial.attempts.at(-1))?.number ?? 1
  if (trial.attempts.some((attempt) => attempt.number === asked)) return asked
  throw new ParzenError(
    'trial/attempt',
    `${study.name} trial ${trial.number}: expected an attempt of it, got ${asked}`,
    {
      hint: `it has 1 to ${trial.attempts.length}`,
    },
  )
}

async function runs(study: Study, number: number, attempt: number): Promise<boolean> {
  await study.sync()
  return study.state.running.get(number)?.attempts.at(-1)?.number === attempt
}

type Write = (stream: LogStream, bytes: Buffer) => Promise<void>

/** Each call copies what has come since the last. @returns how many bytes. */
function copier(folder: string, streams: readonly LogStream[], write: Write): () => Promise<number> {
  const seen = { stdout: 0, stderr: 0 }
  return async () => {
    let copied = 0
    for (const stream of streams) {
      const bytes = readFrom(`${folder}/${stream}.log`, seen[stream])
      seen[stream] += bytes.length
      copied += bytes.length
      if (bytes.length > 0) await write(stream, bytes)
    }
    return copied
  }
}
