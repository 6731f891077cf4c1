import { partialDependence } from '@parzen/core'
import picocolors from 'picocolors'
import { expect, it } from 'vitest'
import { dependenceLines } from './dependence-page.js'
import { complete, sampleStudy } from './sample-study.contract.js'

const pageOf = (columns: number) => ({ colors: picocolors.createColors(false), size: () => ({ columns, rows: 24 }) })
const values = Array.from({ length: 16 }, (_, i) => 0.9 - 0.002 * (i - 9) ** 2 - (i % 2 === 0 ? 0.1 : 0))
const study = await sampleStudy(values.map(complete), { budget: { trials: 20 } })

function linesOf(names: readonly string[], columns = 60): string[] {
  return dependenceLines(pageOf(columns), { study, names, dependences: [partialDependence(study.state, names)] })
}

it('draws a numeric parameter as a curve with a band, no wider than the terminal', () => {
  for (const columns of [40, 60, 200]) {
    const lines = linesOf(['lr'], columns)
    expect(lines.slice(0, 4)).toEqual([
      'digits  lr',
      '',
      'accuracy  by a Gaussian process of 16 trials, a mean over 16 of them',
      '',
    ])
    for (const line of lines.slice(3)) expect(line.length).toBeLessThanOrEqual(columns)
    expect(lines.join('\n')).toMatch(/[⠁-⣿]/)
    expect(lines.join('\n')).toContain('░')
    expect(lines.at(-1)).toMatch(/^ +1e-5 +lr, log scale +0\.1$/)
  }
})

it('lists choices with their means', () => {
  const lines = linesOf(['optimizer'])
  expect(lines[4]).toMatch(/^ {2}OPTIMIZER +MEAN +± SD$/)
  const [adam, sgd] = lines.slice(5).map((line) => Number(line.trim().split(/ +/)[1]))
  expect(sgd as number).toBeGreaterThan(adam as number)
})

it('shades two parameters, the better the darker', () => {
  const lines = linesOf(['lr', 'optimizer'])
  expect(lines[4]).toBe('  lr, upwards')
  expect(lines.at(-1)).toMatch(
    /^ {2}\[ {2}\] \[░░\] \[▒▒\] \[▓▓\] \[██\] {2}from 0\.\d+ to 0\.\d+, the better the darker/,
  )
  const cells = lines.filter((line) => line.endsWith('│')).map((line) => line.slice(line.indexOf('│') + 1, -1))
  expect(cells).toHaveLength(21)
  const dark = (half: (row: string) => string) => cells.map(half).join('').replace(/[^▓█]/g, '').length
  expect(dark((row) => row.slice(6))).toBeGreaterThan(dark((row) => row.slice(0, 6)))
})

it('says so where there is nothing', async () => {
  const early = await sampleStudy([complete(0.5)])
  const lines = dependenceLines(pageOf(80), { study: early, names: ['lr'], dependences: [undefined] })
  expect(lines).toEqual([
    'digits  lr',
    'nothing to say before 8 trials are complete, and one of them has the parameter',
  ])
})
