import { ParzenError } from '../error.js'
import type { Named } from '../journal/event.js'
import { type AnnealOptions, anneal } from './anneal.js'
import { auto } from './auto.js'
import { type CmaesOptions, cmaes } from './cmaes/cmaes.js'
import { type GpOptions, gp } from './gp/gp.js'
import { type GridOptions, grid } from './grid.js'
import { type Nsga2Options, nsga2 } from './nsga2/nsga2.js'
import { type PbtOptions, pbt } from './pbt/pbt.js'
import { qmc } from './qmc.js'
import { random } from './random.js'
import type { SamplerFactory } from './sampler.js'
import { type TpeOptions, tpe } from './tpe/tpe.js'

/** Samplers by the name a sweep file uses; each takes its options as plain JSON. */
const samplers: { readonly [name: string]: (options: Named) => SamplerFactory } = {
  random: (options) => random(options),
  grid: (options) => grid(options as GridOptions),
  qmc: (options) => qmc(options),
  anneal: (options) => anneal(options as AnnealOptions),
  tpe: (options) => tpe(options as TpeOptions),
  gp: (options) => gp(options as GpOptions),
  cmaes: (options) => cmaes(options as CmaesOptions),
  nsga2: (options) => nsga2(options as Nsga2Options),
  pbt: (options) => pbt(options as unknown as PbtOptions),
  auto: ({ name: _, ...options }) => auto(options),
}

/**
 * The version of what each sampler suggests: raised with every change that lets it suggest something else, so that an
 * old journal is not taken for a wrong one.
 */
const versions: { readonly [name: string]: number } = { auto: 6, gp: 5, tpe: 4 }

/** What makes the suggestions of `named`, as journals record it: `tpe/1`. */
export function samplerId({ name }: Named): string {
  return `${name}/${versions[name] ?? 1}`
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
