import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findStudy, openStudy, type Report, type Study, type StudySpec } from '@parzen/core'
import { lineSpec } from '@parzen/core/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordReader } from '../stores/attempt-records.js'
import { memoryRepository } from '../stores/memory-series.js'
import type { Repository } from '../stores/series.js'
import { parseJsonLine } from './metrics.js'
import { type Reporting, reportSender } from './reports.js'
import { furthest, openTail } from './tail.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-reports-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const spec: StudySpec = lineSpec()
const at = { trial: 0, attempt: 1 }
const key = { study: 's', ...at, kind: 'metrics' } as const

/** As a runner that starts on an attempt does. */
async function reader(store: Repository): Promise<{ study: Study; one: Reporting; send: () => Promise<void> }> {
  const study = await findStudy(store, 's')
  const settled = furthest(study.state.trials[0]?.cursor, await store.series.cursor(key))
  const tail = openTail({
    folder,
    parseStdout: parseJsonLine,
    wanted: ['loss'],
    cursor: settled,
    now: () => 7,
  })
  const one: Reporting = { ...at, tail, settled }
  const sender = reportSender(study, store.series, () => {})
  return { study, one, send: () => sender.send([one]) }
}

async function started(store: Repository): Promise<void> {
  const study = await openStudy(store, spec)
  await study.ask()
  await study.launched(0, 1, {})
}

const print = (from: number, to: number) => {
  const lines = Array.from({ length: to - from }, (_, i) =>
    JSON.stringify({ step: from + i, loss: -i, other: from + i }),
  )
  appendFileSync(join(folder, 'stdout.log'), `${lines.join('\n')}\n`)
}

async function kept(store: Repository): Promise<{ all: number[]; inJournal: number[] }> {
  const [trial] = (await findStudy(store, 's')).state.trials
  if (!trial) throw new Error('no trial')
  const all: Report[] = []
  for await (const records of recordReader(store.series, 's')(trial, 1, 0)) all.push(...records)
  return { all: all.map(({ step }) => step), inJournal: trial.reports.map(({ step }) => step) }
}

const steps = (to: number) => Array.from({ length: to }, (_, step) => step)

it('keeps where it stood in the journal for the first reports, and then beside the series only', async () => {
  const store = memoryRepository()
  await started(store)
  const { send } = await reader(store)
  for (const [from, to] of [
    [0, 5],
    [5, 30],
    [30, 40],
    [40, 41],
  ] as const) {
    print(from, to)
    await send()
  }
  const reported = (await store.read('s', 0)).filter((event) => event.type === 'trial-reported')
  expect(reported.map(({ cursor }) => (cursor as { count?: number } | undefined)?.count)).toEqual([
    5,
    30,
    undefined,
    undefined,
  ])
  // not yet what has just been read
  expect(await store.series.cursor(key)).toMatchObject({ count: 40 })
  expect(await kept(store)).toEqual({ all: steps(41), inJournal: steps(41) })
})

it('has every report once, wherever it is killed', async () => {
  for (const killAt of ['before the series', 'before the journal', 'after the journal'] as const) {
    for (const size of [7, 13, 40]) {
      rmSync(join(folder, 'stdout.log'), { force: true })
      const store = memoryRepository()
      await started(store)
      let isKilling = false
      const killed = (place: typeof killAt) => {
        if (isKilling && place === killAt) throw new Error('killed')
      }
      const watched: Repository = {
        ...store,
        async append(...given) {
          killed('before the journal')
          return store.append(...given)
        },
        series: {
          ...store.series,
          async append(batch) {
            killed('before the series')
            await store.series.append(batch)
          },
        },
      }
      for (let step = 0; step < 200; step += 2 * size) {
        isKilling = false
        const { send } = await reader(watched)
        print(step, step + size)
        await send()
        isKilling = true
        print(step + size, step + 2 * size)
        // without anything for the series the first of them pass
        await send().catch((error: Error) => expect(error.message).toBe('killed'))
      }
      isKilling = false
      const { send } = await reader(watched)
      await send()
      const count = 2 * size * Math.ceil(100 / size)
      expect(await kept(store)).toEqual({ all: steps(count), inJournal: steps(count) })
    }
  }
})

it('writes nothing into the journal where nothing decides', async () => {
  const store = memoryRepository()
  await started(store)
  const first = await reader(store)
  print(0, 25)
  await first.send()
  const { version } = first.study.state
  const dense = steps(500).map((step) => JSON.stringify({ step, other: step }))
  appendFileSync(join(folder, 'stdout.log'), `${dense.join('\n')}\n`)
  await first.send()
  expect(first.study.state.version).toBe(version)
  appendFileSync(join(folder, 'stdout.log'), `${dense.join('\n')}\n`)
  await first.send()
  const second = await reader(store)
  expect(second.one.tail.count).toBe(525)
  await second.send()
  expect((await kept(store)).all).toEqual([...steps(25), ...steps(500), ...steps(500)])
})
