/**
 * xoshiro128** 1.1 (Blackman & Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded through
 * splitmix32-style mixing of the words given.
 *
 * A stream is a function of its words alone: `rng(seed, trial)` gives each trial of each study its own.
 */
export function rng(...words: readonly number[]): () => number {
  const next = xoshiro128(seedState(words))
  // 53 bits: 27 high bits of one word, 26 of the next
  return () => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992
}

/** The raw generator: state of four 32-bit words, not all zero, to a function giving unsigned 32-bit words. */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state
  return () => {
    const product = Math.imul(b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d << 11) | (d >>> 21)
    return result
  }
}

function seedState(words: readonly number[]): readonly [number, number, number, number] {
  let h = 0x9e3779b9
  const absorb = (word: number) => {
    h = mix((h ^ word) + 0x9e3779b9)
  }
  for (const word of words) {
    // both halves of integers up to 2^53
    absorb(word | 0)
    absorb(Math.floor(word / 4294967296) | 0)
  }
  const draw = () => {
    h = (h + 0x9e3779b9) | 0
    return mix(h)
  }
  return [draw(), draw(), draw(), draw() | 1]
}

/** The finaliser of MurmurHash3: every input bit reaches every output bit. */
function mix(x: number): number {
  let h = x | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** A standard normal draw by the polar method (Marsaglia & Bray 1964); two uniforms or more a call. */
export function normalDraw(uniform: () => number): number {
  for (;;) {
    const x = 2 * uniform() - 1
    const y = 2 * uniform() - 1
    const r2 = x * x + y * y
    if (r2 > 0 && r2 < 1) return x * Math.sqrt((-2 * Math.log(r2)) / r2)
  }
}
