import type { PartialCurve } from '../partial-curve.js'

/** Ended trials that a stopped one is compared with. */
const NEIGHBOURS = 3

/** Losses of ended trials at one step, ascending, and those they came to. */
interface Passage {
  readonly there: number[]
  readonly end: number[]
}

/** What a trial that was stopped would have come to, by those that were not. */
export interface ExpectedEnds {
  /** A trial that came to `loss`. */
  add(curve: PartialCurve, loss: number): void
  /**
   * The mean loss in the end of the three trials that were nearest to `loss` at `step`; undefined if all were better there, or
   * fewer than three have a value there. O(log trials), but for the first question about a step.
   */
  of(step: number, loss: number): number | undefined
}

export function expectedEnds(): ExpectedEnds {
  const ended: { readonly curve: PartialCurve; readonly loss: number }[] = []
  /** Of the steps that were asked about. */
  const passages = new Map<number, Passage>()

  function passageAt(step: number): Passage {
    const known = passages.get(step)
    if (known) return known
    const passage: Passage = { there: [], end: [] }
    for (const { curve, loss } of ended) insert(passage, curve.get(step), loss)
    passages.set(step, passage)
    return passage
  }

  return {
    add(curve, loss) {
      ended.push({ curve, loss })
      for (const [step, passage] of passages) insert(passage, curve.get(step), loss)
    },
    of(step, loss) {
      const { there, end } = passageAt(step)
      if (there.length < NEIGHBOURS || (there.at(-1) as number) < loss) return undefined
      let to = placeOf(there, loss)
      let from = to
      while (to - from < NEIGHBOURS) {
        const below = from > 0 ? loss - there[from - 1]! : Infinity
        const above = to < there.length ? there[to]! - loss : Infinity
        if (below <= above) from--
        else to++
      }
      return end.slice(from, to).reduce((sum, one) => sum + one, 0) / NEIGHBOURS
    },
  }
}

function insert({ there, end }: Passage, loss: number | undefined, last: number): void {
  if (loss === undefined) return
  const place = placeOf(there, loss)
  there.splice(place, 0, loss)
  end.splice(place, 0, last)
}

/** Of ascending values, how many are not above `loss`. */
function placeOf(ascending: readonly number[], loss: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle]! <= loss) low = middle + 1
    else high = middle
  }
  return low
}
