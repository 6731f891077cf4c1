/** Rows that no other row equals or beats everywhere; smaller is better; of equal rows the first. */
export function nondominated(rows: readonly Float64Array[]): Float64Array[] {
  const beats = (a: Float64Array, b: Float64Array) => a.every((x, k) => x <= b[k]!)
  return rows.filter(
    (row, i) => !rows.some((other, j) => j !== i && beats(other, row) && (j < i || !beats(row, other))),
  )
}

/**
 * The corners under which a point is not dominated by `front` (local upper bounds; Klamroth, Lacour & Vanderpooten 2015,
 * "On the representation of the search region in multi-objective optimization", algorithm 3 with a plain filter).
 *
 * A point is an improvement within `reference` if and only if it lies strictly below at least one corner.
 */
export function upperBounds(front: readonly Float64Array[], reference: Float64Array): Float64Array[] {
  let corners: Float64Array[] = [reference]
  for (const point of front) {
    const below = corners.filter((corner) => point.every((x, k) => x < corner[k]!))
    if (below.length === 0) continue
    const cut = below.flatMap((corner) => Array.from(corner, (_, k) => corner.with(k, point[k]!)))
    const rest = corners.filter((corner) => !below.includes(corner))
    const inside = (a: Float64Array, b: Float64Array) => a.every((x, k) => x <= b[k]!)
    const kept = cut.filter(
      (corner, i) =>
        !rest.some((other) => inside(corner, other)) &&
        !cut.some((other, j) => j !== i && inside(corner, other) && (j < i || !inside(other, corner))),
    )
    corners = [...rest, ...kept]
  }
  return corners
}
