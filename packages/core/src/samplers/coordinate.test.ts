import { expect, test } from 'vitest'
import { rng } from '../numerics/rng.js'
import { contains, fromUnit } from '../space/unit-cube.js'
import { everyKind } from './contract-spaces.contract.js'
import { coordinate, onlyValue } from './coordinate.js'

const numeric = Object.entries(everyKind).flatMap(([name, d]) =>
  d.kind === 'categorical' || onlyValue(d) !== undefined ? [] : [[name, d] as const],
)

test.each(numeric)('values of %s go to z and back, and any z gives a value', (_, d) => {
  const { toZ, fromZ, middle, width } = coordinate(d)
  const draw = rng(3)
  for (let i = 0; i < 200; i++) {
    const value = fromUnit(d, draw()) as number
    expect(Math.abs(fromZ(toZ(value)) - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value))
    const z = middle + width * (4 * draw() - 2)
    expect([z, contains(d, fromZ(z))]).toEqual([z, true])
  }
})

test('only values', () => {
  expect(
    Object.values(everyKind)
      .map(onlyValue)
      .filter((value) => value !== undefined),
  ).toEqual(['sgd', 0.25, 5])
})
