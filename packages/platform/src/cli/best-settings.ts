import { isFeasible, type Params, type StudyState } from '@parzen/core'

/**
 * The settings whose complete, feasible trials have the best mean of the first objective, the best first: what to evaluate
 * again to know whether the winner is really better.
 */
export function bestSettings({ spec, finished }: Pick<StudyState, 'spec' | 'finished'>, count: number): Params[] {
  const sign = spec?.objectives[0]?.direction === 'maximize' ? -1 : 1
  const settings = new Map<string, { readonly params: Params; readonly losses: number[] }>()
  for (const { params, outcome } of finished) {
    if (!isFeasible(outcome)) continue
    const loss = sign * (outcome.values[0] ?? Number.NaN)
    if (!Number.isFinite(loss)) continue
    const key = JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)))
    const setting = settings.get(key)
    if (setting) setting.losses.push(loss)
    else settings.set(key, { params, losses: [loss] })
  }
  const mean = (losses: readonly number[]) => losses.reduce((a, b) => a + b, 0) / losses.length
  return [...settings.values()]
    .sort((a, b) => mean(a.losses) - mean(b.losses))
    .slice(0, count)
    .map(({ params }) => params)
}
