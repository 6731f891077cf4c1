import { checkHistory, type StudyEvent, type Verification, verify } from '@parzen/core'

/** What `parzen verify` finds in a journal. */
export interface Verified extends Verification {
  readonly ok: boolean
  /** What no run could have written. */
  readonly violations: readonly string[]
  /** How many events it was. */
  readonly events: number
}

export function verified(events: readonly StudyEvent[]): Verified {
  const verification = verify(events)
  const violations = checkHistory(events)
  const ok = verification.mismatches.length === 0 && violations.length === 0
  return { ok, ...verification, violations, events: events.length }
}
