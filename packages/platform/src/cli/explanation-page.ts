import { type Explanation, isFeasible, type Json, lineageOf, type Study, type TrialRecord } from '@parzen/core'
import { percent, range } from './analysis-page.js'
import { count, formatChoice, formatNumber, formatParams, formatValue } from './format/number.js'
import { type Column, table } from './format/table.js'
import { plain } from './format/width.js'
import { fields, type Page } from './page.js'

const reasons: { readonly [kind in Explanation['kind']]: string } = {
  asked: 'a person asked for it',
  first: 'one of the first: too little was known to say more',
  exploit: 'exploit: near trials that were good',
  explore: 'explore: away from what was known to be good',
  between: 'between: a promising neighbourhood, and some way from what was tried',
}

/** The same words, judged by a model. */
const modelReasons: typeof reasons = {
  ...reasons,
  exploit: 'exploit: the model expects it to be the best',
  explore: 'explore: good only where the model may be wrong',
  between: 'between: near the best by the model, and uncertain',
}

export function explanationLines(
  { colors, size }: Page,
  {
    study,
    trial,
    explanation,
    sampler,
  }: { study: Study; trial: TrialRecord; explanation: Explanation; sampler: string },
): string[] {
  const { bold, dim } = colors
  const { known, running, novelty, promise, nearest } = explanation
  const also = running > 0 ? `, ${running} running` : ''
  const note = noteOf(trial.memo)
  const memo = note === undefined ? [] : [['its note', plain(JSON.stringify(note))] as const]
  const measures =
    novelty === undefined || promise === undefined
      ? []
      : [
          ['novelty', `${percent(novelty)}: so many of random points lie nearer to a known trial`] as const,
          ['promise', `${percent(promise)}: so many of random points have worse neighbours`] as const,
        ]
  const model = trial.queued === undefined ? modelFields(study, trial, explanation) : []
  const lines = [
    `${bold(plain(study.name))}  trial ${trial.number}  ${trial.state}`,
    '',
    ...fields(dim, [
      ...whyFields(trial, explanation, model.length > 0).map(([name, text]) => [name, bold(text)] as const),
      ['by', `${plain(explanation.kind === 'asked' ? trial.worker : sampler)}`],
      ['known then', `${count(known, 'complete trial')}${also}`],
      ...model,
      ...measures,
      ['came of it', result(study, trial)],
      ...memo,
    ]),
    '',
    ...comparison(
      trial,
      { ...explanation, parent: study.state.trials[lineageOf(trial)?.parent ?? -1] },
      { width: size().columns, heading: dim },
    ),
  ]
  if (nearest.length === 0) return lines
  const rows = nearest.map(({ trial: number, distance, values, params }) => [
    String(number),
    formatNumber(distance, 3),
    values.map(formatValue).join(' '),
    formatParams(params),
  ])
  const columns: readonly Column[] = [
    { title: 'NEAREST THEN', align: 'right' },
    { title: 'DISTANCE', align: 'right' },
    { title: 'VALUE', align: 'right' },
    { title: 'PARAMETERS', flexible: true },
  ]
  return [...lines, '', ...table(columns, rows, { width: size().columns, heading: dim })]
}

/** One that took another's place was not chosen for its parameters. */
function whyFields(trial: TrialRecord, { kind, forecasts }: Explanation, hasModel: boolean): [string, string][] {
  const lineage = lineageOf(trial)
  if (!lineage) return [['why', (hasModel && forecasts?.length === 1 ? modelReasons : reasons)[kind]]]
  const { replaces, parent, step } = lineage
  const from =
    parent === undefined
      ? 'it begins anew'
      : `it goes on from trial ${parent}, one of the best, which was at step ${step}`
  return [
    ['why', `it takes the place of trial ${replaces} in the population`],
    ['', from],
  ]
}

/** The memo without what is shown in words. */
function noteOf(memo: TrialRecord['memo']): TrialRecord['memo'] {
  if (typeof memo !== 'object' || memo === null || Array.isArray(memo)) return memo
  if (lineageOf({ memo })) return undefined
  const { forecasts: _, logRatio: __, ...note } = memo as { readonly [key: string]: Json }
  return Object.keys(note).length > 0 ? note : undefined
}

/** What the model expected, and whether it came out. */
function modelFields(
  { spec }: Study,
  { outcome }: TrialRecord,
  { forecasts = [], logRatio }: Explanation,
): (readonly [string, string])[] {
  const found = forecasts.flatMap(({ mean, sd, interval, best }, i) => {
    const metric = plain(spec.objectives[i]?.metric ?? 'value')
    const value = outcome?.state === 'complete' ? outcome.values[i] : undefined
    const held = value === undefined ? '' : value < interval[0] || value > interval[1] ? '; it did not' : '; it did'
    return [
      [
        'forecast',
        `${metric} ${formatValue(mean)} ± ${formatNumber(sd, 2)}; the best then ${formatValue(best)}`,
      ] as const,
      ['', `to come out within ${range(interval)} (90 %)${held}`] as const,
    ]
  })
  if (logRatio === undefined) return found
  return [
    ...found,
    ['density', `${formatNumber(Math.exp(logRatio), 3)} times as dense in good trials as in the others`],
  ]
}

/** The parameters beside those of its parent, and of the nearest and the best trial of then. */
function comparison(
  { params }: TrialRecord,
  { nearest, best, parent }: Explanation & { readonly parent: TrialRecord | undefined },
  options: { width: number; heading: (text: string) => string },
): string[] {
  const [first] = nearest
  const others = [
    ...(parent ? [{ title: `PARENT, TRIAL ${parent.number}`, params: parent.params }] : []),
    ...(first ? [{ title: `NEAREST, TRIAL ${first.trial}`, params: first.params }] : []),
    ...(best && best.trial !== first?.trial ? [{ title: `BEST THEN, TRIAL ${best.trial}`, params: best.params }] : []),
  ]
  const names = new Set([params, ...others.map((other) => other.params)].flatMap((each) => Object.keys(each)))
  const cell = (of: TrialRecord['params'], name: string) => {
    const value = of[name]
    return value === undefined ? '-' : formatChoice(value)
  }
  const rows = [...names].map((name) => [
    plain(name),
    cell(params, name),
    ...others.map((other) => cell(other.params, name)),
  ])
  const columns: readonly Column[] = [
    { title: 'PARAMETER', flexible: true },
    { title: 'THIS', align: 'right' },
    ...others.map(({ title }) => ({ title, align: 'right' as const })),
  ]
  return table(columns, rows, options)
}

function result({ spec, state }: Study, { outcome, state: stands }: TrialRecord): string {
  if (outcome?.state !== 'complete') return stands
  const values = spec.objectives.map(
    ({ metric }, i) => `${plain(metric)} ${formatValue(outcome.values[i] ?? Number.NaN)}`,
  )
  if (spec.objectives.length > 1) return values.join(', ')
  const sign = spec.objectives[0]?.direction === 'maximize' ? -1 : 1
  const own = sign * (outcome.values[0] as number)
  const all = state.trials.flatMap(({ outcome: other }) =>
    isFeasible(other) ? [sign * (other.values[0] as number)] : [],
  )
  const better = all.filter((loss) => loss < own).length
  return `${values[0]}, rank ${better + 1} of ${all.length}`
}
