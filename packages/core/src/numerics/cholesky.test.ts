import { expect, test } from 'vitest'
import { cholesky, invertFactor, invertFromFactor, multiplyLower, multiplyLowerTransposed } from './cholesky.js'
import golden from './linear.golden.json' with { type: 'json' }
import { rng } from './rng.js'

const n = golden.k.length

/** The largest difference between lower triangles, the second with rows `stride` apart. */
function lowerDifference(expected: readonly number[], actual: Float64Array, stride: number): number {
  let worst = 0
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) worst = Math.max(worst, Math.abs(expected[i * n + j]! - actual[i * stride + j]!))
  return worst
}

/** A Gaussian kernel matrix with noise, n × n, rows `stride` apart. */
function kernelMatrix(n: number, stride: number, seed: number): Float64Array {
  const uniform = rng(seed)
  const x = Array.from({ length: n }, () => uniform() * 5)
  const A = new Float64Array(stride * stride)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) A[i * stride + j] = Math.exp(-((x[i]! - x[j]!) ** 2)) + (i === j ? 1e-3 : 0)
  return A
}

function padded(rows: readonly number[], stride: number): Float64Array {
  const A = new Float64Array(stride * stride)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) A[i * stride + j] = rows[i * n + j]!
  return A
}

test('factor, inverse and solves agree with SciPy', () => {
  const stride = n + 3
  const L = padded(golden.A, stride)
  expect(cholesky(L, n, stride)).toBe(true)
  expect(lowerDifference(golden.L, L, stride)).toBeLessThan(1e-13)

  const S = new Float64Array(stride * stride)
  invertFactor(L, S, n, stride)
  const inverse = new Float64Array(stride * stride)
  invertFromFactor(S, inverse, n, stride)
  expect(lowerDifference(golden.inverse, inverse, stride)).toBeLessThan(1e-12)

  const k = Float64Array.from(golden.k)
  const v = new Float64Array(n)
  multiplyLower(S, k, v, n, stride)
  expect(Math.max(...v.map((x, i) => Math.abs(x - golden.solved[i]!)))).toBeLessThan(1e-12)
  multiplyLowerTransposed(S, k, v, n, stride)
  expect(Math.max(...v.map((x, i) => Math.abs(x - golden.solvedTransposed[i]!)))).toBeLessThan(1e-12)
})

test('a factor grown by any number of rows is the one computed at once, bit for bit', () => {
  const size = 41
  const stride = 48
  const whole = kernelMatrix(size, stride, 3)
  const wholeS = new Float64Array(stride * stride)
  cholesky(whole, size, stride)
  invertFactor(whole, wholeS, size, stride)
  for (const cuts of [[1, 2, 3, 5, 8, 13, 21, 34], [40], [7, 9, 30]]) {
    const grown = kernelMatrix(size, stride, 3)
    const grownS = new Float64Array(stride * stride)
    let from = 0
    for (const upTo of [...cuts, size]) {
      expect(cholesky(grown, upTo, stride, from)).toBe(true)
      invertFactor(grown, grownS, upTo, stride, from)
      from = upTo
    }
    expect(grown).toEqual(whole)
    expect(grownS).toEqual(wholeS)
  }
})

test('A times its inverse is the identity at every size from 1 to 30', () => {
  let worst = 0
  for (let size = 1; size <= 30; size++) {
    const stride = size + (size % 3)
    const A = kernelMatrix(size, stride, size)
    const L = A.slice()
    const S = new Float64Array(stride * stride)
    const P = new Float64Array(stride * stride)
    expect(cholesky(L, size, stride)).toBe(true)
    invertFactor(L, S, size, stride)
    invertFromFactor(S, P, size, stride)
    const at = (M: Float64Array, i: number, j: number) => M[Math.max(i, j) * stride + Math.min(i, j)]!
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let sum = 0
        for (let k = 0; k < size; k++) sum += at(A, i, k) * at(P, k, j)
        worst = Math.max(worst, Math.abs(sum - (i === j ? 1 : 0)))
      }
    }
  }
  expect(worst).toBeLessThan(1e-9)
})

test('a matrix that is not positive definite is refused, wherever its bad row is', () => {
  for (const bad of [0, 3, 4, 6, 8]) {
    const A = padded(golden.A, n)
    A[bad * n + bad] = -1
    expect(cholesky(A, n, n)).toBe(false)
  }
  const A = padded(golden.A, n)
  A[5] = Number.NaN
  A[5 * n] = Number.NaN
  expect(cholesky(A, n, n)).toBe(false)
})
