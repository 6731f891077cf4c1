import type { Params, Space } from '../../space/distribution.js'
import { drawParams } from '../random.js'
import type { Rng } from '../sampler.js'
import type { Branches } from './branches.js'
import type { Encoding } from './encoding.js'
import type { Place } from './history.js'

export interface StartupTask {
  readonly space: Space
  readonly coding: Encoding
  readonly branches: Branches
  readonly place: (params: Params) => Place
  /** Trials finished or running. */
  readonly started: readonly Place[]
  readonly rng: Rng
}

const DRAWS = 20

/** Of several draws the one farthest from all earlier trials: best-candidate sampling (Mitchell 1991), after branches tried least were chosen. */
export function farthestDraw({ space, coding, branches, place, started, rng }: StartupTask): Params {
  const held = branches.balanced(started, rng)
  const fixed = Object.fromEntries(held.map(({ gene, u }) => [coding.names[gene]!, coding.valueAt(gene, u)]))
  let best = drawParams(space, rng, fixed)
  let farthest = -1
  for (let k = 0; k < DRAWS && started.length > 0; k++) {
    const params = drawParams(space, rng, fixed)
    const { f } = place(params)
    let nearest = Infinity
    for (const other of started) nearest = Math.min(nearest, distance(coding, f, other.f))
    if (nearest > farthest) {
      farthest = nearest
      best = params
    }
  }
  return best
}

/** Squared; different categories are as far apart as two numbers 0.7 of their range apart. */
function distance({ numeric }: Encoding, a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let d = 0; d < a.length; d++) sum += d < numeric ? (a[d]! - b[d]!) ** 2 : a[d] === b[d] ? 0 : 0.5
  return sum
}
