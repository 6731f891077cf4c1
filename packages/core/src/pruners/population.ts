import type { Curve, Pruner } from './pruner.js'

export interface PopulationOptions {
  readonly population: number
  /** Steps from one comparison to the next. */
  readonly interval: number
  /** The share of the trials compared that is stopped. */
  readonly quantile: number
  readonly maxStep: number
}

/** By trial, at one comparison. */
type Losses = Map<number, number>

/** A trial may be so many comparisons ahead of the slowest before it waits. */
const AHEAD = 1

/**
 * Says who of a population gives way to a fork of a better one: the stopping half of population-based training (`samplers/pbt`).
 *
 * Trials are compared at each multiple of `interval`, once all that are in training have got there: a trial that then turns out to be among the worst
 * quantile of them ("exploit" by truncation of Jaderberg et al. 2017) is stopped at its next report, if a better one is still training. Who is more than one comparison ahead
 * of the slowest pauses until that has caught up, so that few slots train a large population in turns.
 */
export function population({ population: size, interval, quantile, maxStep }: PopulationOptions): () => Pruner {
  return () => {
    /** By comparison, the loss each trial had there. */
    const compared = new Map<number, Losses>()
    /** Step that each trial in training has reached. */
    const reached = new Map<number, number>()
    /** By trial, its comparisons that are not over, in order: one that is always ahead of the slowest has several. */
    const waiting = new Map<number, number[]>()
    /** All that have reported or ended. */
    const seen = new Set<number>()
    /** Stopped; what they still report changes nothing. */
    const stopped = new Set<number>()
    /** Told to pause and not promoted since: what they report until they have ended is kept, and judged when they go on. */
    const pausing = new Set<number>()
    const turnOf = (step: number) => Math.floor(step / interval + 1e-9)
    const slowest = (): readonly [trial: number | undefined, turn: number] => {
      if (seen.size < size) return [undefined, 0]
      let least: readonly [number | undefined, number] = [undefined, Infinity]
      for (const [trial, step] of reached) if (turnOf(step) < least[1]) least = [trial, turnOf(step)]
      return least
    }

    return {
      judge({ trial, steps, losses }: Curve) {
        const step = steps.at(-1) as number
        const loss = losses.at(-1) as number
        if (stopped.has(trial)) return undefined
        const before = reached.get(trial)
        seen.add(trial)
        reached.set(trial, Math.max(step, before ?? -Infinity))
        const stop = (reason: string) => {
          stopped.add(trial)
          reached.delete(trial)
          return { verdict: 'prune' as const, reason: `step ${step}: ${reason}` }
        }
        if (step >= maxStep) return undefined
        const turn = turnOf(step)
        const open = entry(waiting, trial, () => [])
        const isDue = before === undefined ? step > 0 && turn * interval === step : turn > turnOf(before)
        if (isDue) {
          if (Number.isNaN(loss)) return pausing.has(trial) ? undefined : stop('no number')
          entry(compared, turn, () => new Map()).set(trial, loss)
          open.push(turn)
        }
        if (pausing.has(trial)) return undefined
        const [last, itsTurn] = slowest()
        const asked = open.splice(0, open.filter((one) => one <= itsTurn).length).at(-1)
        if (asked !== undefined) {
          const there = compared.get(asked) as Losses
          const why = worse(there, trial, { quantile, step: asked * interval, isTraining: (one) => reached.has(one) })
          if (why !== undefined) return stop(why)
        }
        if (!isDue || turn - itsTurn <= AHEAD) return undefined
        pausing.add(trial)
        const whom = last === undefined ? 'trials that have not begun' : `trial ${last}`
        return { verdict: 'pause', reason: `step ${step}: waits for ${whom}` }
      },
      complete: () => undefined,
      ended(trial, isPruned) {
        // one that got to its end before it heard of it keeps its place
        if (!isPruned) stopped.delete(trial)
        pausing.delete(trial)
        // also one that never reported has had its place
        seen.add(trial)
        reached.delete(trial)
      },
      promoted: (trial) => void pausing.delete(trial),
      target: (_trial, step) => Math.min((turnOf(step) + 1) * interval, maxStep),
      promote(paused, isLast) {
        const inOrder = [...paused].sort((a, b) => (reached.get(a) ?? 0) - (reached.get(b) ?? 0) || a - b)
        const [first] = inOrder
        // forks go first: they need parents that are still training
        const isVacant = stopped.size > seen.size - size
        if (first === undefined || (isVacant && !isLast)) return undefined
        const [, itsTurn] = slowest()
        if (!isLast && turnOf(reached.get(first) ?? 0) - itsTurn > AHEAD - 1) return undefined
        return { trial: first, reason: 'the others have caught up' }
      },
    }
  }
}

function entry<V>(map: Map<number, V>, key: number, make: () => V): V {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}

interface Comparing {
  readonly quantile: number
  /** Of the comparison. */
  readonly step: number
  readonly isTraining: (trial: number) => boolean
}

/** @returns in words, if it was among the worst of a comparison and a better one still trains. */
function worse(there: Losses, trial: number, { quantile, step, isTraining }: Comparing): string | undefined {
  const loss = there.get(trial) as number
  const place = [...there.values()].filter((other) => other < loss).length
  const worst = Math.max(1, Math.floor(quantile * there.size))
  const hasBetter = [...there].some(([other, itsLoss]) => itsLoss < loss && isTraining(other))
  if (place < there.size - worst || !hasBetter) return undefined
  return `place ${place + 1} of ${there.size} at step ${step}, gives way to a fork of a better one`
}
