import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rng } from '../numerics/rng.js'
import { drawParams } from '../samplers/random.js'
import { carryOver } from './carry-over.js'
import { checkParams } from './check.js'
import type { Parameter, Space } from './distribution.js'

const parameter: fc.Arbitrary<Parameter> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.boolean())
    .map(([low, width, log]): Parameter => ({ kind: 'float', low, high: low + width, ...(log ? { log } : {}) })),
  fc
    .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }))
    .map(([low, width]): Parameter => ({ kind: 'int', low, high: low + width })),
  fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c', null, 1), { minLength: 1, maxLength: 4 })
    .map((choices): Parameter => ({ kind: 'categorical', choices })),
)

/** Three parameters and one that only one option of `kind` has. */
const spaces: fc.Arbitrary<Space> = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    fc.array(parameter, { minLength: 4, maxLength: 4 }),
  )
  .map(([names, parameters]) => ({
    ...Object.fromEntries(names.map((name, i) => [name, parameters[i] as Parameter])),
    kind: { kind: 'categorical', choices: ['p', 'q'] },
    child: { ...(parameters[3] as Parameter), when: { kind: ['q'] } },
  }))

it('keeps every value that still has a meaning, changes none, and gives whole points of the new space or nothing', () => {
  let [carried, dropped] = [0, 0]
  fc.assert(
    fc.property(spaces, spaces, fc.nat(), (before, after, seed) => {
      const old = drawParams(before, rng(seed, 0))
      expect(carryOver(before, old)).toEqual(old)
      const now = carryOver(after, old)
      if (!now) {
        dropped++
        return
      }
      carried++
      checkParams(after, now)
      for (const [name, value] of Object.entries(now)) if (name in old) expect(value).toBe(old[name])
      expect(carryOver(after, now)).toEqual(now)
    }),
    { numRuns: 1000 },
  )
  expect(Math.min(carried, dropped)).toBeGreaterThan(50)
})

it('fills in what a new parameter was before, and its only value', () => {
  const space: Space = {
    x: { kind: 'float', low: 0, high: 1 },
    y: { kind: 'float', low: 0, high: 1 },
    z: { kind: 'categorical', choices: ['only'] },
  }
  expect(carryOver(space, { x: 0.5 })).toBeUndefined()
  expect(carryOver(space, { x: 0.5, gone: 3 }, { y: 0.25 })).toEqual({ x: 0.5, y: 0.25, z: 'only' })
  expect(carryOver(space, { x: 0.5 }, { y: 7 })).toBeUndefined()
})
