import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Json, Report } from '@parzen/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EventFiles } from '../spec/spec.js'
import { eventMessage } from '../tensorboard/event.js'
import { encode } from '../tensorboard/protobuf.js'
import { recordBuffer } from '../tensorboard/record.js'
import type { CommandValues } from './command.js'
import { eventSource } from './event-reports.js'
import { openTail } from './tail.js'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parzen-events-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(
  path: string,
  tag: string,
  points: readonly (readonly [step: number, value: number])[],
  wallTime = 100,
): void {
  const records = recordBuffer()
  for (const [step, simpleValue] of points) {
    records.append(encode(eventMessage, { wallTime, step, summary: { values: [{ tag, simpleValue }] } }))
  }
  mkdirSync(dirname(path), { recursive: true })
  appendFileSync(path, records.take())
}

const sourceOf = (files: EventFiles) => {
  const values: CommandValues = {
    space: { lr: { kind: 'float', low: 0, high: 1 } },
    params: { lr: 0.5 },
    paramsFile: '',
    study: 's',
    trial: 7,
    attempt: 2,
    seed: 0,
    dir: join(dir, 'attempt'),
  }
  return eventSource(files, values, { workingFolder: join(dir, 'work'), since: 100_000 })
}

const tailOf = (files: EventFiles, cursor?: Json) =>
  openTail({
    folder: join(dir, 'attempt'),
    parseStdout: () => undefined,
    wanted: ['acc'],
    events: sourceOf(files),
    cursor,
    now: () => 1,
  })

const metrics = (reports: readonly Report[]) => reports.map((report) => [report.step, report.metrics])

describe('event files as metrics', () => {
  test('the tag of the objective is renamed; what is of one step is one report; digits are those of float32', () => {
    const file = join(dir, 'attempt/logs/events.out.tfevents.1')
    write(file, 'val/acc', [[1, 0.93]])
    write(file, 'loss', [
      [1, 0.1],
      [2, 0.05],
    ])
    write(file, 'val/acc', [
      [2, 0.95],
      [1, 0.5],
    ])
    const tail = tailOf({ folder: 'logs', tags: { acc: 'val/acc' } })
    expect(metrics(tail.read(false).reports)).toEqual([
      [1, { acc: 0.93, loss: 0.1 }],
      [2, { loss: 0.05, acc: 0.95 }],
      [1, { acc: 0.5 }],
    ])
    expect(tail.last()).toEqual({ acc: 0.95 })
  })

  test('a restarted runner goes on where the cursor stands', () => {
    const file = join(dir, 'attempt/logs/events.out.tfevents.1')
    const files: EventFiles = { folder: 'logs', tags: {} }
    write(file, 'acc', [[1, 0.25]])
    const before = tailOf(files).read(false)
    write(file, 'acc', [[2, 0.5]])
    write(join(dir, 'attempt/logs/events.out.tfevents.2'), 'acc', [[3, 0.75]])
    const after = tailOf(files, JSON.parse(JSON.stringify(before.cursor))).read(true)
    expect(metrics([...before.reports, ...after.reports])).toEqual([
      [1, { acc: 0.25 }],
      [2, { acc: 0.5 }],
      [3, { acc: 0.75 }],
    ])
  })

  test.each([
    ['./runs/{trial}', 'work/runs/7'],
    ['../runs/{trial}-{attempt}/{lr}', 'runs/7-2/0.5'],
    ['{dir}/logs', 'attempt/logs'],
    ['{dir}', 'attempt'],
    ['runs/*', 'attempt/runs/Nov24'],
  ])('%s is %s', (folder, place) => {
    write(join(dir, place, 'events.out.tfevents.1'), 'acc', [[1, 0.5]])
    const { lines } = sourceOf({ folder, tags: {} }).read({}, true)
    expect(lines).toEqual([{ step: 1, metrics: { acc: 0.5 } }])
  })

  test('what another attempt wrote into a shared folder is not read', () => {
    const file = join(dir, 'work/runs/7/events.out.tfevents.1')
    write(file, 'acc', [[1, 0.25]], 99)
    write(file, 'acc', [[1, 0.5]], 101)
    expect(sourceOf({ folder: './runs/{trial}', tags: {} }).read({}, true).lines).toEqual([
      { step: 1, metrics: { acc: 0.5 } },
    ])
  })
})
