import type { TrialRecord } from '../../journal/state.js'
import type { Params } from '../../space/distribution.js'
import { lastOf, type PartialCurve, partialCurve } from '../partial-curve.js'
import type { Problem } from '../sampler.js'
import type { Encoding } from './encoding.js'

/** A trial's place: genes with NaN where inactive, and features. */
export interface Place {
  readonly u: Float64Array
  readonly f: Float64Array
}

/** A trial the objective is modelled on. */
export interface Row extends Place {
  /** One an objective, to be minimised; NaN for a hopeless trial. */
  readonly losses: readonly number[]
  /** Feasible at <= 0. */
  readonly constraints: readonly number[]
  readonly isFeasible: boolean
}

/**
 * Finished trials as the models see them, in the order they finished.
 *
 * `rows`: complete trials, and hopeless ones: those that were stopped and reported nothing, or stood worse than any complete one ever did.
 * `stopped`: the other pruned trials. What they would have come to is not known, and a guess misleads (docs/decisions/0022-stopped-trials.md).
 * `outcomes`: all of these and the failed ones, with whether it failed. A complete trial
 * without a finite value an objective counts as failed, and so does an infeasible one whose constraints are not as
 * many as the first complete trial's, since they cannot be modelled one by one. Trials that the machine lost or a person killed say nothing.
 */
export interface History {
  readonly rows: readonly Row[]
  readonly stopped: readonly Place[]
  readonly outcomes: readonly (Place & { readonly failed: boolean })[]
  /** Number of failed ones among the outcomes. */
  readonly failures: number
  /** How many constraints the first complete trial had: that many are modelled. */
  readonly constraints: number
  add(trial: TrialRecord): void
  place(params: Params): Place
  isKnown(f: Float64Array, fAt: number): boolean
}

/** Complete trials that have reported something, before a stopped one is compared with them. */
const FEWEST_COMPARED = 4

export function history(coding: Encoding, { directions, metrics }: Pick<Problem, 'directions' | 'metrics'>): History {
  const rows: Row[] = []
  const stopped: Place[] = []
  /** Of each complete trial that has reported something, the greatest loss on its way. */
  const heights: number[] = []
  const outcomes: (Place & { failed: boolean })[] = []
  const known = new Set<string>()
  const active = new Uint8Array(coding.genes)
  let failures = 0
  let constraints: number | undefined

  function place(params: Params): Place {
    const u = new Float64Array(coding.genes).fill(0.5)
    const f = new Float64Array(coding.dims)
    coding.encode(params, u, 0)
    coding.embed(u, 0, f, 0, active)
    for (let p = 0; p < coding.genes; p++) if (!active[p]) u[p] = Number.NaN
    return { u, f }
  }

  function isHopeless(curve: PartialCurve | undefined): boolean {
    return !curve || (heights.length >= FEWEST_COMPARED && lastOf(curve).loss > Math.max(...heights))
  }

  return {
    rows,
    stopped,
    outcomes,
    get failures() {
      return failures
    },
    get constraints() {
      return constraints ?? 0
    },
    add(trial) {
      const { outcome } = trial
      if (!outcome || (outcome.state === 'failed' && (outcome.cause === 'lost' || outcome.cause === 'killed'))) return
      const here = place(trial.params)
      known.add(here.f.join())
      const values = outcome.state === 'complete' ? outcome.values : []
      const given = (outcome.state === 'complete' && outcome.constraints) || []
      const isComplete =
        values.length >= directions.length && values.every(Number.isFinite) && given.every((c) => !Number.isNaN(c))
      const isFeasible = isComplete && given.every((c) => c <= 0)
      if (isComplete) constraints ??= given.length
      const isModelled = outcome.state === 'pruned' || (isComplete && (isFeasible || given.length === constraints))
      const failed = !isModelled
      if (failed) failures++
      outcomes.push({ ...here, failed })
      if (failed) return
      const curve = partialCurve(trial, metrics?.[0], directions[0] ?? 'minimize')
      if (!isComplete && !isHopeless(curve)) {
        stopped.push(here)
        return
      }
      if (isComplete && curve) heights.push(Math.max(...curve.values()))
      const losses = directions.map((direction, k) => {
        const value = values[k] ?? Number.NaN
        return direction === 'maximize' ? -value : value
      })
      rows.push({ ...here, losses, constraints: given, isFeasible })
    },
    place,
    isKnown: (f, fAt) => known.has(f.subarray(fAt, fAt + coding.dims).join()),
  }
}
