import { carryOver } from '../space/carry-over.js'
import type { Json } from './event.js'
import type { StudyState, TrialRecord } from './state.js'

/**
 * A trial as the present space has it: as it is, unless the space was edited since it was started. The memo is left out
 * then, since it speaks of the space before, unless it says whose place in a population the trial takes.
 * @returns undefined if its values mean nothing in the present space.
 */
function asOfNow(
  { spec, spaceSince }: Pick<StudyState, 'spec' | 'spaceSince'>,
  trial: TrialRecord,
): TrialRecord | undefined {
  if (trial.number >= spaceSince || !spec) return trial
  const params = carryOver(spec.space, trial.params, spec.earlier)
  if (!params) return undefined
  const { memo, ...rest } = trial
  return { ...rest, params, ...(isLineage(memo) ? { memo } : {}) }
}

function isLineage(memo: Json | undefined): boolean {
  return typeof memo === 'object' && memo !== null && 'replaces' in memo
}

/** The trials that still apply, as the present space has them, in their order. */
export function stillApplying(
  state: Pick<StudyState, 'spec' | 'spaceSince'>,
  trials: Iterable<TrialRecord>,
): TrialRecord[] {
  const applying: TrialRecord[] = []
  for (const trial of trials) {
    const now = asOfNow(state, trial)
    if (now) applying.push(now)
  }
  return applying
}
