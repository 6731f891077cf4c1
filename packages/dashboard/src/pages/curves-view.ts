import type { BandKind } from '../charts/curve-groups.js'
import type { Across, Range } from '../charts/curves.js'

/** How the page Curves looks, as its address says. */
export interface CurvesView {
  /** A regular expression for names of metrics; '': all but the system's. */
  readonly metrics: string
  readonly across: Across
  readonly isLogAcross: boolean
  readonly isLog: boolean
  readonly smoothing: number
  readonly showsOutliers: boolean
  readonly zoom: Range | undefined
  /** A parameter or other column, `repeats` for trials of the same parameters, '' for none. */
  readonly group: string
  readonly band: BandKind
}

/** What cannot be read is as if it were not there. */
export function readCurvesView(address: { readonly [key: string]: string }): CurvesView {
  const smoothing = Number(address['smooth'] ?? 0)
  const across = address['x']
  const zoom = (address['zoom'] ?? '').split(',').map(Number)
  const [low, high] = zoom
  const isZoom = zoom.length === 2 && low !== undefined && high !== undefined && low < high
  return {
    metrics: address['metrics'] ?? '',
    across: across === 'relative' || across === 'wall' ? across : 'step',
    isLogAcross: address['logx'] === 'yes',
    isLog: address['logy'] === 'yes',
    smoothing: smoothing >= 0 && smoothing < 1 ? smoothing : 0,
    showsOutliers: address['outliers'] === 'yes',
    zoom: isZoom ? [low, high] : undefined,
    group: address['group'] ?? '',
    band: address['band'] === 'quantiles' ? 'quantiles' : 'sd',
  }
}

const SYSTEM = 'system/'

/** Names that match, the system's own only where they are asked for, and what is wrong with the expression. */
export function matching(
  names: readonly string[],
  expression: string,
): { readonly found: readonly string[]; readonly problem?: string } {
  const usual = names.filter((name) => !name.startsWith(SYSTEM))
  if (expression === '') return { found: usual }
  try {
    const pattern = new RegExp(expression, 'i')
    return { found: names.filter((name) => pattern.test(name)) }
  } catch {
    return { found: usual, problem: `expected a regular expression such as loss|accuracy, got ${expression}` }
  }
}

/** Points of each curve: what can be told apart at this width, and not so many of thousands that they take long. */
export function pointsFor(curves: number, width: number): number {
  return Math.max(30, Math.min(Math.round(width / 2), 400, Math.floor(80_000 / Math.max(1, curves))))
}
