import type { Rng } from '../sampler.js'
import { type Dimension, isActiveIn } from './dimension.js'

/** Which points of the finite branches of a space have been tried; points with a continuous value are never met twice. */
export interface Explored {
  add(x: Float64Array): void
  has(x: Float64Array): boolean
  /** Forgets all that was added since: for running trials. */
  mark(): () => void
  /** Writes an untried point, starting from a random corner. @returns false if all have been tried. O(tried · D). */
  unseen(x: Float64Array, rng: Rng): boolean
}

export function explored(dimensions: readonly Dimension[]): Explored {
  const seen = new Set<string>()
  const endless = [...dimensions.keys()].filter((d) => dimensions[d]!.size === Infinity)
  let temporary: string[] | undefined

  /** Undefined if a value is continuous. */
  function keyOf(x: Float64Array): string | undefined {
    for (const d of endless) if (!Number.isNaN(x[d]!)) return undefined
    let key = ''
    for (let d = 0; d < dimensions.length; d++) {
      const t = x[d]!
      if (!Number.isNaN(t)) key += dimensions[d]!.kind === 'categorical' ? t : String(dimensions[d]!.decode(t))
      key += ','
    }
    return key
  }

  function has(x: Float64Array): boolean {
    const key = keyOf(x)
    return key !== undefined && seen.has(key)
  }

  /** Depth first: every leaf but the last has been tried, so no more leaves than trials are visited. */
  function search(x: Float64Array, d: number, rng: Rng): boolean {
    if (d === dimensions.length) return !has(x)
    const dimension = dimensions[d]!
    if (!isActiveIn(dimension, x)) {
      x[d] = Number.NaN
      return search(x, d + 1, rng)
    }
    if (dimension.size === Infinity) {
      x[d] = dimension.quantile(rng())
      return search(x, d + 1, rng)
    }
    const first = Math.floor(rng() * dimension.size)
    for (let k = 0; k < dimension.size; k++) {
      const value = (first + k) % dimension.size
      if (dimension.prior[value] === 0) continue
      x[d] = dimension.valueT(value)
      if (search(x, d + 1, rng)) return true
    }
    return false
  }

  return {
    add(x) {
      const key = keyOf(x)
      if (key === undefined || seen.has(key)) return
      seen.add(key)
      temporary?.push(key)
    },
    has,
    mark() {
      const added: string[] = []
      temporary = added
      return () => {
        for (const key of added) seen.delete(key)
        temporary = undefined
      }
    },
    unseen: (x, rng) => search(x, 0, rng),
  }
}
