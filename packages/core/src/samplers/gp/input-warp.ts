/**
 * Input warping (Snoek, Swersky, Zemel & Adams 2014, "Input warping for Bayesian optimization of non-stationary functions"): each number
 * x in [0, 1] is seen as w(x) = (1 − (1 − z^a)^b) / (1 − 2ε), the distribution function of Kumaraswamy, z = ε + (1 − 2ε) x; a and b are
 * learnt with the other hyperparameters (`likelihood.ts`), and a = b = 1 changes no distance. An objective that
 * changes fast at one end of a range becomes one that changes evenly.
 *
 * ε = 0.001 (BoTorch has 1e-7): slopes stay finite at both ends of the range, which are often the best places.
 */
const EPSILON = 1e-3
const WIDTH = 1 - 2 * EPSILON

/** shape: a of Q numbers, then b of Q numbers, all > 0. Reads dims features of f at `fAt`, writes them to `to` at `toAt`; only the first Q change. */
export function warpRow(
  shape: Float64Array,
  f: Float64Array,
  fAt: number,
  to: Float64Array,
  toAt: number,
  dims: number,
) {
  const Q = shape.length / 2
  for (let d = 0; d < Q; d++) {
    const z = EPSILON + WIDTH * f[fAt + d]!
    to[toAt + d] = (1 - (1 - z ** shape[d]!) ** shape[Q + d]!) / WIDTH
  }
  for (let d = Q; d < dims; d++) to[toAt + d] = f[fAt + d]!
}

/** dw/dx at a value x of number d. */
export function warpSlope(shape: Float64Array, d: number, x: number): number {
  const a = shape[d]!
  const b = shape[shape.length / 2 + d]!
  const z = EPSILON + WIDTH * x
  return a * b * z ** (a - 1) * (1 - z ** a) ** (b - 1)
}

/** dw / d ln a at a value x of number d. */
export function warpByA(shape: Float64Array, d: number, x: number): number {
  const a = shape[d]!
  const b = shape[shape.length / 2 + d]!
  const z = EPSILON + WIDTH * x
  const power = z ** a
  return (a * b * (1 - power) ** (b - 1) * power * Math.log(z)) / WIDTH
}

/** dw / d ln b at a value x of number d. */
export function warpByB(shape: Float64Array, d: number, x: number): number {
  const b = shape[shape.length / 2 + d]!
  const rest = 1 - (EPSILON + WIDTH * x) ** shape[d]!
  return (-b * rest ** b * Math.log(rest)) / WIDTH
}
