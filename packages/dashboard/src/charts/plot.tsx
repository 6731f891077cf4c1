import type { TrialRow } from '@parzen/core'
import { type KeyboardEvent, type ReactNode, useCallback, useRef, useState } from 'react'
import { change } from '../state/address.js'
import { useChosen } from '../state/chosen.js'
import { Canvas, type PressKind } from './canvas.js'
import type { Box, Frame } from './frame.js'
import { usePointed } from './linked-plots.js'
import { drawRing, type Mark, nearest } from './marks.js'
import { Tip } from './tip.js'
import './plot.css'

/** A picture made for a size: the trials in it, and how it is painted. */
export interface Picture {
  readonly marks: readonly Mark[]
  readonly paint: (frame: Frame) => void
  /** The trial at a place, where that is not simply the nearest. */
  readonly find?: (x: number, y: number) => Mark | undefined
  /** How a trial is pointed out, where a ring around its mark would not do. */
  readonly pointOut?: (frame: Frame, mark: Mark, how: 'near' | 'chosen') => void
  readonly drawBox?: (frame: Frame, box: Box) => void
}

/** More than this is a drag, not a click; CSS pixels. */
const CLICK = 5

/**
 * A picture of trials. The one under the pointer is told of, a click chooses it, a double click opens it; the arrow keys go from
 * trial to trial, space chooses, enter opens. With `onBox` a rectangle can be dragged; with `onDrag` it is told of drags instead. Among
 * `LinkedPlots` the trial under the pointer is pointed out in all.
 */
export function Plot({
  label,
  height,
  picture,
  tip,
  onBox,
  onDrag,
}: {
  label: string
  height: number
  picture: (size: { readonly width: number; readonly height: number }) => Picture
  tip: (row: TrialRow) => ReactNode
  onBox?: (box: Box, size: { readonly width: number; readonly height: number }) => void
  /** @param by from where it began, CSS pixels. */
  onDrag?: (by: { readonly x: number; readonly y: number }, isOver: boolean) => void
}) {
  const { chosen, toggle } = useChosen()
  const placed = useRef<Picture>({ marks: [], paint() {} })
  const find = (x: number, y: number) => {
    const { marks, find: own } = placed.current
    return own ? own(x, y) : nearest(marks, x, y)
  }
  const width = useRef(0)
  const [near, showNear] = useState<Mark & { readonly byKey?: boolean }>()
  const { trial: elsewhere, point } = usePointed()
  const setNear = (mark: (Mark & { readonly byKey?: boolean }) | undefined) => {
    showNear(mark)
    point(mark?.row.number)
  }
  const { box, press, drag } = useBox(
    {
      onBox: onBox && ((box) => onBox(box, { width: width.current, height })),
      onDrag: onDrag && (({ from, to }, isOver) => onDrag({ x: to.x - from.x, y: to.y - from.y }, isOver)),
    },
    (x, y) => {
      const mark = find(x, y)
      if (mark) toggle(mark.row.number)
    },
  )
  const pointed = near?.row.number ?? elsewhere
  const draw = useCallback(
    (frame: Frame) => {
      placed.current = picture(frame)
      width.current = frame.width
      placed.current.paint(frame)
    },
    [picture],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture has placed the marks anew
  const over = useCallback(
    (frame: Frame) => drawOver(frame, placed.current, { pointed, chosen, box: onDrag ? undefined : box }),
    [pointed, chosen, box, picture],
  )
  const pressKey = (event: KeyboardEvent) => {
    const next = step(event.key, near, placed.current.marks)
    if (next) setNear({ ...next, byKey: true })
    else if (event.key === 'Escape') setNear(undefined)
    else if (event.key === ' ' && near) toggle(near.row.number)
    else if (event.key === 'Enter' && near) open(near.row)
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      className="plot"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse goes from trial to trial by keys
      tabIndex={0}
      aria-label="arrow keys go from trial to trial, space chooses, enter opens"
      onKeyDown={pressKey}
      onBlur={() => setNear(undefined)}
      onDoubleClick={() => near && open(near.row)}
    >
      <Canvas
        label={label}
        height={height}
        draw={draw}
        over={over}
        onPoint={(x, y) => {
          if (!drag(x, y)) setNear(x < 0 ? undefined : find(x, y))
        }}
        onPress={press}
      />
      {near && !box && (
        <Tip at={near} width={width.current} height={height} isSpoken={near.byKey === true}>
          {tip(near.row)}
        </Tip>
      )}
    </div>
  )
}

function drawOver(
  frame: Frame,
  { marks, pointOut = ring, drawBox = fillBox }: Picture,
  { pointed, chosen, box }: { pointed: number | undefined; chosen: ReadonlySet<number>; box: Box | undefined },
): void {
  if (chosen.size > 0) for (const mark of marks) if (chosen.has(mark.row.number)) pointOut(frame, mark, 'chosen')
  if (pointed !== undefined) for (const mark of marks) if (mark.row.number === pointed) pointOut(frame, mark, 'near')
  if (box) drawBox(frame, box)
}

function ring(frame: Frame, mark: Mark, how: 'near' | 'chosen'): void {
  drawRing(frame, mark, how === 'near' ? frame.colours.text : frame.colours.accent, how === 'near' ? 6 : 5.5)
}

function open({ number }: TrialRow): void {
  change({ page: 'trial', trial: String(number) })
}

/** The next trial for a key: to the left or right in the picture, or the outermost; undefined for other keys. */
function step(key: string, near: Mark | undefined, marks: readonly Mark[]): Mark | undefined {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key]
  if (by === undefined && key !== 'Home' && key !== 'End') return undefined
  const sorted = marks.toSorted((a, b) => a.x - b.x)
  const now = sorted.findIndex(({ row, x }) => row.number === near?.row.number && x === near.x)
  if (key === 'Home' || (by === 1 && now === -1)) return sorted[0]
  if (key === 'End' || now === -1) return sorted.at(-1)
  return sorted[Math.min(sorted.length - 1, Math.max(0, now + (by ?? 0)))]
}

/** A rectangle while it is dragged; a press without a drag is a click. */
function useBox(
  {
    onBox,
    onDrag,
  }: {
    readonly onBox: ((box: Box) => void) | undefined
    readonly onDrag: ((box: Box, isOver: boolean) => void) | undefined
  },
  onClick: (x: number, y: number) => void,
) {
  const [box, setBox] = useState<Box>()
  const from = useRef<{ x: number; y: number } | undefined>(undefined)
  return {
    box,
    /** @returns whether something is being dragged. */
    drag(x: number, y: number): boolean {
      const start = from.current
      if (!(onBox || onDrag) || !start || (onBox && x < 0)) return false
      if (!box && Math.hypot(x - start.x, y - start.y) <= CLICK) return false
      setBox({ from: start, to: { x, y } })
      onDrag?.({ from: start, to: { x, y } }, false)
      return true
    },
    press(x: number, y: number, kind: PressKind): void {
      const start = from.current
      from.current = kind === 'down' ? { x, y } : undefined
      setBox(undefined)
      if (kind !== 'up' || !start) return
      const dragged = { from: start, to: { x, y } }
      const isDragged = Math.hypot(x - start.x, y - start.y) > CLICK || (onDrag && box)
      if (!isDragged) onClick(x, y)
      else if (onDrag) onDrag(dragged, true)
      else onBox?.(dragged)
    },
  }
}

function fillBox({ context, colours }: Frame, { from, to }: Box): void {
  context.fillStyle = colours.accent
  context.strokeStyle = colours.accent
  context.lineWidth = 1
  context.globalAlpha = 0.15
  context.fillRect(from.x, from.y, to.x - from.x, to.y - from.y)
  context.globalAlpha = 1
  context.strokeRect(from.x, from.y, to.x - from.x, to.y - from.y)
}
