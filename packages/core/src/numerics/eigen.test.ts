import { expect, test } from 'vitest'
import { symmetricEigen } from './eigen.js'
import { normalDraw, rng } from './rng.js'

/** Largest entry of V diag(values) Vᵀ − A, and of VᵀV − I. */
function errors(A: Float64Array, n: number) {
  const V = new Float64Array(n * n)
  const values = new Float64Array(n)
  symmetricEigen(A.slice(), V, values, n)
  let rebuilt = 0
  let turned = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let a = 0
      let e = 0
      for (let k = 0; k < n; k++) {
        a += V[i * n + k]! * values[k]! * V[j * n + k]!
        e += V[k * n + i]! * V[k * n + j]!
      }
      rebuilt = Math.max(rebuilt, Math.abs(a - A[i * n + j]!))
      turned = Math.max(turned, Math.abs(e - (i === j ? 1 : 0)))
    }
  }
  return { rebuilt, turned, values: values.toSorted() }
}

test.each([1, 2, 3, 8, 30])('random symmetric matrices are rebuilt from their %i eigenpairs', (n) => {
  const uniform = rng(n)
  const A = new Float64Array(n * n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) A[i * n + j] = A[j * n + i] = normalDraw(uniform)
  const { rebuilt, turned } = errors(A, n)
  expect(rebuilt).toBeLessThan(1e-12)
  expect(turned).toBeLessThan(1e-13)
})

test('the second difference matrix has the eigenvalues 2 − 2 cos(k π / (n + 1))', () => {
  const n = 12
  const A = Float64Array.from({ length: n * n }, (_, at) => {
    const gap = Math.abs(Math.floor(at / n) - (at % n))
    return gap === 0 ? 2 : gap === 1 ? -1 : 0
  })
  const { values } = errors(A, n)
  for (let k = 1; k <= n; k++) expect(values[k - 1]).toBeCloseTo(2 - 2 * Math.cos((k * Math.PI) / (n + 1)), 13)
})

test('scales that differ by 1e12 keep their small eigenvalues', () => {
  const { values } = errors(Float64Array.of(1e12, 1, 1, 1), 2)
  expect(values[0]! / (1 - 1e-12)).toBeCloseTo(1, 12)
})
