/**
 * A pseudo-random permutation of 0 … size − 1 that stores nothing: a Feistel network on the next even number of bits
 * (Luby & Rackoff 1988), walked until it lands inside (Black & Rogaway 2002, "Ciphers with arbitrary finite domains").
 *
 * Fewer than four steps of the walk on average.
 * @param size up to 2^53.
 * @param uniform gives the round keys.
 */
export function permutation(size: number, uniform: () => number): (index: number) => number {
  let bits = 1
  while (4 ** bits < size) bits++
  const half = 2 ** bits
  const keys = Array.from({ length: ROUNDS }, () => Math.floor(uniform() * 2 ** 32) | 0)
  return (index) => {
    let x = index
    do {
      let left = Math.floor(x / half)
      let right = x % half
      for (const key of keys) {
        const next = (left ^ round(right, key)) & (half - 1)
        left = right
        right = next
      }
      x = left * half + right
    } while (x >= size)
    return x
  }
}

const ROUNDS = 8

function round(x: number, key: number): number {
  let h = Math.imul(x ^ key, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
