import { type KeyboardEvent, type ReactNode, useCallback, useMemo, useRef, useState } from 'react'
import { formatValue } from '../controls/format.js'
import { change } from '../state/address.js'
import { Canvas, type Frame, type PressKind } from './canvas.js'
import { type Hover, stepped } from './curve-keys.js'
import { type Line, ownerAt, type Range, valueAt } from './curves.js'
import { type CurvesLook, usePicture } from './curves-picture.js'
import { drawBold, drawCrosshair, drawDrag, type Scales, scalesOf, type View } from './draw-curves.js'
import { pickCurve } from './pick-curve.js'
import { formatSeconds, formatTime } from './time-scale.js'
import { Tip } from './tip.js'
import './curves-chart.css'

/** More than this is a drag, not a click; CSS pixels. */
const CLICK = 5

export interface CurvesChartProps extends CurvesLook {
  readonly metric: string
  readonly height?: number
  /** A stretch was dragged, or, undefined, everything is wanted again. */
  readonly onZoom?: (zoom: Range | undefined) => void
  /** A click on a line, or space; without, it opens the trial. */
  readonly onPick?: (trial: number) => void
  /** The place pointed at, if several pictures share it. */
  readonly hover?: Hover | undefined
  readonly onHover?: (hover: Hover | undefined) => void
  /** What else the note at the pointer says of a trial. */
  readonly tip?: (trial: number) => ReactNode
}

/** A line a trial. The one under the pointer stands out; arrow keys go along and between lines. */
export function CurvesChart(props: CurvesChartProps) {
  const { curves, metric, height = 440, onHover, onPick = open, onZoom } = props
  const own = useState<Hover>()
  const [hover, setHover] = onHover ? [props.hover, onHover] : own
  const [isSpoken, setSpoken] = useState<boolean>()
  const { lines, view, paint } = usePicture(props)
  const placed = useRef<{ scales: Scales; width: number } | undefined>(undefined)
  const draw = useCallback(
    (frame: Frame) => {
      placed.current = { scales: scalesOf(frame, view), width: frame.width }
      paint(frame)
    },
    [view, paint],
  )
  const pick = (px: number, py: number) =>
    placed.current && pickCurve(lines, placed.current.scales, [px, py], props.chosen)
  const { drag, press, isDragging } = useDrag(
    (px, py) => {
      const picked = pick(px, py)
      if (picked) onPick(picked.line.trial)
    },
    onZoom &&
      ((from, to) => {
        const x = placed.current?.scales.x
        if (x) onZoom([x.valueAt(Math.min(from, to)), x.valueAt(Math.max(from, to))])
      }),
  )
  const near = useMemo(() => lines.find(({ trial }) => trial === hover?.trial), [lines, hover?.trial])
  const over = useCallback((frame: Frame) => paintOver(frame, { view, hover, near, drag }), [view, hover, near, drag])
  const tell = (next: Hover | undefined, byKeys: boolean) => {
    setSpoken(next && byKeys)
    setHover(next)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      className="curves-chart"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse goes along the lines by keys
      tabIndex={0}
      aria-label={`${metric}: arrow keys go along and between the lines, space chooses, enter opens, plus and minus zoom`}
      onKeyDown={(event) => pressKey(event, { lines, hover, view, tell, onPick, onZoom })}
      onBlur={() => tell(undefined, false)}
      onDoubleClick={() => onZoom?.(undefined)}
    >
      <Canvas
        label={`${metric} of ${curves.length} ${curves.length === 1 ? 'trial' : 'trials'}`}
        height={height}
        draw={draw}
        over={over}
        onPoint={(px, py) => {
          if (isDragging(px)) return
          const picked = px >= 0 ? pick(px, py) : undefined
          tell(picked && { trial: picked.line.trial, x: picked.line.x[picked.index] as number }, false)
        }}
        onPress={press}
      />
      {isSpoken !== undefined && near && hover && placed.current && !drag && (
        <Note {...{ near, hover, view, metric, height, isSpoken }} {...placed.current}>
          {props.tip?.(near.trial)}
        </Note>
      )}
    </div>
  )
}

/** A stretch while it is dragged across; a press without a drag is a click. */
function useDrag(onClick: (x: number, y: number) => void, onDrag: ((from: number, to: number) => void) | undefined) {
  const from = useRef<number | undefined>(undefined)
  const [drag, setDrag] = useState<readonly [number, number]>()
  return {
    drag,
    isDragging(x: number): boolean {
      const start = from.current
      if (!onDrag || start === undefined || x < 0 || (!drag && Math.abs(x - start) <= CLICK)) return false
      setDrag([start, x])
      return true
    },
    press(x: number, y: number, kind: PressKind): void {
      const start = from.current
      from.current = kind === 'down' ? x : undefined
      setDrag(undefined)
      if (kind !== 'up' || start === undefined) return
      if (Math.abs(x - start) <= CLICK) onClick(x, y)
      else onDrag?.(start, x)
    },
  }
}

function paintOver(
  frame: Frame,
  {
    view,
    hover,
    near,
    drag,
  }: { view: View; hover: Hover | undefined; near: Line | undefined; drag: readonly [number, number] | undefined },
): void {
  const scales = scalesOf(frame, view)
  if (hover) drawCrosshair(frame, scales, hover.x)
  if (near) drawBold(frame, near, scales, frame.colours.text)
  if (drag) drawDrag(frame, ...drag)
}

function pressKey(
  event: KeyboardEvent,
  {
    lines,
    hover,
    view: { span },
    tell,
    onPick,
    onZoom,
  }: {
    lines: readonly Line[]
    hover: Hover | undefined
    view: View
    tell: (hover: Hover | undefined, byKeys: boolean) => void
    onPick: (trial: number) => void
    onZoom: CurvesChartProps['onZoom']
  },
): void {
  const next = stepped(lines, hover, event.key, span)
  if (next) tell(next, true)
  else if (event.key === ' ' && hover) onPick(hover.trial)
  else if (event.key === 'Enter' && hover) open(hover.trial)
  else if (/^[+-]$/.test(event.key) && onZoom) onZoom(around(span, hover?.x, event.key === '+' ? 0.5 : 2))
  else if (event.key === 'Escape') {
    tell(undefined, false)
    onZoom?.(undefined)
  } else return
  event.preventDefault()
}

/** A span so many times as long, `at` where it was in it. */
function around([low, high]: Range, at = (low + high) / 2, times: number): Range {
  return [at - (at - low) * times, at + (high - at) * times]
}

function open(trial: number): void {
  change({ page: 'trial', trial: String(trial) })
}

function Note({
  near,
  hover: { x },
  view: { across, span },
  scales,
  metric,
  width,
  height,
  isSpoken,
  children,
}: {
  near: Line
  hover: Hover
  view: View
  scales: Scales
  metric: string
  width: number
  height: number
  isSpoken: boolean
  children: ReactNode
}) {
  const value = valueAt(near, x) ?? near.y.at(-1) ?? 0
  const owner = ownerAt(near, x)
  const where =
    across === 'step' ? `step ${formatValue(x)}` : across === 'wall' ? formatTime(x, span) : formatSeconds(x)
  return (
    <Tip at={{ x: scales.x.at(x), y: scales.y.at(value) }} width={width} height={height} isSpoken={isSpoken}>
      <p>
        {metric} <strong>{formatValue(value)}</strong>, {where}
      </p>
      {owner !== near.trial && (
        <p>
          of trial {owner}, from which trial {near.trial} goes on
        </p>
      )}
      {children ?? (owner === near.trial && <p>trial {near.trial}</p>)}
    </Tip>
  )
}
