import { type Line, type Range, valueAt } from './curves.js'

/** A place on a trial's curve. */
export interface Hover {
  readonly trial: number
  /** In the units of what lies across. */
  readonly x: number
}

const STEPS = 40

/** Where an arrow key leads: left and right along the line, up and down to the next line there. Undefined for other keys. */
export function stepped(lines: readonly Line[], hover: Hover | undefined, key: string, span: Range): Hover | undefined {
  if (!/^Arrow(Left|Right|Up|Down)$/.test(key)) return undefined
  const line = lines.find(({ trial }) => trial === hover?.trial)
  if (!hover || !line) {
    const best = lines.at(-1)
    return best && { trial: best.trial, x: held(best, span[1]) }
  }
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const by = ((span[1] - span[0]) / STEPS) * (key === 'ArrowLeft' ? -1 : 1)
    return { ...hover, x: Math.min(span[1], Math.max(span[0], held(line, hover.x + by))) }
  }
  // of equal values those of greater numbers lie above, so that none is passed over or come to twice
  const sign = key === 'ArrowUp' ? 1 : -1
  const isBeyond = (a: Line, b: Line) => {
    const away = (valueAt(a, hover.x) ?? Number.NaN) - (valueAt(b, hover.x) ?? Number.NaN)
    return sign * away > 0 || (away === 0 && sign * (a.trial - b.trial) > 0)
  }
  let found: Line | undefined
  for (const other of lines) if (isBeyond(other, line) && (!found || isBeyond(found, other))) found = other
  return found ? { trial: found.trial, x: hover.x } : hover
}

/** Within the line's own ends. */
function held({ x }: Line, at: number): number {
  return Math.min(x.at(-1) ?? at, Math.max(x[0] ?? at, at))
}
