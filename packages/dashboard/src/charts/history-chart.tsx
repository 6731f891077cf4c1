import type { Direction, StudySpec, TrialRow } from '@parzen/core'
import { useCallback, useMemo } from 'react'
import { formatDuration, formatValue } from '../controls/format.js'
import { drawAxes, PAD, plotArea } from './axes.js'
import type { Frame } from './frame.js'
import { drawMarks, type Mark } from './marks.js'
import { Plot } from './plot.js'
import { type Scale, scale } from './scale.js'
import { tamed } from './tamed.js'
import { TrialTip } from './trial-tip.js'

const HEIGHT = 300
/** Of each band below the plot, in which trials without a value lie. */
const BAND = 16
const BANDS = ['pruned', 'failed', 'running'] as const
type Band = (typeof BANDS)[number]

export interface HistoryProps {
  readonly rows: readonly TrialRow[]
  readonly spec: StudySpec | undefined
  /** Which objective. */
  readonly objective: number
  readonly by: 'trial' | 'time'
  readonly isLog: boolean
}

/**
 * Every trial and the best so far. Values far off sit at the edge, so that they hide nothing; what was pruned, has failed or is
 * running has a band of its own below.
 */
export function HistoryChart(props: HistoryProps) {
  const { rows, spec, objective, by, isLog } = props
  const { metric, direction } = spec?.objectives[objective] ?? { metric: 'value', direction: 'minimize' as const }
  const found = useMemo(() => prepare(rows, { objective, by, direction }), [rows, objective, by, direction])
  const picture = useCallback(
    (size: { readonly width: number; readonly height: number }) => {
      const bands = BANDS.filter((band) => found.others.some((one) => one.band === band))
      const bottom = bands.length * BAND + (bands.length > 0 ? 6 : 0)
      const area = plotArea({ ...size, height: size.height - bottom })
      const x = scale(found.range, area.x, { spacing: 90 })
      const y = scale(tamed(found.values, direction, isLog), area.y, { isLog, spacing: 45 })
      const bandY = (band: Band) => size.height - PAD.bottom - (bands.length - bands.indexOf(band) - 0.5) * BAND
      const marks = found.complete.map(({ row, at, value }) => ({ row, value, x: x.at(at), y: y.at(value) }))
      const isWithin = ({ value }: { value: number }) => value >= y.low && value <= y.high
      const within = marks.filter(isWithin)
      const beyond = marks.filter((mark) => !isWithin(mark))
      const others = found.others.map(({ row, at, band }) => ({ row, band, x: x.at(at), y: bandY(band) }))
      const paint = (frame: Frame) => {
        drawAxes(frame, { x, y, formatX: by === 'time' ? formatDuration : String })
        drawBands(frame, bands, others, bandY)
        const { accent, dim } = frame.colours
        const colour = (row: TrialRow) => (row.feasible === false ? dim : accent)
        drawMarks(frame, within, { colour, alpha: marks.length > 1500 ? 0.35 : 0.6 })
        drawBeyond(frame, beyond, { colour, y })
        drawBest(frame, found.steps, { x, y })
      }
      return { marks: [...marks, ...others], paint }
    },
    [found, by, isLog, direction],
  )
  const best = found.steps.at(-1)
  const label = `${metric} of ${found.complete.length} complete trials by ${by}${best ? `, best ${formatValue(best.value)} by trial ${best.row.number}` : ''}; ${found.others.length} without a value`
  return <Plot label={label} height={HEIGHT} picture={picture} tip={(row) => <TrialTip row={row} spec={spec} />} />
}

interface Placed {
  readonly row: TrialRow
  /** On the x axis: its number, or milliseconds since the first trial started. */
  readonly at: number
}

function prepare(
  rows: readonly TrialRow[],
  { objective, by, direction }: Pick<HistoryProps, 'objective' | 'by'> & { direction: Direction },
) {
  let from = Infinity
  for (const { startedAt } of rows) if (startedAt < from) from = startedAt
  const place = (row: TrialRow) => (by === 'time' ? (row.finishedAt ?? row.startedAt) - from : row.number)
  const complete: (Placed & { readonly value: number })[] = []
  const others: (Placed & { readonly band: Band })[] = []
  let [low, high] = [Infinity, -Infinity]
  for (const row of rows) {
    const at = place(row)
    if (at < low) low = at
    if (at > high) high = at
    const value = row.values?.[objective]
    if (value !== undefined) complete.push({ row, at, value })
    else others.push({ row, at, band: row.state === 'pruned' || row.state === 'failed' ? row.state : 'running' })
  }
  if (by === 'time') complete.sort((a, b) => a.at - b.at)
  const steps: typeof complete = []
  for (const one of complete) {
    const record = steps.at(-1)?.value
    const isBetter = record === undefined || (direction === 'maximize' ? one.value > record : one.value < record)
    if (isBetter && one.row.feasible !== false) steps.push(one)
  }
  const range = [Number.isFinite(low) ? low : 0, Number.isFinite(high) ? high : 1] as const
  return { complete, others, steps, range, values: complete.map(({ value }) => value) }
}

function drawBands(
  frame: Frame,
  bands: readonly Band[],
  marks: readonly (Mark & { readonly band: Band })[],
  y: (band: Band) => number,
): void {
  const { context, colours, width } = frame
  for (const band of bands) {
    const colour = { pruned: colours.warn, failed: colours.bad, running: colours.accent }[band]
    context.globalAlpha = 0.07
    context.fillStyle = colour
    context.fillRect(PAD.left, y(band) - BAND / 2 + 1, width - PAD.left - PAD.right, BAND - 2)
    context.globalAlpha = 1
    context.fillStyle = colours.dim
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    context.fillText(band, PAD.left - 8, y(band))
    drawMarks(
      frame,
      marks.filter((mark) => mark.band === band),
      { colour: () => colour, radius: 2.6 },
    )
  }
}

/** Arrows at the edges for what lies beyond them, and how far that goes. */
function drawBeyond(
  { context, width, colours }: Frame,
  marks: readonly (Mark & { readonly value: number })[],
  { colour, y }: { readonly colour: (row: TrialRow) => string; readonly y: Scale },
): void {
  for (const side of [1, -1]) {
    const ours = marks.filter(({ value }) => value > y.high === side > 0)
    let farthest = side > 0 ? y.high : y.low
    for (const { row, x, y: edge, value } of ours) {
      if (value * side > farthest * side) farthest = value
      context.fillStyle = colour(row)
      context.beginPath()
      context.moveTo(x, edge - 5 * side)
      context.lineTo(x - 4, edge + 2 * side)
      context.lineTo(x + 4, edge + 2 * side)
      context.fill()
    }
    if (ours.length === 0) continue
    context.fillStyle = colours.dim
    context.textAlign = 'right'
    context.textBaseline = side > 0 ? 'top' : 'bottom'
    const place = y.at(side > 0 ? y.high : y.low) + 8 * side
    context.fillText(`${ours.length} beyond, to ${formatValue(farthest)}`, width - PAD.right, place)
  }
}

function drawBest(
  { context, width, colours }: Frame,
  steps: readonly { readonly at: number; readonly value: number }[],
  { x, y }: { x: Scale; y: Scale },
): void {
  const [first, ...rest] = steps
  if (!first) return
  context.strokeStyle = colours.good
  context.lineWidth = 2
  context.lineJoin = 'round'
  context.beginPath()
  context.moveTo(x.at(first.at), y.at(first.value))
  let last = first
  for (const step of rest) {
    context.lineTo(x.at(step.at), y.at(last.value))
    context.lineTo(x.at(step.at), y.at(step.value))
    last = step
  }
  context.lineTo(width - PAD.right, y.at(last.value))
  context.stroke()
}
