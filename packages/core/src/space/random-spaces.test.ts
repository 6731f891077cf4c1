import { describe, expect, test } from 'vitest'
import { rng } from '../numerics/rng.js'
import { drawParams } from '../samplers/random.js'
import { activeNames } from './activity.js'
import { checkParams } from './check.js'
import { compileSpace } from './compile.js'
import type { Parameter } from './distribution.js'
import { flatten, type Nested, nest } from './nest.js'
import { formatNotation, parseNotation } from './notation.js'
import { randomNotation, randomTree } from './random-tree.contract.js'
import { contains } from './unit-cube.js'

describe('1,000 random spaces of depth up to 6', () => {
  test('compile, draw, nest, flatten, and survive JSON', () => {
    let parameters = 0
    let deepest = 0
    for (let seed = 0; seed < 1000; seed++) {
      const stream = rng(77, seed)
      const space = compileSpace(randomTree(stream, 1 + (seed % 6)))
      const json = JSON.stringify(space)
      expect(JSON.stringify(JSON.parse(json))).toBe(json)
      const names = Object.keys(space)
      parameters += names.length
      for (const name of names) deepest = Math.max(deepest, name.split('.').length)
      const order = new Map(names.map((name, i) => [name, i]))
      const misplaced = names.filter((name) => {
        const parents = Object.keys(space[name]?.when ?? {})
        const isBelow = (parent: string) =>
          name.startsWith(`${parent}.`) && (order.get(parent) ?? Infinity) < (order.get(name) ?? 0)
        return parents.length > 1 || !parents.every(isBelow)
      })
      expect(misplaced.join()).toBe('')
      for (let k = 0; k < 3; k++) {
        const params = drawParams(space, stream)
        // as text: thousands of deep comparisons would take seconds
        expect(Object.keys(params).join()).toBe(activeNames(space, params).join())
        expect(
          Object.entries(params).filter(([name, value]) => !contains(space[name] as Parameter, value)).length,
        ).toBe(0)
        checkParams(space, params)
        const json = JSON.stringify(nest(space, params))
        const nested = JSON.parse(json) as { [name: string]: Nested }
        expect(JSON.stringify(flatten(space, nested))).toBe(JSON.stringify(params))
        expect(JSON.stringify(nest(space, flatten(space, nested)))).toBe(json)
      }
    }
    // what was tested is not trivial
    expect(parameters).toBeGreaterThan(10_000)
    expect(deepest).toBeGreaterThanOrEqual(6)
  })

  test('string to object to string keeps the meaning', () => {
    const stream = rng(78)
    for (let i = 0; i < 500; i++) {
      const text = randomNotation(stream)
      const object = parseNotation(text)
      const again = formatNotation(object) as string
      expect(JSON.stringify(parseNotation(again))).toBe(JSON.stringify(object))
      expect(formatNotation(parseNotation(again))).toBe(again)
      expect(JSON.stringify(compileSpace({ x: text }))).toBe(JSON.stringify(compileSpace({ x: object })))
    }
  })
})
