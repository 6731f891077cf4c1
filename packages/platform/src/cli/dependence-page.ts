import type { DependenceAxis, PartialDependence, Space, Study } from '@parzen/core'
import { band, spread } from './format/band.js'
import { count, formatChoice, formatNumber, formatValue } from './format/number.js'
import { type Column, table } from './format/table.js'
import { padStart, plain, truncate } from './format/width.js'
import type { Page } from './page.js'

/** From worst to best. */
const SHADES = [' ', '░', '▒', '▓', '█'] as const
/** Columns of one point of a grid. */
const CELL = 2
const LONGEST_LABEL = 16

interface Subject {
  readonly study: Study
  readonly dependences: readonly (PartialDependence | undefined)[]
  readonly names: readonly string[]
}

export function dependenceLines(page: Page, { study, dependences, names }: Subject): string[] {
  const { bold, dim } = page.colors
  const title = `${bold(plain(study.name))}  ${names.map(plain).join(' with ')}`
  const parts = dependences.flatMap((found) => {
    if (!found) return []
    const [x, y] = found.axes
    if (!x) return []
    const about = [
      `${dim(plain(found.metric))}  by a ${found.model === 'gp' ? 'Gaussian process' : 'random forest'} of`,
      `${count(found.trials, 'trial')}, a mean over ${found.averaged} of them`,
    ].join(' ')
    return ['', about, '', ...(y ? gridLines(page, study, found) : curveLines(page, study.spec.space, found))]
  })
  if (parts.length > 0) return [title, ...parts]
  return [title, 'nothing to say before 8 trials are complete, and one of them has the parameter']
}

function curveLines({ colors, size }: Page, space: Space, { axes: [axis], mean, sd }: PartialDependence): string[] {
  const { name, values, positions } = axis as DependenceAxis
  const width = Math.min(size().columns, 80) - 2
  const isNumber = space[name]?.kind !== 'categorical'
  if (isNumber && values.length > 8) {
    const ends = [formatChoice(values[0] ?? ''), formatChoice(values.at(-1) ?? ''), scaleName(space, name)] as const
    return band({ positions, mean, sd }, { width, height: 10, ends }).map((line) => `  ${line}`)
  }
  const columns: readonly Column[] = [
    { title: plain(name).toUpperCase(), flexible: true },
    { title: 'MEAN', align: 'right' },
    { title: '± SD', align: 'right' },
  ]
  const rows = values.map((value, i) => [
    plain(formatChoice(value)),
    formatValue(mean[i] ?? Number.NaN),
    formatNumber(sd[i] ?? Number.NaN, 2),
  ])
  return table(columns, rows, { width, heading: colors.dim }).map((line) => `  ${line}`)
}

/** The first axis upwards, the second to the right, the better the darker. */
function gridLines({ colors, size }: Page, study: Study, { axes, mean, sd, metric }: PartialDependence): string[] {
  const [up, across] = axes as [DependenceAxis, DependenceAxis]
  const isMinimized = study.spec.objectives.find((each) => each.metric === metric)?.direction !== 'maximize'
  const [least, greatest] = [Math.min(...mean), Math.max(...mean)]
  const shadeOf = (value: number) => {
    const share = greatest > least ? (value - least) / (greatest - least) : 0
    const good = isMinimized ? 1 - share : share
    return SHADES[Math.min(SHADES.length - 1, Math.floor(good * SHADES.length))] as string
  }
  const labels = up.values.map((value) => truncate(plain(formatChoice(value)), LONGEST_LABEL))
  const margin = Math.max(...labels.map((label) => label.length))
  const count = Math.max(
    1,
    Math.min(across.values.length, Math.floor((Math.min(size().columns, 100) - margin - 6) / CELL)),
  )
  // a narrow terminal sees every other column, or fewer
  const shown = Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * across.values.length) / count))
  const wide = across.values.length <= 6 ? 3 * CELL : CELL
  const rows = up.values.map((_, row) => {
    const cells = shown.map((column) => shadeOf(mean[row * across.values.length + column] as number).repeat(wide))
    return `  ${padStart(labels[row] as string, margin)} │${cells.join('')}│`
  })
  const [first, last] = [across.values[shown[0] ?? 0], across.values[shown.at(-1) ?? 0]]
  const ends = [formatChoice(first ?? ''), formatChoice(last ?? ''), scaleName(study.spec.space, across.name)] as const
  const widest = sd.reduce((a, b) => Math.max(a, b), 0)
  return [
    `  ${colors.dim(`${plain(up.name)}, upwards`)}`,
    ...rows.toReversed(),
    `  ${' '.repeat(margin)} └${'─'.repeat(wide * shown.length)}┘`,
    `  ${' '.repeat(margin + 2)}${spread(ends, wide * shown.length)}`,
    '',
    `  ${SHADES.map((shade) => `[${shade.repeat(CELL)}]`).join(' ')}  from ${formatValue(isMinimized ? greatest : least)} to ${formatValue(isMinimized ? least : greatest)}, the better the darker; ± ${formatNumber(widest, 2)} at most`,
  ]
}

function scaleName(space: Space, name: string): string {
  const parameter = space[name]
  const isLog = parameter && parameter.kind !== 'categorical' && parameter.log === true
  return `${plain(name)}${isLog ? ', log scale' : ''}`
}
