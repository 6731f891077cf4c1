import type { StudySpec, TrialRow } from '@parzen/core'
import { useCallback, useMemo } from 'react'
import { formatDuration, percent } from '../controls/format.js'
import { drawAxes, PAD, plotArea } from './axes.js'
import type { Colours, Frame } from './frame.js'
import { type Bar, barsOf, busyShare, lanesOf } from './lanes.js'
import { Plot } from './plot.js'
import { scale } from './scale.js'
import { TrialTip } from './trial-tip.js'

const MOST_HEIGHT = 300
const LANE = { least: 3, most: 22 }

/** A bar for each attempt, packed into slots: who ran when, how it ended, and where slots stood idle. */
export function TimelineChart({
  rows,
  spec,
  now,
}: {
  rows: readonly TrialRow[]
  spec: StudySpec | undefined
  now: number
}) {
  const bars = useMemo(() => barsOf(rows, now), [rows, now])
  const { lanes, count } = useMemo(() => lanesOf(bars), [bars])
  const lane = Math.max(LANE.least, Math.min(LANE.most, MOST_HEIGHT / Math.max(1, count)))
  const height = Math.ceil(lane * count + PAD.top + PAD.bottom)
  const range = useMemo(() => rangeOf(bars), [bars])
  const picture = useCallback(
    (size: { readonly width: number; readonly height: number }) => {
      const x = scale([0, range[1] - range[0]], plotArea(size).x, { spacing: 110 })
      const y = { ...scale([0, 1], [0, 1]), ticks: [] }
      const top = (i: number) => PAD.top + (lanes[i] as number) * lane
      const placed = bars.map((bar, i) => {
        const [left, right] = [x.at(bar.from - range[0]), x.at(bar.to - range[0])]
        return { row: bar.row, x: (left + right) / 2, y: top(i) + lane / 2, left, right, state: bar.state }
      })
      const paint = (frame: Frame) => {
        drawAxes(frame, { x, y, formatX: formatDuration })
        drawSlots(frame, count, lane)
        drawBars(frame, placed, lane)
      }
      const find = (px: number, py: number) =>
        placed.findLast(({ left, right, y }) => px >= left - 2 && px <= right + 2 && Math.abs(py - y) <= lane / 2)
      return { marks: placed, paint, find }
    },
    [bars, lanes, count, lane, range],
  )
  const label = `timeline of ${bars.length} attempts in ${count} slots over ${formatDuration(range[1] - range[0])}, taken ${percent(busyShare(bars, count))} of the time`
  return <Plot label={label} height={height} picture={picture} tip={(row) => <TrialTip row={row} spec={spec} />} />
}

function rangeOf(bars: readonly Bar[]): readonly [number, number] {
  let [from, to] = [Infinity, -Infinity]
  for (const bar of bars) {
    if (bar.from < from) from = bar.from
    if (bar.to > to) to = bar.to
  }
  return to > from ? [from, to] : [0, 1000]
}

function drawSlots({ context, colours, height }: Frame, count: number, lane: number): void {
  if (lane < 12) return
  context.fillStyle = colours.dim
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (let i = 0; i < count; i++)
    context.fillText(i === 0 ? 'slot 1' : String(i + 1), PAD.left - 8, PAD.top + (i + 0.5) * lane)
  context.strokeStyle = colours.line
  context.beginPath()
  context.moveTo(PAD.left, height - PAD.bottom + 0.5)
  context.stroke()
}

function stateColour(state: string, colours: Colours): string {
  if (state === 'complete') return colours.good
  if (state === 'failed' || state === 'retried') return colours.bad
  return state === 'pruned' || state === 'paused' ? colours.warn : colours.accent
}

function drawBars(
  { context, colours }: Frame,
  bars: readonly { readonly left: number; readonly right: number; readonly y: number; readonly state: string }[],
  lane: number,
): void {
  const thick = lane - (lane > 6 ? 2 : 0)
  for (const { left, right, y, state } of bars) {
    context.fillStyle = stateColour(state, colours)
    context.globalAlpha = state === 'retried' ? 0.4 : 0.75
    // a gap between neighbours, where there is room for one
    const wide = right - left > 3 ? right - left - 1 : Math.max(1, right - left)
    context.fillRect(left, y - thick / 2, wide, thick)
  }
  context.globalAlpha = 1
}
