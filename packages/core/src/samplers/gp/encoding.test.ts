import { expect, test } from 'vitest'
import { rng } from '../../numerics/rng.js'
import { deep, everyKind } from '../contract-spaces.contract.js'
import { drawParams } from '../random.js'
import { encoding } from './encoding.js'

test.each([
  ['every kind', everyKind],
  ['deep', deep],
])('values survive genes and back, and inactive ones are marked: %s', (_, space) => {
  const coding = encoding(space)
  const uniform = rng(4)
  const u = new Float64Array(coding.genes)
  const f = new Float64Array(coding.dims)
  const again = new Float64Array(coding.dims)
  const active = new Uint8Array(coding.genes)
  for (let k = 0; k < 60; k++) {
    const params = drawParams(space, uniform)
    for (let p = 0; p < u.length; p++) u[p] = uniform()
    coding.encode(params, u, 0)
    const decoded = coding.decode(u, 0)
    expect(Object.keys(decoded)).toEqual(Object.keys(params))
    for (const [name, value] of Object.entries(params)) {
      if (typeof value === 'number') expect(decoded[name]).toBeCloseTo(value, 9)
      else expect(decoded[name]).toBe(value)
    }
    coding.embed(u, 0, f, 0, active)
    expect(coding.names.filter((_name, p) => active[p])).toEqual(Object.keys(params))
    // whatever the genes of inactive parameters, the features are the same
    for (let p = 0; p < u.length; p++) if (!active[p]) u[p] = uniform()
    coding.embed(u, 0, again, 0, active)
    expect(again).toEqual(f)
  }
})

test('numbers come first, categories after, constants not at all; an inactive one has its mark', () => {
  const coding = encoding({
    kind: { kind: 'categorical', choices: ['a', 'b'] },
    x: { kind: 'float', low: 0, high: 10 },
    one: { kind: 'categorical', choices: ['always'] },
    k: { kind: 'int', low: 1, high: 4, when: { kind: ['b'] } },
    c: { kind: 'categorical', choices: [1, 2, 3], when: { kind: ['b'] } },
  })
  expect([coding.numeric, coding.dims, [...coding.dimOf]]).toEqual([2, 4, [2, 0, -1, 1, 3]])
  const features = (params: Record<string, string | number>) => {
    const u = new Float64Array(5).fill(0.5)
    const f = new Float64Array(4)
    coding.encode(params, u, 0)
    coding.embed(u, 0, f, 0, new Uint8Array(5))
    return [...f]
  }
  expect(features({ kind: 'a', x: 2.5, one: 'always' })).toEqual([0.25, 0.5, 0, -1])
  expect(features({ kind: 'b', x: 2.5, one: 'always', k: 4, c: 3 })).toEqual([0.25, 0.875, 1, 2])
  // x, the choice, and half of the time two more
  expect(coding.typical).toBeGreaterThan(2.5)
  expect(coding.typical).toBeLessThan(3.5)
})
