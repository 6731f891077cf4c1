/**
 * The best of several objectives: fronts by non-dominated sorting, the last front that fits cut by crowding distance
 * (Deb, Pratap, Agarwal & Meyarivan 2002).
 *
 * losses: one column an objective, lower is better. rows: those to compare. @returns the first `wanted`, best first.
 * O(wanted fronts · rows²) comparisons.
 */
export function dominanceOrder(losses: readonly Float64Array[], rows: Int32Array, wanted: number): Int32Array {
  const chosen: number[] = []
  let left = [...rows].sort((a, b) => losses[0]![a]! - losses[0]![b]! || a - b)
  while (chosen.length < wanted && left.length > 0) {
    const front = frontOf(losses, left)
    const inFront = new Set(front)
    left = left.filter((row) => !inFront.has(row))
    chosen.push(...byCrowding(losses, front).slice(0, wanted - chosen.length))
  }
  return Int32Array.from(chosen)
}

/** The rows that no other dominates; `rows` ascends in the first loss, so that only earlier front members can. */
function frontOf(losses: readonly Float64Array[], rows: readonly number[]): number[] {
  const front: number[] = []
  for (const row of rows) {
    if (!front.some((other) => dominates(losses, other, row))) front.push(row)
  }
  // of equal first losses a later row may dominate an earlier one
  return front.filter((row) => !front.some((other) => dominates(losses, other, row)))
}

function dominates(losses: readonly Float64Array[], a: number, b: number): boolean {
  let better = false
  for (const column of losses) {
    if (column[a]! > column[b]!) return false
    if (column[a]! < column[b]!) better = true
  }
  return better
}

function byCrowding(losses: readonly Float64Array[], front: readonly number[]): number[] {
  const distance = new Map(front.map((row) => [row, 0]))
  for (const column of losses) {
    const sorted = [...front].sort((a, b) => column[a]! - column[b]! || a - b)
    const range = column[sorted.at(-1)!]! - column[sorted[0]!]! || 1
    sorted.forEach((row, i) => {
      const [below, above] = [sorted[i - 1], sorted[i + 1]]
      const gap = below === undefined || above === undefined ? Infinity : (column[above]! - column[below]!) / range
      distance.set(row, distance.get(row)! + gap)
    })
  }
  return [...front].sort((a, b) => compare(distance.get(b)!, distance.get(a)!) || a - b)
}

/** Infinity − Infinity is no order. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
