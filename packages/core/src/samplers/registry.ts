import { ParzenError } from '../error.js'
import type { Named } from '../journal/event.js'
import { random } from './random.js'
import type { SamplerFactory } from './sampler.js'

/** Samplers by the name a sweep file uses; each takes its options as plain JSON. */
const samplers: { readonly [name: string]: (options: Named) => SamplerFactory } = {
  random: () => random(),
}

export const samplerNames: readonly string[] = Object.keys(samplers)

/** What is used where nobody named a sampler. */
export const defaultSampler: string = ['auto', 'tpe', 'random'].find((name) => name in samplers) ?? 'random'

/** @throws ParzenError `sampler/unknown` if there is no sampler of that name, or what the sampler says of its options. */
export function samplerByName(named: Named): SamplerFactory {
  const make = samplers[named.name]
  if (!make) {
    throw new ParzenError(
      'sampler/unknown',
      `sampler: expected one of ${samplerNames.join(', ')}, got ${JSON.stringify(named.name)}`,
      { path: ['sampler'] },
    )
  }
  return make(named)
}
