import { activeTrials, type Study } from '@parzen/core'
import type { Command } from 'commander'
import { type Cli, command } from './command.js'
import { count } from './format/number.js'
import { whoAmI, withExistingStore } from './open.js'
import { pickStudyAndTrial, trialOf } from './trial-choice.js'

interface Options {
  store?: string
  json?: boolean
  now?: boolean
}

/** What was asked for; `asked` is false if there was nothing to stop. */
interface Answer {
  readonly study: string
  readonly trial: number | null
  readonly asked: boolean
  readonly message: string
}

export function stopCommand(cli: Cli): Command {
  return command({
    usage: 'stop [study] [trial]',
    summary: 'Stop a study that runs somewhere, or one trial of it. `parzen run` goes on with a stopped study.',
    examples: [
      ['parzen stop digits', 'start nothing new; what runs finishes'],
      ['parzen stop digits --now', 'also end what runs; the next run continues it'],
      ['parzen stop digits 23', 'end trial 23 for good; the study goes on'],
    ],
    json: 'an object: study trial asked message.',
  })
    .option('--now', 'do not wait for running trials')
    .action(async (first: string | undefined, second: string | undefined, options: Options) => {
      await withExistingStore(options.store, async ({ store }) => {
        const { study, number } = await pickStudyAndTrial(store, first, second)
        const by = whoAmI(cli.environment)
        const answer =
          number === undefined ? await stopStudy(study, by, options.now ?? false) : await stopTrial(study, by, number)
        cli.terminal.print(options.json ? JSON.stringify(answer) : answer.message)
      })
    })
}

async function stopStudy(study: Study, by: string, now: boolean): Promise<Answer> {
  const answer = (asked: boolean, message: string): Answer => ({ study: study.name, trial: null, asked, message })
  return study.commit((state) => {
    const { ended, stop } = state
    const { length: running } = activeTrials(state)
    if (ended !== undefined && running === 0) {
      return { events: [], result: answer(false, `${study.name}: has already ended: ${ended}`) }
    }
    if (stop && (stop.now || !now)) {
      return { events: [], result: answer(false, `${study.name}: ${stop.by} has already asked for that`) }
    }
    const runs = count(running, 'running trial')
    const what = now
      ? `no new trials; ${runs} ended, and continued by the next \`parzen run\``
      : `no new trials; ${runs} finish${running === 1 ? 'es' : ''} (--now ends them)`
    return {
      events: [{ type: 'study-stop-requested', by, now }],
      result: answer(true, `${study.name}: ${running === 0 ? 'no new trials; none runs' : what}`),
    }
  })
}

async function stopTrial(study: Study, by: string, number: number): Promise<Answer> {
  trialOf(study, number)
  const answer = (asked: boolean, what: string): Answer => ({
    study: study.name,
    trial: number,
    asked,
    message: `${study.name} trial ${number}: ${what}`,
  })
  return study.commit(({ trials, running }) => {
    const trial = running.get(number)
    if (!trial) return { events: [], result: answer(false, `has already ended: ${trials[number]?.state}`) }
    if (trial.stopRequestedBy !== undefined) {
      return { events: [], result: answer(false, `${trial.stopRequestedBy} has already asked for that`) }
    }
    return {
      events: [{ type: 'trial-stop-requested', trial: number, by }],
      result: answer(true, 'the runner ends it; the study goes on'),
    }
  })
}
