/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan, Matrix Computations, 4th
 * edition, section 8.5).
 *
 * A: n × n row-major, symmetric, overwritten. V: n × n row-major, overwritten; column k is the eigenvector of values[k].
 * values: n, in no order. Relative error of the values about 1e-15 of the largest. O(n³) a sweep, some 6 to 10 sweeps.
 */
export function symmetricEigen(A: Float64Array, V: Float64Array, values: Float64Array, n: number): void {
  V.fill(0)
  for (let k = 0; k < n; k++) V[k * n + k] = 1
  for (let sweep = 0; sweep < 60 && offDiagonal(A, n) > 0; sweep++) {
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(A, V, n, p, q)
  }
  for (let k = 0; k < n; k++) values[k] = A[k * n + k]!
}

/** Takes A[p, q] to zero; what is too small to change the diagonal is zero already. */
function rotate(A: Float64Array, V: Float64Array, n: number, p: number, q: number): void {
  const apq = A[p * n + q]!
  const [app, aqq] = [A[p * n + p]!, A[q * n + q]!]
  if (Math.abs(apq) <= 1e-17 * Math.sqrt(Math.abs(app * aqq))) {
    A[p * n + q] = 0
    A[q * n + p] = 0
    return
  }
  const tau = (aqq - app) / (2 * apq)
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau))
  const c = 1 / Math.sqrt(1 + t * t)
  const s = t * c
  for (let k = 0; k < n; k++) {
    const [akp, akq] = [A[k * n + p]!, A[k * n + q]!]
    A[k * n + p] = c * akp - s * akq
    A[k * n + q] = s * akp + c * akq
  }
  for (let k = 0; k < n; k++) {
    const [apk, aqk] = [A[p * n + k]!, A[q * n + k]!]
    A[p * n + k] = c * apk - s * aqk
    A[q * n + k] = s * apk + c * aqk
  }
  A[p * n + q] = 0
  A[q * n + p] = 0
  for (let k = 0; k < n; k++) {
    const [vkp, vkq] = [V[k * n + p]!, V[k * n + q]!]
    V[k * n + p] = c * vkp - s * vkq
    V[k * n + q] = s * vkp + c * vkq
  }
}

function offDiagonal(A: Float64Array, n: number): number {
  let sum = 0
  for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) sum += Math.abs(A[p * n + q]!)
  return sum
}
