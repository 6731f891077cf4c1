/**
 * Sobol's sequence (Sobol' 1967; direction numbers of Joe & Kuo 2008), by index, with Owen's nested uniform scrambling
 * (Owen 1995) computed by hashing (Laine & Karras 2011; Burley 2020, "Practical hash-based Owen scrambling").
 *
 * Notation: i the index of a point; v_k the k-th direction number of a dimension, a fraction of 2^32.
 * Points come in the order of the Gray code of i (Antonov & Saleev 1979), as SciPy's do: each block of 2^m points that
 * starts at a multiple of 2^m is a net.
 */
import { SOBOL_DIRECTIONS } from './sobol-directions.js'

/** Dimensions with direction numbers. */
export const SOBOL_DIMENSIONS = SOBOL_DIRECTIONS.length + 1
const BITS = 32

const directionsOf: (Uint32Array | undefined)[] = []

/** v_1 … v_32 of a dimension, from 0. */
function directions(dimension: number): Uint32Array {
  let v = directionsOf[dimension]
  if (!v) {
    v = directionNumbers(dimension)
    directionsOf[dimension] = v
  }
  return v
}

function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS)
  if (dimension === 0) {
    for (let k = 0; k < BITS; k++) v[k] = 1 << (31 - k)
    return v
  }
  const [polynomial, ...m] = SOBOL_DIRECTIONS[dimension - 1] as readonly [number, ...number[]]
  const s = m.length
  for (let k = 0; k < BITS; k++) {
    if (k < s) {
      v[k] = m[k]! << (31 - k)
      continue
    }
    // Bratley & Fox 1988: v_k = a_1 v_{k-1} ⊕ … ⊕ a_{s-1} v_{k-s+1} ⊕ v_{k-s} ⊕ (v_{k-s} >> s)
    let next = v[k - s]! ^ (v[k - s]! >>> s)
    for (let j = 1; j < s; j++) if ((polynomial >>> (s - j)) & 1) next ^= v[k - j]!
    v[k] = next
  }
  return v
}

/**
 * Coordinate of point `index` as a fraction of 2^32, not scrambled.
 * @param index from 0, below 2^32.
 * @param dimension from 0, below SOBOL_DIMENSIONS.
 */
export function sobolBits(index: number, dimension: number): number {
  const v = directions(dimension)
  let x = 0
  let gray = (index ^ (index >>> 1)) >>> 0
  for (let k = 0; gray !== 0; k++, gray >>>= 1) if (gray & 1) x ^= v[k]!
  return x >>> 0
}

/** Owen-scrambles the 32 bits of a coordinate: bit k is flipped by a hash of the bits above it and `seed`. */
export function owenScramble(bits: number, seed: number): number {
  let x = reverseBits(bits)
  x = (x + seed) | 0
  x ^= Math.imul(x, 0x6c50b47c)
  x ^= Math.imul(x, 0xb82f1e52)
  x ^= Math.imul(x, 0xc7afe638)
  x ^= Math.imul(x, 0x8d22f6e6)
  return reverseBits(x)
}

function reverseBits(bits: number): number {
  let x = bits
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1)
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2)
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4)
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8)
  return ((x >>> 16) | (x << 16)) >>> 0
}
