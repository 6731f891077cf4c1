import { expectedGain, fitTail } from '../analysis/more-trials.js'
import { observations } from '../analysis/observation.js'
import type { StudySpec } from '../journal/event.js'
import type { TrialRecord } from '../journal/state.js'
import type { StoppingRule } from './stopping-rule.js'

/** The gain is that of so many more trials. */
const AHEAD = 20
/** Complete trials before a tail says enough; fewer make false stops (gain.acceptance.ts). */
const FEWEST = 30

/** What was found for a list of finished trials, which only grows: at which length, under which spec. */
interface Judged {
  readonly spec: StudySpec
  readonly length: number
  readonly reason: string | undefined
}
const judged = new WeakMap<readonly TrialRecord[], Judged>()

/**
 * Twenty more trials are expected to improve the best by less than `budget.gain` (`analysis/more-trials.ts`), by two
 * judgements in a row. False stops over 300 random searches each: at most 1 % for bowls of 1 to 5 dimensions, 5 % for an
 * exponential; for a normal, whose tail has no end, 30 %, half of them with at most twice the gain (`gain.acceptance.ts`).
 *
 * Judged at every 5th finished trial, from 100 trials on at every 20th part, and held until the next: a function of the
 * finished trials alone, so that a replay ends where the study did, and 10,000 trials cost some two hundred fits of 5 ms.
 */
export const gain: StoppingRule = ({ spec, finished }) => {
  if (spec?.budget.gain === undefined || spec.objectives.length !== 1) return undefined
  const length = lastJudgement(finished.length)
  const before = judged.get(finished)
  if (before?.length === length && before.spec === spec) return before.reason
  const least = spec.budget.gain
  // twice in a row: the least of many guesses is rather too low
  const isOver = [previousJudgement(length), length].every((n) => isExhausted(spec, finished.slice(0, n), least))
  const reason = isOver ? `${AHEAD} more trials are expected to improve the best by less than ${least}` : undefined
  judged.set(finished, { spec, length, reason })
  return reason
}

function isExhausted(spec: StudySpec, finished: TrialRecord[], least: number): boolean {
  const losses = observations({ spec, finished, spaceSince: 0 }).map((trial) => trial.losses[0] as number)
  const tail = losses.length < FEWEST ? undefined : fitTail(losses)
  return tail !== undefined && expectedGain(tail, AHEAD).expected < least
}

/** The last judgement before the one at n. */
function previousJudgement(n: number): number {
  return n === 0 ? 0 : lastJudgement(n - 1)
}

/** The last of 5, 10, …, 100, 105, 111, … at or below n. */
export function lastJudgement(n: number): number {
  let at = 5 * Math.floor(Math.min(n, 100) / 5)
  while (at >= 100) {
    const next = at + Math.floor(at / 20)
    if (next > n) break
    at = next
  }
  return at
}
