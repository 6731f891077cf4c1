import type { Curve, Judgement, Promotion } from './pruner.js'

/** A trial's loss when it reached a rung. */
interface Entry {
  readonly trial: number
  readonly loss: number
}

export interface RungsOptions {
  /** Step of rung 0, above 0. */
  readonly minStep: number
  /** Trials that get there are not judged any more. */
  readonly maxStep: number
  /** One of so many goes on at a rung; rung k is at step minStep · eta^k. */
  readonly eta: number
  /** Pause what is not among the best, to go on if it comes to be; otherwise stop it. */
  readonly promote: boolean
}

export interface Rungs {
  judge(curve: Curve): Judgement | undefined
  promote(paused: ReadonlySet<number>): Promotion | undefined
  promoted(trial: number): void
  target(trial: number, step: number): number | undefined
  /** The best trial of the highest rung that has a paused one, with its rung. */
  bestPaused(paused: ReadonlySet<number>): (Promotion & { readonly rung: number; readonly loss: number }) | undefined
}

/**
 * One bracket of successive halving, asynchronous: a trial is judged when it reaches a rung, against all who were there before.
 *
 * Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2. Stopping, not pausing, is the
 * variant of Optuna's SuccessiveHalvingPruner, which it decides as: of the m losses at the rung, its own included, it must be among
 * the best max(1, ⌊m / eta⌋). With `promote` it must be among the best ⌊m / eta⌋, as in the paper, or waits until it is.
 */
export function rungs({ minStep, maxStep, eta, promote }: RungsOptions): Rungs {
  /** Entries by loss, of equal ones the earlier first. */
  const levels: Entry[][] = []
  const next = new Map<number, number>()
  /** Trials that went on from rung k. */
  const gone: Set<number>[] = []
  const level = (k: number): Entry[] => {
    levels[k] ??= []
    gone[k] ??= new Set()
    return levels[k]
  }
  const stepOf = (k: number) => minStep * eta ** k
  const among = (k: number) => Math.floor(level(k).length / eta)

  return {
    judge({ trial, steps, losses }) {
      const step = steps.at(-1) as number
      const loss = losses.at(-1) as number
      for (;;) {
        const k = next.get(trial) ?? 0
        if (step < stepOf(k) || step >= maxStep) return undefined
        next.set(trial, k + 1)
        if (Number.isNaN(loss)) return { verdict: 'prune', reason: `step ${step}: no number` }
        const entries = level(k)
        const place = insert(entries, { trial, loss })
        const allowed = promote ? among(k) : Math.max(1, among(k))
        // equal to the last of those that go on is good enough where it is the end otherwise
        const isGood = promote ? place < allowed : loss <= (entries[allowed - 1] as Entry).loss
        if (!isGood) {
          const reason = `step ${step}: place ${place + 1} of ${entries.length} at rung ${k}, ${allowed} go${allowed === 1 ? 'es' : ''} on`
          return { verdict: promote ? 'pause' : 'prune', reason }
        }
        gone[k]?.add(trial)
      }
    },
    promote(paused) {
      for (let k = levels.length - 1; k >= 0; k--) {
        for (let place = 0; place < among(k); place++) {
          const { trial } = level(k)[place] as Entry
          if (gone[k]?.has(trial) || !paused.has(trial)) continue
          return { trial, reason: `place ${place + 1} of ${level(k).length} at rung ${k}` }
        }
      }
      return undefined
    },
    promoted(trial) {
      gone[(next.get(trial) ?? 1) - 1]?.add(trial)
    },
    target(trial, step) {
      let k = next.get(trial) ?? 0
      while (stepOf(k) <= step) k++
      return Math.min(stepOf(k), maxStep)
    },
    bestPaused(paused) {
      for (let k = levels.length - 1; k >= 0; k--) {
        const entry = level(k).find(({ trial }) => paused.has(trial) && !gone[k]?.has(trial))
        if (entry) return { ...entry, rung: k, reason: `best at rung ${k}, and no trial got to its end` }
      }
      return undefined
    },
  }
}

/** @returns its place. */
function insert(entries: Entry[], entry: Entry): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle] as Entry).loss <= entry.loss) low = middle + 1
    else high = middle
  }
  entries.splice(low, 0, entry)
  return low
}
