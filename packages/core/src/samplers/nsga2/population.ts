import type { Direction } from '../../journal/event.js'
import type { TrialRecord } from '../../journal/state.js'
import { dominanceOrder } from '../../numerics/dominance.js'
import type { Params } from '../../space/distribution.js'

/** A trial with a result. */
export interface Member {
  readonly number: number
  readonly params: Params
  /** One loss an objective, lower is better. */
  readonly losses: readonly number[]
  /** Σ max(0, constraint); 0 if feasible. */
  readonly violation: number
}

/** The generations of NSGA-II; a function of the finished trials in their order. */
export interface Population {
  readonly generation: number
  /** Those to breed from, the best first; none before the first generation is full. */
  readonly parents: readonly Member[]
  add(trial: TrialRecord): void
}

/**
 * A generation ends when `size` trials with results have finished since the one before, whichever generation they were
 * asked in; the parents of the next are the best `size` of them and of their own parents. Trials without a
 * result take no part: they are not among the parents, and a generation waits for others.
 */
export function population(directions: readonly Direction[], size: number): Population {
  let generation = 0
  let parents: readonly Member[] = []
  let finished: Member[] = []
  return {
    get generation() {
      return generation
    },
    get parents() {
      return parents
    },
    add(trial) {
      const member = memberOf(trial, directions)
      if (!member) return
      finished.push(member)
      if (finished.length < size) return
      parents = bestOf([...parents, ...finished], size)
      finished = []
      generation++
    },
  }
}

function memberOf({ number, params, outcome }: TrialRecord, directions: readonly Direction[]): Member | undefined {
  if (outcome?.state !== 'complete') return undefined
  const losses = directions.map(
    (direction, k) => (direction === 'maximize' ? -1 : 1) * (outcome.values[k] ?? Number.NaN),
  )
  if (!losses.every(Number.isFinite)) return undefined
  const violation = (outcome.constraints ?? []).reduce(
    (sum, c) => sum + (c <= 0 ? 0 : Number.isNaN(c) ? Infinity : c),
    0,
  )
  return { number, params, losses, violation }
}

/** The first `size` by constrained domination, then crowding distance; infeasible ones by their violation, at the end. */
export function bestOf(members: readonly Member[], size: number): Member[] {
  const columns = (members[0]?.losses ?? []).map((_, k) =>
    Float64Array.from(members, ({ losses }) => losses[k] as number),
  )
  const rows = Int32Array.from(members, (_, row) => row)
  const feasible = dominanceOrder(
    columns,
    rows.filter((row) => members[row]?.violation === 0),
    size,
  )
  const infeasible = members
    .filter(({ violation }) => violation > 0)
    .sort((a, b) => (a.violation < b.violation ? -1 : a.violation > b.violation ? 1 : a.number - b.number))
  return [...Array.from(feasible, (row) => members[row] as Member), ...infeasible].slice(0, size)
}
