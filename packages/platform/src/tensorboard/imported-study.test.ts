import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Choice, checkHistory, type StudyEvent } from '@parzen/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { curve } from './curve.js'
import { type Event, eventMessage, type HparamInfo, type Hparams, hparamsMessage, tensorType } from './event.js'
import { importedStudy } from './imported-study.js'
import { inferSpace } from './infer-space.js'
import { encode } from './protobuf.js'
import { recordBuffer } from './record.js'
import { readRuns } from './runs.js'

let logdir = ''
beforeEach(() => {
  logdir = mkdtempSync(join(tmpdir(), 'parzen-runs-'))
})
afterEach(() => rmSync(logdir, { recursive: true, force: true }))

function write(run: string, events: readonly Event[]): void {
  const records = recordBuffer()
  for (const event of events) records.append(encode(eventMessage, event))
  const path = join(logdir, run, 'events.out.tfevents.1')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, records.take())
}

const scalar = (step: number, tag: string, simpleValue: number): Event => ({
  wallTime: 100 + step,
  step,
  summary: { values: [{ tag, simpleValue }] },
})

function hparams(of: Hparams): Event {
  const content = encode(hparamsMessage, of).slice()
  const tensor = { type: tensorType.float, shape: { dim: [{ size: 0 }] } }
  return {
    wallTime: 100,
    summary: { values: [{ tag: 't', tensor, metadata: { plugin: { name: 'hparams', content } } }] },
  }
}

const session = (params: { [name: string]: number | string }): Event =>
  hparams({
    sessionStart: {
      hparams: Object.entries(params).map(([key, value]) => ({
        key,
        value: typeof value === 'number' ? { number: value } : { string: value },
      })),
    },
  })

const trialsOf = (events: readonly StudyEvent[]) =>
  events.flatMap((event) => {
    if (event.type !== 'trial-started') return []
    const ended = events.find((each) => each.type === 'trial-finished' && each.trial === event.trial)
    const reports = events.flatMap((each) =>
      each.type === 'trial-reported' && each.trial === event.trial ? each.reports : [],
    )
    return [{ params: event.params, outcome: ended?.type === 'trial-finished' ? ended.outcome : undefined, reports }]
  })

function imported(): StudyEvent[] {
  const events = importedStudy('s', { metric: 'loss', direction: 'minimize' }, readRuns(logdir, 100))
  expect(checkHistory(events)).toEqual([])
  return events
}

describe('old runs', () => {
  test('with sessions: parameters, curves, ends', () => {
    write('a', [session({ lr: 0.1 }), scalar(1, 'loss', 2), scalar(1, 'acc', 0.5), scalar(2, 'loss', 1)])
    write('a/validation', [scalar(1, 'loss', 4)])
    write('b', [session({ lr: 0.2 }), scalar(1, 'loss', 2), hparams({ sessionEnd: { status: 2 } })])
    write('c', [session({ lr: 0.3 }), scalar(1, 'acc', 2)])
    write('d', [session({ lr: 0.3 }), scalar(1, 'loss', Number.NaN), hparams({ sessionEnd: { status: 1 } })])
    const [a, b, c, d] = trialsOf(imported())
    expect(a).toEqual({
      params: { lr: 0.1 },
      outcome: { state: 'complete', values: [1] },
      reports: [
        { at: 101_000, step: 1, metrics: { loss: 2, acc: 0.5, 'validation/loss': 4 } },
        { at: 102_000, step: 2, metrics: { loss: 1 } },
      ],
    })
    expect(b?.outcome).toMatchObject({ state: 'failed', cause: 'exit' })
    expect(c?.outcome).toEqual({ state: 'failed', cause: 'nan', message: 'no loss in its event files' })
    expect(d?.outcome).toEqual({ state: 'failed', cause: 'nan', message: 'loss was NaN' })
  })

  test('of torch: parameters in a folder named by the time, an experiment record a run', () => {
    const info = (name: string) => hparams({ experiment: { hparams: [{ name, type: 3 }] } })
    write('x', [scalar(1, 'loss', 2)])
    write('x/1700000000.25', [info('lr'), session({ lr: 0.5 }), scalar(0, 'hparam/loss', 2)])
    write('y', [scalar(1, 'loss', 3)])
    write('y/1700000001.5', [info('depth'), session({ lr: 0.25, depth: 3 }), scalar(0, 'hparam/loss', 3)])
    const events = imported()
    expect(trialsOf(events).map(({ params, outcome }) => [params, outcome])).toEqual([
      [
        { lr: 0.5, depth: null },
        { state: 'complete', values: [2] },
      ],
      [
        { lr: 0.25, depth: 3 },
        { state: 'complete', values: [3] },
      ],
    ])
  })

  test('without parameters differ by their folder', () => {
    write('first', [scalar(1, 'loss', 2)])
    write('second', [scalar(1, 'loss', 1)])
    const events = imported()
    expect(trialsOf(events).map(({ params }) => params)).toEqual([{ run: 'first' }, { run: 'second' }])
  })

  test('of random bytes give nothing, or something lawful', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 8 }), fc.uint8Array(), (records, tail) => {
        const buffer = recordBuffer()
        for (const record of records) buffer.append(record)
        buffer.append(encode(eventMessage, scalar(1, 'loss', 1)))
        writeFileSync(join(logdir, 'events.out.tfevents.1'), Buffer.concat([buffer.take(), tail]))
        expect(imported().length).toBeGreaterThan(2)
      }),
    )
  })
})

describe('a space for runs', () => {
  const of = (runs: { [name: string]: Choice }[], infos: HparamInfo[] = []) =>
    inferSpace(runs, new Map(infos.map((info) => [info.name as string, info])))

  test.each<[string, { [name: string]: Choice }[], HparamInfo[], object]>([
    ['numbers', [{ x: 1.5 }, { x: 3 }], [], { x: { kind: 'float', low: 1.5, high: 3 } }],
    ['whole numbers', [{ x: 1 }, { x: 3 }], [], { x: { kind: 'int', low: 1, high: 3 } }],
    ['texts', [{ x: 'a' }, { x: 'b' }, { x: 'a' }], [], { x: { kind: 'categorical', choices: ['a', 'b'] } }],
    ['a range', [{ x: 2.5 }], [{ name: 'x', interval: { min: 0, max: 9 } }], { x: { kind: 'float', low: 0, high: 9 } }],
    [
      'a range that is too small',
      [{ x: 12.5 }],
      [{ name: 'x', interval: { min: 0, max: 9 } }],
      { x: { kind: 'float', low: 0, high: 12.5 } },
    ],
    [
      'choices',
      [{ x: 2 }],
      [{ name: 'x', discrete: { values: [{ number: 1 }, { number: 2 }] } }],
      { x: { kind: 'categorical', choices: [1, 2] } },
    ],
    [
      'our own words',
      [{ x: 0.01 }],
      [{ name: 'x', description: 'loguniform(0.001, 0.1)' }],
      { x: { kind: 'float', low: 0.001, high: 0.1, log: true } },
    ],
    [
      'other words',
      [{ x: 0.5 }, { x: 1.5 }],
      [{ name: 'x', description: 'the learning rate' }],
      { x: { kind: 'float', low: 0.5, high: 1.5 } },
    ],
    [
      'a condition',
      [{ opt: 'sgd', m: 0.5 }, { opt: 'adam' }, { opt: 'sgd', m: 0.25 }],
      [],
      {
        opt: { kind: 'categorical', choices: ['sgd', 'adam'] },
        m: { kind: 'float', low: 0.25, high: 0.5, when: { opt: ['sgd'] } },
      },
    ],
    [
      'what is missing at random',
      [{ opt: 'sgd', m: 0.5 }, { opt: 'sgd' }],
      [],
      { opt: { kind: 'categorical', choices: ['sgd'] }, m: { kind: 'categorical', choices: [0.5, null] } },
    ],
  ])('%s', (_, runs, infos, expected) => {
    expect(of(runs, infos)).toEqual(expected)
  })
})

test('a curve keeps its ends and a bounded number of points between', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2, max: 40 }), (length, most) => {
      const made = curve(most)
      for (let step = 0; step < length; step++) made.add({ step, value: step, at: step })
      const steps = made.points().map((point) => point.step)
      expect(steps.length).toBeLessThanOrEqual(most)
      expect(steps.length).toBeGreaterThanOrEqual(Math.min(length, Math.floor(most / 2)))
      expect([steps[0], steps.at(-1)]).toEqual([0, length - 1])
      expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b))
    }),
  )
})
