import { useMemo } from 'react'
import { type Band, type BandKind, bandOf, type Group } from './curve-groups.js'
import {
  type Across,
  type Curve,
  firstOwn,
  indexFrom,
  type Line,
  lineOf,
  ownPart,
  type Range,
  rangeOf,
  ranksOf,
  spanOf,
  trainedPart,
} from './curves.js'
import {
  drawBand,
  drawBold,
  drawCurveAxes,
  drawEnds,
  drawForks,
  drawInherited,
  drawLines,
  scalesOf,
  type View,
} from './draw-curves.js'
import type { Frame } from './frame.js'
import { categoryColour, rampColour } from './shading.js'

export interface CurvesLook {
  readonly curves: readonly Curve[]
  readonly isGreaterBetter: boolean
  readonly isLog?: boolean
  /** Weight of the mean so far, 0 to 1. */
  readonly smoothing?: number
  readonly across?: Across
  readonly isLogAcross?: boolean
  readonly showsOutliers?: boolean
  /** What is seen across; all of it without. */
  readonly zoom?: Range | undefined
  /** By rank of the last value without. */
  readonly colourOf?: ((trial: number, isDark: boolean) => string) | undefined
  readonly stateOf?: (trial: number) => string
  /** Drawn as a line and a band each, in front of their trials' own lines. */
  readonly groups?: readonly Group[]
  readonly band?: BandKind
  readonly chosen?: ReadonlySet<number>
}

export interface Picture {
  /** The best above. */
  readonly lines: readonly Line[]
  readonly view: View
  readonly paint: (frame: Frame) => void
}

/** Ends are marked for so many lines at most: beyond, marks would be all there is to see. */
const MOST_ENDS = 400
/** Behind smoothed lines the values as they are, for so many lines at most. */
const MOST_RAW = 30
const SHADES = 32
/** From so many on lines are hairs, which are drawn several times as fast. */
const MANY = 150

/** Lines, ranges and bands of curves, made anew only where what they come of has changed. */
export function usePicture(look: CurvesLook): Picture {
  const { curves, isGreaterBetter, isLog = false, smoothing = 0, across = 'step', isLogAcross = false } = look
  const { showsOutliers = false, zoom, groups, band = 'sd', colourOf, stateOf, chosen } = look
  const ranks = useMemo(() => ranksOf(curves, isGreaterBetter), [curves, isGreaterBetter])
  const lines = useMemo(() => {
    const worstFirst = curves.toSorted((a, b) => (ranks.get(b.trial) ?? 0) - (ranks.get(a.trial) ?? 0))
    return worstFirst.map((curve) => lineOf(curve, across, smoothing))
  }, [curves, ranks, across, smoothing])
  const raw = useMemo(
    () =>
      smoothing > 0 && curves.length <= MOST_RAW ? curves.map((curve) => trainedPart(lineOf(curve, across, 0))) : [],
    [curves, across, smoothing],
  )
  const view = useMemo((): View => {
    const span = zoom ?? spanOf(lines, isLogAcross) ?? [0, 1]
    const how = { span, isLog, isGreaterBetter }
    const usual = rangeOf(lines, { ...how, showsOutliers })
    // what was chosen is seen whole, however far it lies from the others
    const picked = chosen?.size ? lines.filter((line) => chosen.has(line.trial) && isWithin(line, span)) : []
    const range = picked.length === 0 ? usual : both(usual, rangeOf(picked, { ...how, showsOutliers: true }))
    return { span, range, across, isLog, isLogAcross }
  }, [lines, zoom, isLog, isLogAcross, across, isGreaterBetter, showsOutliers, chosen])
  const bands = useMemo(
    () =>
      groups?.map(({ trials }) =>
        // what several have inherited of one trial is not that many observations
        bandOf(lines.filter(({ trial }) => trials.has(trial)).map(ownPart), band),
      ) ?? [],
    [groups, lines, band],
  )
  const paint = useMemo(
    () => painter({ lines, raw, view, bands, ranks, colourOf, stateOf, chosen }),
    [lines, raw, view, bands, ranks, colourOf, stateOf, chosen],
  )
  return { lines, view, paint }
}

function isWithin({ x }: Line, [from, to]: Range): boolean {
  const first = x[indexFrom(x, from)]
  return first !== undefined && first <= to
}

function both(a: Range, b: Range): Range {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])]
}

interface Painted {
  readonly lines: readonly Line[]
  readonly raw: readonly Line[]
  readonly view: View
  readonly bands: readonly Band[]
  readonly ranks: ReadonlyMap<number, number>
  readonly colourOf: CurvesLook['colourOf']
  readonly stateOf: CurvesLook['stateOf']
  readonly chosen: CurvesLook['chosen']
}

function painter({ lines, raw, view, bands, ranks, colourOf, stateOf, chosen }: Painted) {
  return (frame: Frame): void => {
    const scales = scalesOf(frame, view)
    const shades = Array.from({ length: SHADES }, (_, i) => rampColour(i / (SHADES - 1), frame.isDark))
    const byRank = (trial: number) => shades[Math.round((ranks.get(trial) ?? 1) * (SHADES - 1))] as string
    const colour = (trial: number) => colourOf?.(trial, frame.isDark) ?? byRank(trial)
    const picked = chosen?.size ? lines.filter(({ trial }) => chosen.has(trial)) : []
    // what stands out needs a quiet ground
    const quiet = bands.length > 0 || picked.length > 0 ? 0.45 : 1
    drawCurveAxes(frame, scales, view)
    const stroke = { colour, alpha: alphaOf(lines.length) * quiet, width: lines.length > MANY ? 1 : 1.3 }
    drawInherited(frame, lines, scales, { ...stroke, alpha: 0.6 * stroke.alpha })
    drawLines(frame, raw, scales, { colour, alpha: 0.3 * quiet, width: 1 })
    drawLines(frame, lines.map(trainedPart), scales, stroke)
    if (stateOf && lines.length <= MOST_ENDS) {
      for (const line of lines)
        if (line.inherited) drawForks(frame, line, scales, { ends: [firstOwn(line)], colour: colour(line.trial) })
      drawEnds(frame, lines, scales, stateOf)
    }
    for (const [i, band] of bands.entries()) drawBand(frame, band, scales, categoryColour(i, frame.isDark))
    for (const line of picked) drawBold(frame, line, scales, colour(line.trial))
  }
}

function alphaOf(count: number): number {
  return count <= 20 ? 1 : count <= 100 ? 0.8 : count <= 500 ? 0.6 : 0.45
}
