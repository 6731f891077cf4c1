import type { Choice } from '../../space/distribution.js'
import type { Rng } from '../sampler.js'
import type { Encoding } from './encoding.js'
import type { Place } from './history.js'

/** A gene kept at one place while others move. */
export interface Held {
  readonly gene: number
  readonly u: number
}

/**
 * Keeps every branch of a conditional space in sight.
 *
 * A model fitted where one branch did well early can be sure, on little evidence, that another is bad: the parameters of
 * a branch it never tried tell it nothing. So each value of a parent is tried at least ⌈0.7 √m⌉ times in m trials in which
 * that parent was active, at the point that looks best within the branch. Regret this costs grows with √m only.
 */
export interface Branches {
  /** The branch most behind, if any, and what puts a candidate into it. */
  neglected(trials: readonly Place[]): Held[] | undefined
  /** A start-up point's branches: for each parent that becomes active, a value tried least so far. */
  balanced(trials: readonly Place[], rng: Rng): Held[]
}

/** A parent of more values than this is left to the model. */
const MOST = 8

export function branches(coding: Encoding): Branches {
  const parents: number[] = []
  for (let p = 0; p < coding.genes; p++)
    if (coding.isParent[p] && coding.counts[p]! > 1 && coding.counts[p]! <= MOST) parents.push(p)

  /** Trials by value of parent p, those in which it was active. */
  function tally(p: number, trials: readonly Place[]): number[] {
    const counts = new Array<number>(coding.counts[p]!).fill(0)
    for (const { u } of trials) {
      if (Number.isNaN(u[p]!)) continue
      const k = coding.indexOf(p, u[p]!)
      counts[k] = counts[k]! + 1
    }
    // a choice without weight is never drawn
    return counts.map((count, k) => (coding.indexOf(p, coding.unitOf(p, k)) === k ? count : Infinity))
  }

  return {
    neglected(trials) {
      let worst = 0
      let found: Held[] | undefined
      for (const p of parents) {
        const counts = tally(p, trials)
        let m = 0
        for (const count of counts) if (count < Infinity) m += count
        const due = Math.ceil(0.7 * Math.sqrt(m))
        for (let k = 0; k < counts.length; k++) {
          if (due - counts[k]! <= worst) continue
          worst = due - counts[k]!
          found = [...path(coding, p), { gene: p, u: coding.unitOf(p, k) }]
        }
      }
      return found
    },
    balanced(trials, rng) {
      const held: Held[] = []
      const values = new Map<number, Choice>()
      for (const p of parents) {
        const on = coding.conditions[p]!.every(({ parent, values: wanted }) => {
          const value = values.get(parent)
          return value !== undefined && wanted.includes(value)
        })
        if (!on) continue
        const counts = tally(p, trials)
        const least = Math.min(...counts)
        const open = counts.flatMap((count, k) => (count === least ? [k] : []))
        const k = open[Math.floor(rng() * open.length)]!
        const u = coding.unitOf(p, k)
        values.set(p, coding.valueAt(p, u))
        held.push({ gene: p, u })
      }
      return held
    },
  }
}

/** Values of the ancestors that make gene p active: the first that serves for each. */
function path(coding: Encoding, p: number): Held[] {
  return coding.conditions[p]!.flatMap(({ parent, values }) => {
    const u = coding.unitOfValue(parent, values[0] ?? null)
    return [...path(coding, parent), { gene: parent, u }]
  })
}
