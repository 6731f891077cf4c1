import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ParzenError } from '../error.js'
import { normalCdf } from '../numerics/normal.js'
import { rng } from '../numerics/rng.js'
import { compileSpace } from './compile.js'
import type { Choice, Distribution } from './distribution.js'
import { contains, countValues, fromUnit, toUnit, valueAt } from './unit-cube.js'

const LAST = 1 - 2 ** -53

/** Parameters of a single distribution in string form; undefined if the arguments make none. */
function distribution(text: string): Distribution | undefined {
  try {
    return compileSpace({ x: text })['x']
  } catch (error) {
    if (error instanceof ParzenError) return undefined
    throw error
  }
}

const finite = fc.oneof(
  fc.double({ min: -1000, max: 1000, noNaN: true }),
  fc.integer({ min: -100, max: 100 }),
  fc.double({ min: -1e9, max: 1e9, noNaN: true }),
  fc.double({ min: 1e-12, max: 1, noNaN: true }),
)

const arbitrary = fc
  .tuple(
    fc.constantFrom(
      'uniform',
      'loguniform',
      'normal',
      'lognormal',
      'int',
      'quniform',
      'qloguniform',
      'qnormal',
      'qlognormal',
    ),
    finite,
    finite,
    fc.option(finite),
    fc.boolean(),
  )
  .map(([name, a, b, step, log]) => {
    const [x, y] = name === 'int' ? [Math.round(a), Math.round(b)] : [a, b]
    const third = step === null ? [] : [Math.abs(name === 'int' ? Math.round(step) : step)]
    const isMoments = name.includes('normal')
    const [first, second] = isMoments ? [Math.min(20, x), Math.abs(y) % 20] : [Math.min(x, y), Math.max(x, y)]
    const isQ = name.startsWith('q')
    const more = isQ ? third.map(String) : third.map((s) => `step=${s}`)
    if (log && (name === 'uniform' || name === 'int')) more.push('log')
    return distribution(`${name}(${[first, second, ...more].join(', ')})`)
  })
  .filter((d): d is Exclude<Distribution, { kind: 'categorical' }> => d !== undefined && d.kind !== 'categorical')

function isDiscrete(d: Distribution): boolean {
  return d.kind === 'categorical' || d.kind === 'int' || d.step !== undefined
}

describe('the unit cube', () => {
  test('every draw is in the distribution, and its unit gives it back', () => {
    fc.assert(
      fc.property(arbitrary, fc.double({ min: 0, max: LAST, noNaN: true }), (d, u) => {
        const value = fromUnit(d, u) as number
        expect(contains(d, value)).toBe(true)
        const unit = toUnit(d, value)
        expect(unit).toBeGreaterThanOrEqual(0)
        expect(unit).toBeLessThanOrEqual(1)
        // in the far tails of a normal several values share a unit
        if (d.kind === 'normal') {
          if (u > 1e-9 && u < 1 - 1e-6 && !d.step) expect(Math.abs(unit - u)).toBeLessThan(1e-3)
          const hasWideCells = d.step && !d.log && d.step > 1e-3 * d.sd && u > 1e-4 && u < 1 - 1e-4
          if (hasWideCells) expect(fromUnit(d, unit)).toBe(value)
        } else if (isDiscrete(d)) expect(fromUnit(d, unit)).toBe(value)
        else expect(Math.abs((fromUnit(d, unit) as number) - value)).toBeLessThanOrEqual(1e-9 * (d.high - d.low))
      }),
      { numRuns: 1000, seed: 1 },
    )
  })

  test('is monotone, from the least value to the greatest', () => {
    fc.assert(
      fc.property(
        arbitrary,
        fc.double({ min: 0, max: LAST, noNaN: true }),
        fc.double({ min: 0, max: LAST, noNaN: true }),
        (d, u, v) => {
          const [a, b] = [fromUnit(d, Math.min(u, v)) as number, fromUnit(d, Math.max(u, v)) as number]
          expect(a).toBeLessThanOrEqual(b)
          if (d.kind !== 'float' && d.kind !== 'int') return
          const top = countValues(d) === Infinity ? d.high : valueAt(d, countValues(d) - 1)
          // exp(ln x) is x up to rounding
          const slack = 1e-12 * Math.max(Math.abs(d.low), Math.abs(d.high))
          expect(Math.abs((fromUnit(d, 0) as number) - d.low)).toBeLessThanOrEqual(isDiscrete(d) ? 0 : slack)
          expect(Math.abs((fromUnit(d, LAST) as number) - top)).toBeLessThanOrEqual(isDiscrete(d) ? 0 : slack)
        },
      ),
      { numRuns: 500, seed: 2 },
    )
  })

  test('every value of a finite distribution comes back from its unit', () => {
    for (const text of [
      'int(1, 4)',
      'int(-3, 3, step=2)',
      'int(1, 1000, log)',
      'int(2, 50, step=3, log)',
      'uniform(0, 0.5, step=0.05)',
      'uniform(0.1234567890123456, 1, step=0.1)',
      'loguniform(0.1, 3, step=0.5)',
      'quniform(16, 500, 64)',
      'choice(a, b, 3, true, null)',
      'choice(a: 0.7, b: 0.2, c: 0.1)',
      'randint(10)',
    ]) {
      const d = distribution(text) as Distribution
      for (let k = 0; k < countValues(d); k++) {
        const value = d.kind === 'categorical' ? (d.choices[k] as Choice) : valueAt(d as never, k)
        expect(contains(d, value)).toBe(true)
        expect(fromUnit(d, toUnit(d, value))).toBe(value)
      }
    }
  })

  test('steps have no binary noise and stay inside the bounds', () => {
    const d = distribution('uniform(0, 0.5, step=0.05)') as Distribution
    const values = Array.from({ length: countValues(d) }, (_, k) => valueAt(d as never, k))
    expect(values).toEqual([0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5])
    expect(distribution('quniform(16, 500, 64)')).toEqual({ kind: 'float', low: 64, high: 448, step: 64 })
  })

  /** Mass of each value, from the definition: cells of half a step in x, or in ln x. */
  const masses: readonly (readonly [string, (value: number) => number])[] = [
    ['int(1, 4)', () => 1 / 4],
    ['int(0, 10, step=3)', () => 1 / 4],
    ['uniform(0, 0.5, step=0.05)', () => 1 / 11],
    ['quniform(16, 500, 64)', () => 1 / 7],
    ['uniformint(1, 4)', () => 1 / 4],
    ['randint(5, 8)', () => 1 / 3],
    ['int(1, 12, log)', (x) => Math.log((x + 0.5) / (x - 0.5)) / Math.log(12.5 / 0.5)],
    ['qnormal(0, 1, 0.5)', (x) => normalCdf(x + 0.25) - normalCdf(x - 0.25)],
    ['choice(1: 5, 2: 3, 3: 2)', (x) => [0.5, 0.3, 0.2][x - 1] as number],
  ]

  // chi-square at the 1e-6 level each: a true distribution fails once in 100,000 choices of the seed over all of these
  test.each(masses)('%s has its mass, at the ends too', (text, mass) => {
    const d = distribution(text) as Distribution
    const draw = rng(20, 3)
    const n = 20_000
    const counts = new Map<number, number>()
    for (let i = 0; i < n; i++) {
      const value = fromUnit(d, draw()) as number
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    let chi2 = 0
    let cells = 0
    let rest = n
    let restExpected = n
    for (const [value, count] of counts) {
      const expected = n * mass(value)
      if (expected < 5) continue
      chi2 += (count - expected) ** 2 / expected
      cells++
      rest -= count
      restExpected -= expected
    }
    if (restExpected > 5) {
      chi2 += (rest - restExpected) ** 2 / restExpected
      cells++
    } else expect(rest).toBeLessThan(30)
    if (d.kind !== 'normal') expect(counts.size).toBe(countValues(d))
    const df = cells - 1
    // Wilson–Hilferty; 4.7534 is the normal quantile of 1 - 1e-6
    expect(chi2).toBeLessThan(df * (1 - 2 / (9 * df) + 4.7534 * Math.sqrt(2 / (9 * df))) ** 3)
  })
})
