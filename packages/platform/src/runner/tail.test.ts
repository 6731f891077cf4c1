import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json, Report } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stdoutParser } from './metrics.js'
import { openTail } from './tail.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-tail-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const tail = (cursor?: Json) =>
  openTail({
    folder,
    parseStdout: stdoutParser({ jsonLines: true }, ['loss']),
    wanted: ['loss'],
    cursor,
    now: () => 5,
  })

it('numbers reports that name no step, in both files together, and keeps two of one step', () => {
  writeFileSync(join(folder, 'stdout.log'), 'loss=3\nnoise\nstep=1 loss=2\nstep=1 loss=1.5\n')
  writeFileSync(join(folder, 'metrics.jsonl'), '{"loss": NaN, "other": 1}\n')
  const one = tail()
  expect(one.read(true).reports).toEqual([
    { at: 5, step: 0, metrics: { loss: 3 } },
    { at: 5, step: 1, metrics: { loss: 2 } },
    { at: 5, step: 1, metrics: { loss: 1.5 } },
    { at: 5, step: 2, metrics: { loss: 'NaN', other: 1 } },
  ])
  expect(one.last()).toEqual({ loss: Number.NaN })
  expect(one.seen()).toEqual(['loss', 'other'])
})

it('takes the value at the highest step for the last, whichever file it is in', () => {
  writeFileSync(join(folder, 'stdout.log'), 'step=0 loss=3\nstep=200 loss=2\nloss=1\n')
  writeFileSync(join(folder, 'metrics.jsonl'), '{"step": 100, "loss": 9}\n')
  const one = tail()
  expect(one.read(true).reports.map(({ step }) => step)).toEqual([0, 200, 201, 100])
  expect(one.last()).toEqual({ loss: 1 })
})

it('goes on where the cursor stands: each report once, the last values known', () => {
  const reports: Report[] = []
  let cursor: Json | undefined
  for (let i = 0; i < 20; i++) {
    // half lines, as a flush may leave them
    appendFileSync(join(folder, 'stdout.log'), i % 2 === 0 ? `loss=${i}` : `.5\nloss=${i}\n`)
    const read = tail(cursor).read(false)
    reports.push(...read.reports)
    cursor = JSON.parse(JSON.stringify(read.cursor)) as Json
  }
  expect(reports.map(({ step, metrics }) => [step, metrics['loss']])).toEqual(
    Array.from({ length: 20 }, (_, i) => [i, i % 2 === 0 ? i + 0.5 : i]),
  )
  expect(tail(cursor).last()).toEqual({ loss: 19 })
})

it('reads 100 MB without a newline in pieces, and the metrics before and after', () => {
  writeFileSync(join(folder, 'stdout.log'), 'loss=1\n')
  const piece = 'x'.repeat(10_000_000)
  for (let i = 0; i < 10; i++) appendFileSync(join(folder, 'stdout.log'), piece)
  appendFileSync(join(folder, 'stdout.log'), '\nloss=2')
  const one = tail()
  const steps: number[] = []
  for (let more = true; more; ) {
    const read = one.read(true)
    steps.push(...read.reports.map((report) => report.step))
    more = read.more
  }
  expect(steps).toEqual([0, 1])
  expect(one.last()).toEqual({ loss: 2 })
})
