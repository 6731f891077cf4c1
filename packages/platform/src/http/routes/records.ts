import { type Analysis, type Comparison, explain, fold, type PartialDependence, snapshot } from '@parzen/core'
import type { Answers } from '../call.js'
import { findCurves } from '../curves.js'
import { metricColumn } from '../metric-column.js'
import { trialOf } from '../trial-record.js'

/** What is read off a journal, and the series beside it. */
export const recordAnswers = {
  async snapshot({ params, tag }, { studies }) {
    const { state } = await studies.get(params.study)
    tag(state.version)
    return snapshot(state)
  },
  async events({ params, query: { after, limit } }, { store, studies }) {
    await studies.get(params.study)
    const events = (await store.read(params.study, after)).slice(0, limit)
    return { version: after + events.length, events }
  },
  async analysis({ params, tag }, { studies, analyses }) {
    const study = await studies.get(params.study)
    tag(study.state.version)
    return analyses.of<Analysis>(study, { kind: 'analysis' })
  },
  async curves({ params, query, tag }, { store, studies }) {
    const study = await studies.get(params.study)
    const { metric = study.spec.objectives[0]?.metric ?? 'value', trials } = query
    const found = await findCurves(store.series, study, { ...query, metric, trials: trials?.split(',').map(Number) })
    tag(`${found.version}-${JSON.stringify(query)}`)
    return { metrics: found.metrics(), curves: await found.read() }
  },
  async metrics({ params, query: { metric }, tag }, { studies }) {
    const { state } = await studies.get(params.study)
    tag(`${state.version}-${metric ?? ''}`)
    return metricColumn(state.trials, metric)
  },
  async verification({ params }, { studies, verifications }) {
    const found = await verifications.of(await studies.get(params.study))
    return found ? { state: 'done' as const, ...found } : { state: 'running' as const }
  },
  async dependence({ params, query, tag }, { studies, analyses }) {
    const study = await studies.get(params.study)
    const { parameter, with: other, objective, points } = query
    tag(`${study.state.version}-${JSON.stringify(query)}`)
    const names = other === undefined ? [parameter] : [parameter, other]
    const options = { objective, ...(points === undefined ? {} : { points }) }
    return analyses.of<PartialDependence | null>(study, { kind: 'dependence', names, options })
  },
  async comparison({ params, query: { trials, objective }, tag }, { studies, analyses }) {
    const study = await studies.get(params.study)
    tag(`${study.state.version}-${trials}-${objective}`)
    return analyses.of<Comparison>(study, { kind: 'comparison', trials: trials.split(',').map(Number), objective })
  },
  async explain({ params, tag }, { store, studies }) {
    const study = await studies.get(params.study)
    const trial = trialOf(study, params.trial)
    tag(`${params.trial}-${trial.seen}`)
    // exactly what the sampler could know: the journal up to the version it was asked on
    return explain(fold((await store.read(study.name, 0)).slice(0, trial.seen)), trial)
  },
} satisfies Partial<Answers>
