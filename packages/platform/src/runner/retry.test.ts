import type { Attempt, Cause, TrialRecord } from '@parzen/core'
import { describe, expect, it } from 'vitest'
import { decideRetry } from './retry.js'

function trial(
  past: readonly (readonly [Cause, 'user' | 'infrastructure'])[],
  more: Partial<TrialRecord> = {},
): TrialRecord {
  const attempts: Attempt[] = past.map(([cause, fault], i) => ({ number: i + 1, cause, fault }))
  return {
    number: 0,
    state: 'running',
    params: {},
    seen: 1,
    worker: 'test',
    startedAt: 0,
    reports: [],
    attempts: [...attempts, { number: past.length + 1 }],
    ...more,
  }
}

describe('decideRetry', () => {
  it('tries nothing again that is the user’s fault, unless told to', () => {
    for (const cause of ['exit', 'timeout', 'memory', 'nan', 'killed'] as const) {
      expect(decideRetry(trial([]), cause, {}, 0)).toBeUndefined()
      expect(decideRetry(trial([]), cause, { [cause]: 1 }, 0)).toEqual({ fault: 'user' })
      expect(decideRetry(trial([[cause, 'user']]), cause, { [cause]: 1 }, 0)).toBeUndefined()
    }
  })

  it('counts each cause apart', () => {
    const past = trial([
      ['exit', 'user'],
      ['lost', 'infrastructure'],
    ])
    expect(decideRetry(past, 'timeout', { timeout: 1 }, 0)).toEqual({ fault: 'user' })
  })

  it('tries lost attempts three times again, after pauses that double', () => {
    const lost = ['lost', 'infrastructure'] as const
    expect(decideRetry(trial([]), 'lost', {}, 1000)).toEqual({ fault: 'infrastructure', notBefore: 2000 })
    expect(decideRetry(trial([lost]), 'lost', {}, 1000)).toEqual({ fault: 'infrastructure', notBefore: 3000 })
    expect(decideRetry(trial([lost, lost]), 'lost', {}, 1000)).toEqual({ fault: 'infrastructure', notBefore: 5000 })
    expect(decideRetry(trial([lost, lost, lost]), 'lost', {}, 1000)).toBeUndefined()
    expect(decideRetry(trial([]), 'lost', { lost: 0 }, 1000)).toBeUndefined()
    const many = trial(Array.from({ length: 20 }, () => lost))
    expect(decideRetry(many, 'lost', { lost: 50 }, 0)).toEqual({ fault: 'infrastructure', notBefore: 300_000 })
  })

  it('does not count interrupts', () => {
    const interrupted = trial([
      ['killed', 'infrastructure'],
      ['killed', 'infrastructure'],
    ])
    expect(decideRetry(interrupted, 'killed', { killed: 1 }, 0)).toEqual({ fault: 'user' })
  })

  it('leaves a trial that somebody has stopped', () => {
    expect(decideRetry(trial([], { stopRequestedBy: 'ann' }), 'killed', { killed: 5 }, 0)).toBeUndefined()
  })
})
