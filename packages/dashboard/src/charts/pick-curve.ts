import { firstOwn, indexFrom, type Line } from './curves.js'
import type { Scale } from './scale.js'

/** A point of a line. */
export interface Picked {
  readonly line: Line
  readonly index: number
}

/** Looked at on each side, in pixels: lines with points farther apart are found through the stretch between two of them. */
const REACH = 24
/**
 * What a trial inherited is another's line as well: that one is meant, if it is drawn, unless the trial that inherited it is among the
 * chosen ones and stands out. In pixels, since both may be thinned differently.
 */
const BEHIND = 4

/**
 * The line that runs nearest to a place, at most some 24 pixels away; of its two points there the nearer one. O(lines · log points).
 *
 * @param at the place, in pixels
 */
export function pickCurve(
  lines: readonly Line[],
  { x, y }: { x: Scale; y: Scale },
  [px, py]: readonly [number, number],
  chosen?: ReadonlySet<number>,
) {
  let found: Picked | undefined
  let least = REACH
  const [from, to] = [x.valueAt(px - REACH), x.valueAt(px + REACH)]
  for (const line of lines) {
    const last = line.x.length - 1
    const first = Math.max(0, indexFrom(line.x, from) - 1)
    const own = firstOwn(line)
    const behind = chosen?.has(line.trial) ? -BEHIND : BEHIND
    for (let i = first; i <= last; i++) {
      const [ax, ay] = [x.at(line.x[i] as number), y.at(line.y[i] as number)]
      const j = Math.min(last, i + 1)
      const [bx, by] = [x.at(line.x[j] as number), y.at(line.y[j] as number)]
      const along = nearestShare(px - ax, py - ay, bx - ax, by - ay)
      const away = Math.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay))
      const distance = j < own ? away + behind : away
      if (distance < least) {
        least = distance
        found = { line, index: along > 0.5 ? j : i }
      }
      if ((line.x[i] as number) > to) break
    }
  }
  return found
}

/** How far along (dx, dy), 0 to 1, lies the point nearest to (px, py). */
function nearestShare(px: number, py: number, dx: number, dy: number): number {
  const length = dx * dx + dy * dy
  return length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length))
}
