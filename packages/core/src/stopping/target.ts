import type { StoppingRule } from './stopping-rule.js'

/** The first objective is at least this good. */
export const target: StoppingRule = ({ spec, best }) => {
  const { budget, objectives } = spec ?? {}
  if (budget?.target === undefined || objectives?.length !== 1 || best === undefined) return undefined
  const isReached = objectives[0]?.direction === 'minimize' ? best.value <= budget.target : best.value >= budget.target
  return isReached ? `target ${budget.target} reached` : undefined
}
