import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fold, type Space, type StudyEvent, type StudySpec } from '@parzen/core'
import { lineSpec } from '@parzen/core/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Event, type Hparams, hparamsMessage } from './event.js'
import { decode } from './protobuf.js'
import { readRecords } from './record.js'
import { decodeEvent, scalarsOf } from './scalar.js'
import { sweepLog } from './sweep-log.js'

const space: Space = {
  lr: { kind: 'float', low: 1e-5, high: 0.1, log: true },
  opt: { kind: 'categorical', choices: ['adam', 'sgd'] },
  'opt.sgd.momentum': { kind: 'float', low: 0, high: 0.99, when: { opt: ['sgd'] } },
  mixed: { kind: 'categorical', choices: [1, 'two', null] },
}
const spec: StudySpec = lineSpec({
  space,
  objectives: [{ metric: 'acc', direction: 'maximize' }],
  seed: 0,
})
const T = 1_767_225_600_000
const report = (at: number, trial: number, attempt: number, step: number, acc: number | 'NaN'): StudyEvent => ({
  at,
  type: 'trial-reported',
  trial,
  attempt,
  reports: [{ at, step, metrics: { acc, loss: 1 } }],
})

/** A trial tried twice, one that is complete, one that is pruned, one that runs. */
const journal: readonly StudyEvent[] = [
  { at: T, type: 'study-created', spec },
  ...[0, 1, 2, 3].map((trial): StudyEvent => {
    const params =
      trial === 1
        ? { lr: 0.01, opt: 'sgd', 'opt.sgd.momentum': 0.9, mixed: 'two' }
        : { lr: 0.1, opt: 'adam', mixed: null }
    return { at: T + trial, type: 'trial-started', trial, params, seen: 1 + trial, worker: 'w' }
  }),
  ...[0, 1, 2, 3].map((trial): StudyEvent => ({ at: T + 10, type: 'trial-launched', trial, attempt: 1, handle: null })),
  report(T + 1000, 0, 1, 1, 0.9),
  report(T + 1000, 1, 1, 1, 0.5),
  {
    at: T + 2000,
    type: 'trial-retried',
    trial: 0,
    attempt: 2,
    cause: 'lost',
    message: 'gone',
    fault: 'infrastructure',
  },
  report(T + 2000, 1, 1, 2, 0.75),
  report(T + 2000, 1, 1, 3, 'NaN'),
  report(T + 2500, 1, 1, 4, 0.625),
  { at: T + 3000, type: 'trial-finished', trial: 1, outcome: { state: 'complete', values: [0.625] } },
  { at: T + 3000, type: 'trial-launched', trial: 0, attempt: 2, handle: null },
  report(T + 4000, 0, 2, 1, 0.25),
  { at: T + 5000, type: 'trial-finished', trial: 0, outcome: { state: 'failed', cause: 'exit', message: 'code 1' } },
  report(T + 5000, 2, 1, 1, 0.125),
  { at: T + 6000, type: 'trial-finished', trial: 2, outcome: { state: 'pruned', reason: 'bad' } },
]

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-sweep-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))

/** Name of run to bytes. */
function contents(of = folder): { [file: string]: Buffer } {
  const names = readdirSync(of, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('tfevents'))
  return Object.fromEntries(names.sort().map((name) => [name.replace(/events.*/, ''), readFileSync(join(of, name))]))
}

function eventsOf(run: string): Event[] {
  const dir = join(folder, run)
  const [file = ''] = readdirSync(dir).filter((name) => name.includes('tfevents'))
  const events: Event[] = []
  readRecords(join(dir, file), 0, true, (bytes, start, end) => events.push(decodeEvent(bytes, start, end) as Event) > 0)
  return events
}

function hparamsOf(event: Event | undefined): Hparams | undefined {
  const content = event?.summary?.values?.[0]?.metadata?.plugin?.content
  return content && decode(hparamsMessage, content)
}

const points = (run: string, tag: string) =>
  eventsOf(run)
    .flatMap(scalarsOf)
    .filter((scalar) => scalar.tag === tag)
    .map(({ step, value }) => [step, value])

describe('the log folder of a sweep', () => {
  test('has a folder an attempt, with all that was reported', async () => {
    await sweepLog(folder).update(fold(journal))
    expect(Object.keys(contents())).toEqual([
      '',
      'trial-0000-attempt-2/',
      'trial-0000/',
      'trial-0001/',
      'trial-0002/',
      'trial-0003/',
    ])
    expect(eventsOf('trial-0001')[0]).toEqual({ wallTime: T / 1000 + 0.01, fileVersion: 'brain.Event:2' })
    expect(points('trial-0001', 'acc')).toEqual([
      [1, 0.5],
      [2, 0.75],
      [3, Number.NaN],
      [4, 0.625],
    ])
    expect(points('trial-0001', 'objective/best')).toEqual([[4, 0.75]])
    expect(points('trial-0001', 'objective/last')).toEqual([[4, 0.625]])
    expect(points('trial-0000', 'acc')).toEqual([[1, expect.closeTo(0.9, 6)]])
    expect(points('trial-0000-attempt-2', 'acc')).toEqual([[1, 0.25]])
    expect(points('trial-0002', 'loss')).toEqual([[1, 1]])
  })

  test('tells the HParams tab parameters and ends, once each; what is not active or null is left out', async () => {
    await sweepLog(folder).update(fold(journal))
    const start = hparamsOf(eventsOf('trial-0001')[1])?.sessionStart
    expect(start?.groupName).toBe('trial-0001')
    expect(start?.hparams?.map(({ key, value }) => [key, value])).toEqual([
      ['lr', { number: 0.01 }],
      ['opt', { string: 'sgd' }],
      ['opt.sgd.momentum', { number: 0.9 }],
      ['mixed', { string: 'two' }],
    ])
    expect(hparamsOf(eventsOf('trial-0002')[1])?.sessionStart?.hparams?.map(({ key }) => key)).toEqual(['lr', 'opt'])
    const ends = (run: string) => eventsOf(run).flatMap((event) => hparamsOf(event)?.sessionEnd ?? [])
    expect(ends('trial-0000')).toEqual([{ status: 2, endTime: T / 1000 + 2 }])
    expect(ends('trial-0000-attempt-2').map(({ status }) => status)).toEqual([2])
    expect(ends('trial-0001').map(({ status }) => status)).toEqual([1])
    expect(ends('trial-0002').map(({ status }) => status)).toEqual([1])
    expect(ends('trial-0003')).toEqual([])
  })

  test('describes the columns: ranges, choices, names, all metrics', async () => {
    await sweepLog(folder).update(fold(journal))
    const experiment = hparamsOf(eventsOf('')[1])?.experiment
    expect(experiment?.name).toBe('s')
    expect(
      experiment?.hparams?.map(({ name, type, interval, discrete, differs }) => [
        name,
        type,
        interval ?? discrete?.values,
        differs,
      ]),
    ).toEqual([
      ['lr', 3, { min: 1e-5, max: 0.1 }, true],
      ['opt', 1, [{ string: 'adam' }, { string: 'sgd' }], true],
      ['opt.sgd.momentum', 3, { min: 0, max: 0.99 }, true],
      ['mixed', 1, [{ string: '1' }, { string: 'two' }], true],
    ])
    expect(experiment?.hparams?.[0]?.description).toBe('loguniform(0.00001, 0.1)')
    expect(experiment?.metrics?.map(({ name }) => name?.tag)).toEqual([
      'objective/best',
      'objective/last',
      'acc',
      'loss',
    ])
  })

  test('is the same bytes whether it was written at once, as it happened, or after a crash anywhere', async () => {
    const whole = join(folder, 'whole')
    await sweepLog(whole).update(fold(journal))
    await fc.assert(
      fc.asyncProperty(fc.nat(journal.length), fc.nat(journal.length), fc.nat(), async (a, b, cut) => {
        const live = join(folder, 'live')
        rmSync(live, { recursive: true, force: true })
        mkdirSync(live)
        const first = sweepLog(live)
        await first.update(fold(journal.slice(0, Math.min(a, b))))
        await first.update(fold(journal.slice(0, Math.max(a, b))))
        if (Object.keys(contents(live)).length > 0) {
          const names = readdirSync(live, { recursive: true, encoding: 'utf8' }).filter((name) =>
            name.includes('tfevents'),
          )
          const torn = join(live, names[cut % names.length] as string)
          truncateSync(torn, cut % (readFileSync(torn).length + 1))
        }
        await sweepLog(live).update(fold(journal))
        // two at a time write the same bytes at the same places
        await first.update(fold(journal))
        expect(contents(live)).toEqual(contents(whole))
      }),
      { numRuns: 60 },
    )
  })

  test('puts right what somebody else has written there', async () => {
    const state = fold(journal)
    await sweepLog(folder).update(state)
    const right = contents()
    const [name = ''] = readdirSync(join(folder, 'trial-0001'))
    writeFileSync(join(folder, 'trial-0001', name), 'something else')
    await sweepLog(folder).update(state)
    expect(contents()).toEqual(right)
    expect(readdirSync(join(folder, 'trial-0001'))).toEqual([name])
  })

  test('says so if it cannot write', async () => {
    mkdirSync(join(folder, 'other'))
    cpSync(new URL(import.meta.url), join(folder, 'other', 'file'))
    await expect(sweepLog(join(folder, 'other', 'file')).update(fold(journal))).rejects.toThrow(/ENOTDIR|EEXIST/)
  })
})
