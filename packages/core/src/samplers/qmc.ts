import { rng } from '../numerics/rng.js'
import { owenScramble, SOBOL_DIMENSIONS, sobolBits } from '../numerics/sobol.js'
import { isActive } from '../space/activity.js'
import type { Choice } from '../space/distribution.js'
import { fromUnit } from '../space/unit-cube.js'
import { checkOptions } from './options.js'
import { positions } from './position.js'
import type { SamplerFactory } from './sampler.js'

/** Any constant: keeps the scrambling apart from the streams of trials. */
const SCRAMBLE_STREAM = 0x736f626f

/**
 * Scrambled Sobol points (`numerics/sobol.ts`), one coordinate for each parameter of the flat space: more even than
 * random draws, most of all after a power of two of trials.
 *
 * A coordinate whose parameter is not active is left unused. Parameters after the 128th get independent draws.
 * The place in the sequence is the trial's memo, so that parallel, enqueued and resumed trials skip and repeat nothing.
 * The sequence repeats after 2^32 trials.
 */
export function qmc(options: { readonly [option: string]: unknown } = {}): SamplerFactory {
  checkOptions('qmc', options, {})
  return ({ space, seed }) => {
    const parameters = Object.entries(space)
    const scrambles = parameters.map((_, dimension) => Math.floor(rng(seed, SCRAMBLE_STREAM, dimension)() * 2 ** 32))
    const coordinate = (index: number, dimension: number) => {
      if (dimension >= SOBOL_DIMENSIONS) return rng(seed, SCRAMBLE_STREAM, dimension, index)()
      return (owenScramble(sobolBits(index, dimension), scrambles[dimension] as number) + 0.5) / 2 ** 32
    }
    const taken = positions('qmc')
    return {
      observe: taken.add,
      suggest(running) {
        const index = taken.next(running)
        const params: Record<string, Choice> = {}
        parameters.forEach(([name, parameter], dimension) => {
          if (isActive(parameter, params)) params[name] = fromUnit(parameter, coordinate(index, dimension))
        })
        return { params, memo: { qmc: index } }
      },
    }
  }
}
