import { expect, test } from 'vitest'
import { signedRankGreater } from './signed-rank.js'

test('p is that of SciPy 1.17: wilcoxon(d, alternative="greater", zero_method="zsplit")', () => {
  expect(signedRankGreater([1.1, -0.4, 2.3, 0.9, -0.1, 3.2])).toBeCloseTo(GOLDEN.plain, 12)
  expect(signedRankGreater([1, 1, -1, 0, 2, 3, 0, -2])).toBeCloseTo(GOLDEN.ties, 12)
  const many = Array.from({ length: 70 }, (_, i) => ((i * 37) % 23) - 9)
  expect(signedRankGreater(many)).toBeCloseTo(GOLDEN.many, 9)
  expect(signedRankGreater([0, 0, 0])).toBe(1)
})

const GOLDEN = {
  plain: 0.078125,
  ties: 0.25,
  many: 0.017625439865557646,
}
