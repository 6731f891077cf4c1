import { describe, expect, it } from 'vitest'
import { checkHistory } from './check-history.js'
import type { StudyEvent, StudySpec } from './event.js'
import { lineSpec } from './line-spec.contract.js'

const spec: StudySpec = lineSpec({
  budget: { trials: 3, parallel: 2 },
  job: { retries: { exit: 1 } },
})
const at = 1
const created: StudyEvent = { at, type: 'study-created', spec }
const started = (trial: number, seen: number, more: object = {}): StudyEvent => {
  return { at, type: 'trial-started', trial, seen, params: { x: 0.5 }, worker: 'w', ...more }
}
const launched = (trial: number, attempt = 1): StudyEvent => ({ at, type: 'trial-launched', trial, attempt, handle: 1 })
const reported = (trial: number, attempt = 1): StudyEvent => {
  return { at, type: 'trial-reported', trial, attempt, reports: [{ at, step: 1, metrics: { loss: 1 } }] }
}
const finished = (trial: number, values: readonly number[] = [1]): StudyEvent => {
  return { at, type: 'trial-finished', trial, outcome: { state: 'complete', values } }
}
const pruned = (trial: number): StudyEvent => {
  return { at, type: 'trial-finished', trial, outcome: { state: 'pruned', reason: '' } }
}
const retried = (trial: number, attempt: number, fault: 'user' | 'infrastructure' = 'user'): StudyEvent => {
  return { at, type: 'trial-retried', trial, attempt, cause: fault === 'user' ? 'exit' : 'killed', message: '', fault }
}
const queued: StudyEvent = { at, type: 'trial-queued', params: { x: 0.5 } }
const ended: StudyEvent = { at, type: 'study-ended', reason: 'done' }
const resumed: StudyEvent = { at, type: 'study-resumed', by: 'me' }
const stopped: StudyEvent = { at, type: 'study-stop-requested', by: 'me', now: false }

describe('checkHistory', () => {
  it('finds nothing wrong with a whole life', () => {
    const events = [
      created,
      queued,
      started(0, 2, { queued: 0 }),
      launched(0),
      reported(0),
      started(1, 4),
      launched(1),
      retried(0, 2),
      launched(0, 2),
      retried(1, 2, 'infrastructure'),
      retried(0, 3, 'infrastructure'),
      stopped,
      resumed,
      launched(0, 3),
      finished(0),
      finished(1),
      started(2, 16),
      { at, type: 'trial-stop-requested', trial: 2, by: 'me' } as const,
      finished(2),
      ended,
      { at, type: 'study-edited', spec: { ...spec, budget: { trials: 4 } } } as const,
      resumed,
      started(3, 22),
    ]
    expect(checkHistory(events)).toEqual([])
  })

  const wrong: readonly [string, readonly StudyEvent[], string][] = [
    ['a start before the study', [started(0, 0)], 'event 0 (trial-started): expected study-created first'],
    ['a second creation', [created, created], 'event 1 (study-created): the study had been created before'],
    ['a gap in the numbers', [created, started(1, 1)], 'event 1 (trial-started): expected trial 0, got 1'],
    [
      'a number handed out twice',
      [created, started(0, 1), started(0, 2)],
      'event 2 (trial-started): expected trial 1, got 0',
    ],
    [
      'a trial over the budget',
      [created, started(0, 1), started(1, 2), started(2, 3), started(3, 4)],
      'event 4 (trial-started): trial 3 is over the budget of 3',
    ],
    [
      'a start after the end',
      [created, ended, started(0, 2)],
      'event 2 (trial-started): trial 0 started in a study that had ended',
    ],
    [
      'a start after a stop',
      [created, stopped, started(0, 2)],
      'event 2 (trial-started): trial 0 started in a study that had been stopped',
    ],
    ['a second end of the study', [created, ended, ended], 'event 2 (study-ended): the study had ended before'],
    [
      'a resumption of what runs',
      [created, resumed],
      'event 1 (study-resumed): the study had neither ended nor been stopped',
    ],
    ['knowledge of the future', [created, started(0, 2)], 'event 1 (trial-started): seen is 2, expected 0 to 1'],
    [
      'a suggestion made before the trial before it',
      [created, started(0, 1), started(1, 1)],
      'event 2 (trial-started): seen is 1, expected 2 to 2',
    ],
    [
      'a queued trial that nobody asked for',
      [created, started(0, 1, { queued: 0 })],
      'event 1 (trial-started): queued trial 0 does not exist or was started before',
    ],
    [
      'a queued trial handed out twice',
      [created, queued, started(0, 2, { queued: 0 }), started(1, 3, { queued: 0 })],
      'event 3 (trial-started): queued trial 0 does not exist or was started before',
    ],
    [
      'a queued trial out of order',
      [created, queued, queued, started(0, 3, { queued: 1 })],
      'event 3 (trial-started): queued trial 1 jumped the queue',
    ],
    [
      'a queued trial with other values',
      [created, queued, started(0, 2, { queued: 0, params: { x: 0.4 } })],
      'event 2 (trial-started): x was asked for as 0.5, got 0.4',
    ],
    ['a launch of nothing', [created, launched(0)], 'event 1 (trial-launched): trial 0 has not been started'],
    [
      'a launch of an attempt that was not opened',
      [created, started(0, 1), launched(0, 2)],
      'event 2 (trial-launched): expected attempt 1, got 2',
    ],
    [
      'a second launch',
      [created, started(0, 1), launched(0), launched(0)],
      'event 3 (trial-launched): attempt 1 of trial 0 had been launched before',
    ],
    [
      'a report of an attempt that ended',
      [created, started(0, 1), launched(0), retried(0, 2), reported(0)],
      'event 4 (trial-reported): expected attempt 2, got 1',
    ],
    [
      'a report after the end',
      [created, started(0, 1), finished(0), reported(0)],
      'event 3 (trial-reported): trial 0 had finished',
    ],
    [
      'a second end',
      [created, started(0, 1), finished(0), finished(0)],
      'event 3 (trial-finished): trial 0 had finished',
    ],
    [
      'a wrong number of values',
      [created, started(0, 1), finished(0, [1, 2])],
      'event 2 (trial-finished): expected 1 value(s), got 2',
    ],
    [
      'a constraint that was not told',
      [{ ...created, spec: { ...spec, constraints: [{ metric: 'latency', atMost: 20 }] } }, started(0, 1), finished(0)],
      'event 2 (trial-finished): expected 1 constraint(s), got 0',
    ],
    [
      'a retry that skips one',
      [created, started(0, 1), retried(0, 3)],
      'event 2 (trial-retried): expected attempt 2, got 3',
    ],
    [
      'a retry too many',
      [created, started(0, 1), retried(0, 2), retried(0, 3)],
      'event 3 (trial-retried): retry 2 of trial 0 after exit, allowed 1',
    ],
    [
      'more at once than allowed',
      [created, started(0, 1), launched(0), started(1, 3), launched(1), started(2, 5), launched(2)],
      'event 6 (trial-launched): 3 trials run at once, allowed 2',
    ],
    [
      'a fork in the place of one that is in training',
      [created, started(0, 1), started(1, 2, { memo: { replaces: 0 } })],
      'event 2 (trial-started): trial 1 takes the place of trial 0, which had not given way',
    ],
    [
      'a place taken twice',
      [
        created,
        started(0, 1),
        pruned(0),
        started(1, 3, { memo: { replaces: 0 } }),
        started(2, 4, { memo: { replaces: 0 } }),
      ],
      'event 4 (trial-started): the place of trial 0 had been taken before',
    ],
    [
      'a fork of a trial that does not exist',
      [created, started(0, 1), pruned(0), started(1, 3, { memo: { replaces: 0, parent: 4 } })],
      'event 3 (trial-started): trial 1 goes on from trial 4, which it cannot',
    ],
    [
      'a fork from a step that its parent had not got to',
      [
        created,
        started(0, 1),
        pruned(0),
        started(1, 3),
        reported(1),
        started(2, 5, { memo: { replaces: 0, parent: 1, step: 2 } }),
      ],
      'event 5 (trial-started): trial 2 goes on from step 2 of trial 1, which had got to 1',
    ],
  ]
  it.each(wrong)('finds %s', (_, events, text) => {
    expect(checkHistory(events)).toEqual([text])
  })

  it('counts no retry against a sweep whose command could not be started, but each lost attempt', () => {
    const strict: StudyEvent = { at, type: 'study-created', spec: { ...spec, job: { retries: { exit: 0, lost: 1 } } } }
    const again = (attempt: number, cause: 'exit' | 'lost'): StudyEvent => {
      return { at, type: 'trial-retried', trial: 0, attempt, cause, message: '', fault: 'infrastructure' }
    }
    const misspelt = [strict, started(0, 1), launched(0), again(2, 'exit'), launched(0, 2), again(3, 'exit')]
    expect(checkHistory([...misspelt, launched(0, 3), finished(0)])).toEqual([])
    expect(checkHistory([...misspelt, again(4, 'lost'), again(5, 'lost')])).toEqual([
      'event 7 (trial-retried): retry 2 of trial 0 after lost, allowed 1',
    ])
  })

  it('lets a fork go on from where its parent has got to', () => {
    const fork = { memo: { replaces: 0, parent: 1, step: 1 } }
    const events = [created, started(0, 1), started(1, 2), reported(1), pruned(0), started(2, 5, fork)]
    expect(checkHistory(events)).toEqual([])
  })

  it('lets what runs go on when fewer are allowed at once', () => {
    const fewer: StudyEvent = { at, type: 'study-edited', spec: { ...spec, budget: { parallel: 1 } } }
    const events = [created, started(0, 1), launched(0), started(1, 3), launched(1), fewer, started(2, 6), finished(0)]
    expect(checkHistory(events)).toEqual([])
    expect(checkHistory([...events, launched(2)])).toEqual([
      'event 8 (trial-launched): 2 trials run at once, allowed 1',
    ])
  })
})
