/**
 * Cholesky factor of a symmetric positive definite matrix by rows (Banachiewicz), its inverse, and the inverse of the matrix.
 *
 * Notation: A = L Lᵀ, n × n, row-major in arrays whose rows are `stride` apart (stride >= n), so that rows can be added
 * in place; M = L⁻¹. Of A, L and A⁻¹ only lower triangles are read or written; M is kept in both triangles of its array,
 * S[i][j] = S[j][i] = M[max(i, j)][min(i, j)], so that rows of M and of Mᵀ are both contiguous.
 *
 * Every entry is summed over k in one order whatever the tiling, so a factor grown row by row equals, bit for bit, the
 * one computed at once. Tiles of four rows by two columns keep the sums in registers: about twice the speed of the plain loop.
 * No allocation.
 */

/**
 * Overwrites rows `from` … n - 1 of A's lower triangle with L; rows below `from` must hold L already. O(n³/6) multiplications.
 *
 * @returns false if A is not positive definite to working precision; the rows after the bad one are then undefined.
 */
export function cholesky(A: Float64Array, n: number, stride: number, from = 0): boolean {
  let i = from
  for (; i + 4 <= n; i += 4) {
    factorLeft4(A, i, stride)
    for (let r = 0; r < 4; r++) if (!factorRow(A, i + r, i, stride)) return false
  }
  for (; i < n; i++) if (!factorRow(A, i, 0, stride)) return false
  return true
}

/** Columns `first` … i of row i. */
function factorRow(A: Float64Array, i: number, first: number, stride: number): boolean {
  const a = i * stride
  for (let j = first; j <= i; j++) {
    const b = j * stride
    let sum = A[a + j]!
    for (let k = 0; k < j; k++) sum -= A[a + k]! * A[b + k]!
    if (j < i) A[a + j] = sum / A[b + j]!
    else if (sum > 0) A[a + i] = Math.sqrt(sum)
    else return false
  }
  return true
}

/** Columns 0 … i - 1 of rows i … i + 3. */
function factorLeft4(A: Float64Array, i: number, stride: number): void {
  const a = i * stride
  const b = a + stride
  const c = b + stride
  const d = c + stride
  let j = 0
  for (; j + 2 <= i; j += 2) {
    const p = j * stride
    const q = p + stride
    let ap = A[a + j]!
    let bp = A[b + j]!
    let cp = A[c + j]!
    let dp = A[d + j]!
    let aq = A[a + j + 1]!
    let bq = A[b + j + 1]!
    let cq = A[c + j + 1]!
    let dq = A[d + j + 1]!
    for (let k = 0; k < j; k++) {
      const x = A[p + k]!
      const y = A[q + k]!
      const ak = A[a + k]!
      ap -= ak * x
      aq -= ak * y
      const bk = A[b + k]!
      bp -= bk * x
      bq -= bk * y
      const ck = A[c + k]!
      cp -= ck * x
      cq -= ck * y
      const dk = A[d + k]!
      dp -= dk * x
      dq -= dk * y
    }
    const lp = A[p + j]!
    const lq = A[q + j + 1]!
    const qp = A[q + j]!
    A[a + j] = ap /= lp
    A[b + j] = bp /= lp
    A[c + j] = cp /= lp
    A[d + j] = dp /= lp
    A[a + j + 1] = (aq - ap * qp) / lq
    A[b + j + 1] = (bq - bp * qp) / lq
    A[c + j + 1] = (cq - cp * qp) / lq
    A[d + j + 1] = (dq - dp * qp) / lq
  }
  for (; j < i; j++) {
    const p = j * stride
    for (let r = a; r <= d; r += stride) {
      let sum = A[r + j]!
      for (let k = 0; k < j; k++) sum -= A[r + k]! * A[p + k]!
      A[r + j] = sum / A[p + j]!
    }
  }
}

/** Overwrites rows and columns `from` … n - 1 of S with those of M = L⁻¹; the ones before must hold it already. O(n³/6). */
export function invertFactor(L: Float64Array, S: Float64Array, n: number, stride: number, from = 0): void {
  for (let i = from; i < n; i++) {
    const a = i * stride
    const scale = -1 / L[a + i]!
    let j = 0
    for (; j + 4 <= i; j += 4) invertColumns4(L, S, { i, j, stride, scale })
    for (; j < i; j++) {
      const p = j * stride
      let sum = 0
      for (let k = j; k < i; k++) sum += L[a + k]! * S[p + k]!
      S[a + j] = S[p + i] = sum * scale
    }
    S[a + i] = -scale
  }
}

/** Columns j … j + 3 of row i of M. */
function invertColumns4(
  L: Float64Array,
  S: Float64Array,
  at: { readonly i: number; readonly j: number; readonly stride: number; readonly scale: number },
): void {
  const { i, j, stride, scale } = at
  const a = i * stride
  const p = j * stride
  const q = p + stride
  const r = q + stride
  const s = r + stride
  const l1 = L[a + j + 1]!
  const l2 = L[a + j + 2]!
  const l3 = L[a + j + 3]!
  let sp = L[a + j]! * S[p + j]! + l1 * S[p + j + 1]! + l2 * S[p + j + 2]! + l3 * S[p + j + 3]!
  let sq = l1 * S[q + j + 1]! + l2 * S[q + j + 2]! + l3 * S[q + j + 3]!
  let sr = l2 * S[r + j + 2]! + l3 * S[r + j + 3]!
  let ss = l3 * S[s + j + 3]!
  for (let k = j + 4; k < i; k++) {
    const l = L[a + k]!
    sp += l * S[p + k]!
    sq += l * S[q + k]!
    sr += l * S[r + k]!
    ss += l * S[s + k]!
  }
  S[a + j] = S[p + i] = sp * scale
  S[a + j + 1] = S[q + i] = sq * scale
  S[a + j + 2] = S[r + i] = sr * scale
  S[a + j + 3] = S[s + i] = ss * scale
}

/** Writes the lower triangle of A⁻¹ = MᵀM to P. O(n³/6). */
export function invertFromFactor(S: Float64Array, P: Float64Array, n: number, stride: number): void {
  for (let i = 0; i < n; i++) {
    const a = i * stride
    let j = 0
    for (; j + 4 <= i; j += 4) {
      const p = j * stride
      const q = p + stride
      const r = q + stride
      const s = r + stride
      let sp = 0
      let sq = 0
      let sr = 0
      let ss = 0
      for (let k = i; k < n; k++) {
        const x = S[a + k]!
        sp += x * S[p + k]!
        sq += x * S[q + k]!
        sr += x * S[r + k]!
        ss += x * S[s + k]!
      }
      P[a + j] = sp
      P[a + j + 1] = sq
      P[a + j + 2] = sr
      P[a + j + 3] = ss
    }
    for (; j <= i; j++) {
      const p = j * stride
      let sum = 0
      for (let k = i; k < n; k++) sum += S[a + k]! * S[p + k]!
      P[a + j] = sum
    }
  }
}

/** v = M k: solves L v = k. O(n²/2). */
export function multiplyLower(S: Float64Array, k: Float64Array, v: Float64Array, n: number, stride: number): void {
  let i = 0
  for (; i + 4 <= n; i += 4) {
    const a = i * stride
    const b = a + stride
    const c = b + stride
    const d = c + stride
    let va = 0
    let vb = 0
    let vc = 0
    let vd = 0
    for (let j = 0; j <= i; j++) {
      const x = k[j]!
      va += S[a + j]! * x
      vb += S[b + j]! * x
      vc += S[c + j]! * x
      vd += S[d + j]! * x
    }
    const x = k[i + 1]!
    const y = k[i + 2]!
    vb += S[b + i + 1]! * x
    vc = vc + S[c + i + 1]! * x + S[c + i + 2]! * y
    vd = vd + S[d + i + 1]! * x + S[d + i + 2]! * y + S[d + i + 3]! * k[i + 3]!
    v[i] = va
    v[i + 1] = vb
    v[i + 2] = vc
    v[i + 3] = vd
  }
  for (; i < n; i++) v[i] = dot(S, i * stride, k, 0, i + 1)
}

/** w = Mᵀ v: solves Lᵀ w = v. O(n²/2). */
export function multiplyLowerTransposed(
  S: Float64Array,
  v: Float64Array,
  w: Float64Array,
  n: number,
  stride: number,
): void {
  let j = 0
  for (; j + 4 <= n; j += 4) {
    const a = j * stride
    const b = a + stride
    const c = b + stride
    const d = c + stride
    const v1 = v[j + 1]!
    const v2 = v[j + 2]!
    const v3 = v[j + 3]!
    let wa = S[a + j]! * v[j]! + S[a + j + 1]! * v1 + S[a + j + 2]! * v2 + S[a + j + 3]! * v3
    let wb = S[b + j + 1]! * v1 + S[b + j + 2]! * v2 + S[b + j + 3]! * v3
    let wc = S[c + j + 2]! * v2 + S[c + j + 3]! * v3
    let wd = S[d + j + 3]! * v3
    for (let i = j + 4; i < n; i++) {
      const x = v[i]!
      wa += S[a + i]! * x
      wb += S[b + i]! * x
      wc += S[c + i]! * x
      wd += S[d + i]! * x
    }
    w[j] = wa
    w[j + 1] = wb
    w[j + 2] = wc
    w[j + 3] = wd
  }
  for (; j < n; j++) w[j] = dot(S, j * stride + j, v, j, n - j)
}

function dot(a: Float64Array, aAt: number, b: Float64Array, bAt: number, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += a[aAt + k]! * b[bAt + k]!
  return sum
}
