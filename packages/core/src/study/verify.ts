import type { StudyEvent, StudySpec } from '../journal/event.js'
import { apply, emptyState } from '../journal/state.js'
import { samplerByName, samplerId } from '../samplers/registry.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { type Judgment, judging } from './judging.js'
import { type NextTrial, type Suggester, suggester } from './suggester.js'

export interface Verification {
  /** Suggestions and verdicts made again and compared. */
  readonly checked: number
  readonly mismatches: readonly { readonly trial: number; readonly stored: string; readonly again: string }[]
  /** Trials suggested by another version of the sampler, which cannot be made again, with that version. */
  readonly foreign: readonly { readonly trial: number; readonly sampler: string }[]
}

/**
 * Makes every suggestion and every verdict of a journal again, from the seed and from what had been seen, and compares bit for bit.
 *
 * One pass: `seen` never decreases, since a suggestion is made after the start of the trial before it.
 */
export function verify(
  events: readonly StudyEvent[],
  makeSampler: (spec: StudySpec) => SamplerFactory = (spec) => samplerByName(spec.sampler),
): Verification {
  const state = emptyState()
  const verdicts = verdictCheck()
  const mismatches: { trial: number; stored: string; again: string }[] = []
  const foreign: { trial: number; sampler: string }[] = []
  let checked = 0
  let current: { readonly spec: StudySpec; readonly suggester: Suggester } | undefined
  let earliest = 1
  for (const [index, event] of events.entries()) {
    const verdict = verdicts(event)
    if (verdict) {
      checked++
      if (verdict.stored !== verdict.again) mismatches.push(verdict)
    }
    if (event.type !== 'trial-started') continue
    if (event.seen < earliest || event.seen > index) {
      const again = `expected ${earliest} to ${index}`
      mismatches.push({ trial: event.trial, stored: `made on version ${event.seen}`, again })
      checked++
      continue
    }
    earliest = index + 1
    while (state.version < event.seen) apply(state, events[state.version] as StudyEvent)
    const { spec } = state
    const id = spec && samplerId(spec.sampler)
    if (event.sampler !== undefined && event.sampler !== 'custom' && event.sampler !== id) {
      foreign.push({ trial: event.trial, sampler: event.sampler })
      continue
    }
    checked++
    if (current?.spec !== spec) current = spec && { spec, suggester: suggester(spec, makeSampler(spec), String(id)) }
    const again = asText(current?.suggester.suggest(state))
    const stored = asText(event)
    if (again !== stored) mismatches.push({ trial: event.trial, stored, again })
  }
  return { checked, mismatches, foreign }
}

type Mismatch = Verification['mismatches'][number]

/** Makes the verdicts of the pruner again, each to be found right behind its report, unless the trial ended with that. */
function verdictCheck(): (event: StudyEvent) => Mismatch | undefined {
  const again = judging()
  let expected: Judgment | undefined
  const text = (judgment: Judgment | undefined) =>
    judgment ? `${judgment.verdict} at step ${judgment.step}: ${judgment.reason}` : 'no verdict'
  return (event) => {
    const before = expected
    expected = again.follow(event)
    const stored = event.type === 'trial-judged' ? event : undefined
    if (!stored && !before) return undefined
    // said of reports that came with the end of the trial, it is not written
    const isOver = before && !stored && 'trial' in event && event.trial === before.trial
    if (isOver) return undefined
    return { trial: (stored ?? before)?.trial as number, stored: text(stored), again: text(before) }
  }
}

function asText(next: NextTrial | undefined): string {
  return next ? JSON.stringify([next.trial, next.params, next.memo ?? null, next.queued ?? null]) : 'no suggestion'
}
