import type { TrialRecord } from '@parzen/core'
import { expect, it } from 'vitest'
import { complete, failed, sampleStudy } from '../sample-study.contract.js'
import { plainLines, progressText } from './plain-lines.js'

it('prints a line a finished trial and what should be known besides', async () => {
  const study = await sampleStudy([complete(0.8), failed, { state: 'pruned', reason: 'below the median' }])
  const lines: string[] = []
  const notes: string[] = []
  const watcher = plainLines(
    { print: (line = '') => lines.push(line), note: (line) => notes.push(line) },
    { study, root: '/store' },
  )
  watcher.dashboard('http://127.0.0.1:1/?t=x')
  expect([lines, notes]).toEqual([[], ['dashboard: http://127.0.0.1:1/?t=x']])
  for (const trial of study.state.trials) {
    watcher.event({ type: 'started', trial })
    if (trial.outcome) watcher.event({ type: 'finished', trial, outcome: trial.outcome })
  }
  const [trial] = study.state.trials
  const again = (ended: object, message: string) => {
    if (!trial) return
    const attempts = [{ ...trial.attempts[0], number: 1, ...ended }, { number: 2 }] as TrialRecord['attempts']
    watcher.event({ type: 'retried', trial: { ...trial, attempts }, message })
  }
  again({ cause: 'lost', fault: 'infrastructure' }, 'lost: the machine went away')
  again({ cause: 'exit', fault: 'user' }, 'exit code 1')
  again({ cause: 'killed', fault: 'infrastructure' }, 'interrupted')
  again({ cause: 'exit', fault: 'infrastructure' }, 'could not be started: x: not found')
  watcher.event({ type: 'adopted', trial: 7 })
  watcher.event({ type: 'warning', message: 'two values\nfor one step' })
  watcher.notice('no new trials; 1 running finishes (Ctrl-C again ends it)')
  watcher.close()
  expect(lines).toEqual([
    'trial 0 complete 0.8 (best)  6s  lr=0.001 optimizer=adam',
    'trial 1 failed (exit): exit code 1  4s  lr=0.002 optimizer=sgd optimizer.sgd.momentum=0.9',
    'trial 2 pruned: below the median  4s  lr=0.003 optimizer=adam',
    'trial 0 tried again: lost: the machine went away',
    'trial 0 tried again: exit code 1',
    'trial 0 kept for the next run: interrupted',
    'trial 0 kept for the next run: could not be started: x: not found',
    'trial 7 still runs: taken over',
    'two values for one step',
    'no new trials; 1 running finishes (Ctrl-C again ends it)',
  ])
})

it('says what an infeasible trial broke', async () => {
  const constraints = [{ metric: 'accuracy', atMost: 0.9 }]
  const study = await sampleStudy([complete(0.95), complete(0.8)], { constraints })
  const lines: string[] = []
  const watcher = plainLines({ print: (line = '') => lines.push(line), note: () => undefined }, { study, root: '/' })
  for (const trial of study.state.trials) {
    if (trial.outcome) watcher.event({ type: 'finished', trial, outcome: trial.outcome })
  }
  watcher.close()
  expect(lines).toEqual([
    'trial 0 complete 0.95 (infeasible: accuracy 0.95, wanted <= 0.9)  6s  lr=0.001 optimizer=adam',
    'trial 1 complete 0.8 (best)  6s  lr=0.002 optimizer=sgd optimizer.sgd.momentum=0.9',
  ])
  expect(progressText(study.state, study.state.lastEventAt)).toContain('best 0.8 (trial 1), 1 infeasible, 0 running')
})

it('says how far a study is in one line', async () => {
  const { state } = await sampleStudy([complete(0.8), failed, 'running'])
  expect(progressText({ ...state, busyMilliseconds: 60_000 }, state.lastEventAt)).toBe(
    '2 of 8 trials done, best 0.8 (trial 0), 1 failed, 1 running, 1m 00s, ~3m 00s left',
  )
})
