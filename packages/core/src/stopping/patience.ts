import type { StoppingRule } from './stopping-rule.js'

/** So many finished trials in a row, failures included, without a better one. */
export const patience: StoppingRule = ({ spec, best, finished }) => {
  const { budget, objectives } = spec ?? {}
  if (budget?.patience === undefined || objectives?.length !== 1) return undefined
  const stale = finished.length - 1 - (best?.index ?? -1)
  return stale >= budget.patience ? `no better trial among the last ${stale}` : undefined
}
