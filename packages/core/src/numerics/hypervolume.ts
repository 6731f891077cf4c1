/**
 * The volume that a set of points dominates, up to a reference point; smaller is better in each coordinate.
 *
 * Exact. Two coordinates: one sweep, O(n log n). Three: slices along the last with a staircase, O(n²). More: the
 * recursion on exclusive volumes of While, Bradstreet & Barone 2012 ("A fast way of calculating exact hypervolumes"),
 * exponential in the coordinates in the worst case.
 *
 * Notation: points: n rows of m coordinates. reference: m coordinates; points not strictly below it add nothing.
 */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const inside = points.filter((point) => point.every((x, k) => x < reference[k]!))
  if (inside.length === 0) return 0
  switch (reference.length) {
    case 1:
      return reference[0]! - Math.min(...inside.map((point) => point[0]!))
    case 2:
      return area(inside, reference)
    case 3:
      return volume(inside, reference)
    default:
      return whileRecursion(nondominated(inside), reference)
  }
}

/** The points that no other dominates; of equal ones the first. */
function nondominated(points: readonly (readonly number[])[]): (readonly number[])[] {
  const sorted = points.toSorted((a, b) => lexicographic(a, b))
  const kept: (readonly number[])[] = []
  // in this order only earlier points can dominate
  for (const point of sorted) if (!kept.some((other) => other.every((x, k) => x <= point[k]!))) kept.push(point)
  return kept
}

function lexicographic(a: readonly number[], b: readonly number[]): number {
  const k = a.findIndex((x, i) => x !== b[i])
  return k === -1 ? 0 : a[k]! - b[k]!
}

function area(points: readonly (readonly number[])[], [right, top]: readonly number[]): number {
  let sum = 0
  let lowest = top!
  for (const [x, y] of points.toSorted((a, b) => a[0]! - b[0]!)) {
    if (y! >= lowest) continue
    sum += (right! - x!) * (lowest - y!)
    lowest = y!
  }
  return sum
}

/** Upwards through the last coordinate; each slice has the area of the staircase of the points below it. */
function volume(points: readonly (readonly number[])[], [right, top, end]: readonly number[]): number {
  const sorted = points.toSorted((a, b) => a[2]! - b[2]!)
  let stairs: (readonly number[])[] = []
  let sum = 0
  sorted.forEach((point, i) => {
    const [x, y, z] = point as [number, number, number]
    if (!stairs.some((stair) => stair[0]! <= x && stair[1]! <= y)) {
      stairs = [...stairs.filter((stair) => !(x <= stair[0]! && y <= stair[1]!)), point]
    }
    const next = sorted[i + 1]?.[2] ?? end!
    if (next > z) sum += area(stairs, [right!, top!]) * (next - z)
  })
  return sum
}

/** The sum over points of what each adds to those after it. `front`: no point dominates another. */
function whileRecursion(front: readonly (readonly number[])[], reference: readonly number[]): number {
  // the worst last coordinate first: the sets it limits lose the most points
  const sorted = front.toSorted((a, b) => b.at(-1)! - a.at(-1)!)
  return sorted.reduce((sum, point, i) => {
    const box = point.reduce((product, x, k) => product * (reference[k]! - x), 1)
    const limited = sorted.slice(i + 1).map((other) => other.map((x, k) => Math.max(x, point[k]!)))
    return sum + box - (limited.length === 0 ? 0 : whileRecursion(nondominated(limited), reference))
  }, 0)
}
