import type {
  Analysis,
  Calibration,
  Contender,
  FalseStops,
  Front,
  Gain,
  Importances,
  Study,
  Winner,
} from '@parzen/core'
import { quote } from '../executors/quote.js'
import { chart } from './format/chart.js'
import { count, formatParams, formatValue } from './format/number.js'
import { progressBar } from './format/progress-bar.js'
import { type Column, table } from './format/table.js'
import { plain } from './format/width.js'
import type { Page } from './page.js'
import { bestSoFar } from './progress.js'

const BAR = 16
const PAIRS = 3
const RIVALS = 5
/** A pair that explains less than this is not worth a line. */
const LEAST_SHARE = 0.03

interface Subject {
  readonly study: Study
  readonly analysis: Analysis
}

export function analysisLines(page: Page, { study, analysis }: Subject): string[] {
  const { bold } = page.colors
  const { spec } = study
  const lines = [`${bold(plain(spec.name))}  ${count(analysis.trials, 'complete trial')}`]
  if (analysis.trials === 0) return [...lines, 'nothing to analyze before a trial is complete']
  const add = (part: readonly string[]) => {
    if (part.length > 0) lines.push('', ...part)
  }
  if (analysis.front) add(frontLines(page, { study, front: analysis.front }))
  else add(curveLines(page, study))
  for (const [i, importances] of analysis.importances.entries()) {
    add(importanceLines(page, spec.objectives[i]?.metric ?? 'value', importances))
  }
  if (!analysis.front) {
    add(winnerLines(page, study, analysis.winner))
    add(gainLines(page, analysis))
  }
  if (analysis.calibration) add(calibrationLines(page, analysis.calibration))
  if (analysis.falseStops) add(falseStopLines(page, analysis.falseStops))
  return lines
}

function falseStopLines({ colors }: Page, { pruned, spared, good, rate }: FalseStops): string[] {
  const head = `pruned ${count(pruned, 'trial')}`
  if (!rate) return [`${head}; none was let through to its end so far, so nothing is known of false stops`]
  const range = `${percent(rate.low)} to ${percent(rate.high)}`
  return [
    `${head}; of ${count(spared, 'trial')} let through although it would have been stopped, ${good} ended among the best tenth`,
    colors.dim(`  so ${range} of the stops were false, with 90 % certainty`),
  ]
}

function curveLines({ colors, size }: Page, { state }: Study): string[] {
  const width = Math.min(size().columns, 80) - 2
  const curve = chart(bestSoFar(state), { width, height: 6, axis: 'finished trials' })
  return curve.length === 0 ? [] : [colors.dim('best so far'), ...curve.map((line) => `  ${line}`)]
}

function importanceLines({ colors, size }: Page, metric: string, { parameters, pairs }: Importances): string[] {
  if (parameters.length === 0) return []
  const { dim, cyan } = colors
  const most = Math.max(...parameters.map(({ top }) => top)) || 1
  const rows = parameters.map(({ name, top, alone }) => {
    const { done } = progressBar(top / most, BAR)
    return [plain(name), percent(top), cyan(done), alone === undefined ? '-' : percent(alone)]
  })
  const columns: readonly Column[] = [
    { title: 'PARAMETER', flexible: true },
    { title: 'BEST TENTH', align: 'right' },
    { title: ' '.repeat(BAR) },
    { title: 'ALL TRIALS', align: 'right' },
  ]
  const notable = pairs.filter(({ share }) => share >= LEAST_SHARE).slice(0, PAIRS)
  const together = notable.map(({ names, share }) => `${names.map(plain).join(' with ')} ${percent(share)}`)
  return [
    dim(`what matters for ${plain(metric)}`),
    ...table(columns, rows, { width: size().columns - 2, heading: dim }).map((line) => `  ${line}`),
    ...(together.length > 0 ? [`  together, beyond that: ${together.join(', ')}`] : []),
  ]
}

function winnerLines({ colors }: Page, { spec }: Study, winner: Winner | undefined): string[] {
  const { dim, bold } = colors
  const title = dim('is the winner really better?')
  if (!winner) {
    return [
      title,
      '  unknown: no setting was evaluated twice, and there are too few trials to guess the noise from near ones.',
      `  --noise gives its standard deviation; \`parzen enqueue ${quote(spec.name)} --best 3 --repeat 3\` finds it`,
    ]
  }
  const { noise, best, safest, contenders } = winner
  const metric = plain(spec.objectives[0]?.metric ?? 'value')
  const lines = [
    title,
    `  noise: standard deviation ${formatValue(noise.sd)}, ${origin(noise)}`,
    `  ${settingName(best)}: the best of all tried with a probability of ${bold(percent(best.probability))}; its true ${metric} lies`,
    `  within ${range(best.interval)} (90 %)`,
  ]
  if (safest.trials[0] !== best.trials[0]) {
    lines.push(
      `  safer: ${settingName(safest)}, mean ${formatValue(safest.mean)}, true value within ${range(safest.interval)}`,
    )
  }
  const rivals = contenders.filter(({ trials }) => trials[0] !== best.trials[0]).slice(0, RIVALS)
  if (rivals.length > 0) {
    lines.push(
      `  rivals: ${rivals.map((rival) => `${settingName(rival)} (${percent(rival.probability)})`).join(', ')}`,
      `  to know better, evaluate them again: parzen enqueue ${quote(spec.name)} --best ${Math.min(rivals.length, 4) + 1} --repeat 3`,
    )
  }
  return lines
}

function origin({ source, freedom }: Winner['noise']): string {
  if (source === 'given') return 'as given'
  if (source === 'repeats') return `from ${count(freedom, 'repeat')}`
  return 'at most: guessed from trials that lie close; --noise 0 if there is none'
}

function settingName({ trials }: Contender): string {
  const [first] = trials
  return trials.length === 1
    ? `trial ${first}`
    : `trials ${trials.slice(0, 4).join(', ')}${trials.length > 4 ? ', …' : ''}`
}

function gainLines({ colors, size }: Page, { gains, reasonToStop }: Analysis): string[] {
  if (gains.length === 0) return []
  const { dim } = colors
  const columns: readonly Column[] = ['MORE TRIALS', 'NEW BEST', 'GAIN', '90 % WITHIN'].map((title) => ({
    title,
    align: 'right',
  }))
  const row = ({ trials, chance, expected, interval }: Gain) => [
    String(trials),
    percent(chance),
    formatValue(Number(expected.toPrecision(2))),
    `${formatValue(Number(interval[0].toPrecision(2)))} to ${formatValue(Number(interval[1].toPrecision(2)))}`,
  ]
  return [
    dim('what more trials may bring'),
    ...table(columns, gains.map(row), { width: size().columns - 2, heading: dim }).map((line) => `  ${line}`),
    ...(reasonToStop ? [`  hardly worth it: ${reasonToStop}`] : []),
  ]
}

function frontLines({ colors, size }: Page, { study, front }: { study: Study; front: Front }): string[] {
  const { dim } = colors
  const { objectives } = study.spec
  const columns: readonly Column[] = [
    { title: 'TRIAL', align: 'right' },
    ...objectives.map(({ metric }) => ({ title: plain(metric).toUpperCase(), align: 'right' as const })),
    { title: 'PARAMETERS', flexible: true },
  ]
  const rows = front.trials.map(({ trial, values, params }) => [
    String(trial),
    ...values.map(formatValue),
    formatParams(params),
  ])
  const width = Math.min(size().columns, 80) - 2
  const curve = chart(front.hypervolumes, { width, height: 6, axis: 'complete trials' })
  return [
    dim(`Pareto front: ${count(front.trials.length, 'trial')} that no other beats in all objectives`),
    ...table(columns, rows, { width: size().columns - 2, heading: dim }).map((line) => `  ${line}`),
    '',
    `${dim('hypervolume')}  ${formatValue(front.hypervolume)} from ${front.reference.map(formatValue).join(', ')}`,
    ...curve.map((line) => `  ${line}`),
  ]
}

function calibrationLines({ colors }: Page, { trials, inside }: Calibration): string[] {
  return [
    colors.dim('does the model know?'),
    `  ${percent(inside)} of ${count(trials, 'forecast')} held, 90 % are meant`,
  ]
}

export function range([low, high]: readonly [number, number]): string {
  return `${formatValue(low)} to ${formatValue(high)}`
}

/** `62 %`; `<1 %` for what is not nothing. */
export function percent(share: number): string {
  const whole = Math.round(100 * share)
  return share > 0 && whole === 0 ? '<1 %' : `${whole} %`
}
