/** Defaults of population-based training, which two halves that know nothing of each other go by: sampler `pbt` and its pruner. */
export const POPULATION_DEFAULTS = { population: 8, quantile: 0.25 } as const
