import type { Report } from '@parzen/core'
import { afterEach, describe, expect, it } from 'vitest'
import type { Repository, SeriesKey, SeriesStore } from './series.js'

const key: SeriesKey = { study: 's', trial: 0, attempt: 1, kind: 'metrics' }
const record = (step: number, loss: Report['metrics'][string] = step / 3): Report => ({
  at: 1_790_000_000_000 + step * 200,
  step,
  metrics: { loss },
})
const run = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => record(from + i))

/** All records of a series, read as far as there are any. */
export async function allRecords(series: SeriesStore, of: SeriesKey): Promise<Report[]> {
  const all: Report[] = []
  for (let from = 0; ; ) {
    const { records, next } = await series.records(of, from)
    if (records.length === 0) return all
    all.push(...records)
    from = next
  }
}

/**
 * The laws of a `SeriesStore`.
 *
 * @param open a handle to the place `key`: the same place for the same key, a new empty one for a new key.
 */
export function seriesContract(
  name: string,
  open: (key: string) => Promise<Repository>,
  { persistent }: { readonly persistent: boolean },
): void {
  describe(`series contract: ${name}`, () => {
    const opened: Repository[] = []
    let places = 0
    const openAt = async (place: string) => {
      const store = await open(place)
      opened.push(store)
      return store
    }
    const fresh = async () => (await openAt(`series-${++places}`)).series
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close()
    })

    it('has nothing of what it does not know', async () => {
      const series = await fresh()
      expect(await series.heads('s', 'metrics')).toEqual([])
      expect(await series.records(key, 0)).toEqual({ records: [], next: 0 })
      expect(await series.points(key, 'loss', 10)).toEqual({ steps: [], at: [], values: [] })
    })

    it('gives back every record in order, however it came', async () => {
      for (const size of [1, 7, 1000, 5000]) {
        const series = await fresh()
        for (let from = 0; from < 10_000; from += size) {
          await series.append([{ ...key, from, records: run(from, Math.min(10_000, from + size)) }])
          if (size < 10 && from === 210) break
        }
        const length = size < 10 ? 210 + size : 10_000
        expect(await allRecords(series, key)).toEqual(run(0, length))
        expect((await series.records(key, length - 1)).records).toEqual(run(length - 1, length))
        expect((await series.heads('s', 'metrics'))[0]).toMatchObject({ first: 0, length })
      }
    })

    it('replaces what is sent again, and nothing else', async () => {
      const series = await fresh()
      const again = (from: number, to: number) => run(from, to).map(({ step }) => record(step, -step))
      await series.append([{ ...key, from: 0, records: run(0, 1000) }])
      await series.append([{ ...key, from: 1000, records: run(1000, 1500) }])
      await series.append([{ ...key, from: 700, records: again(700, 900) }])
      expect(await allRecords(series, key)).toEqual([...run(0, 700), ...again(700, 900), ...run(900, 1500)])
      await series.append([{ ...key, from: 900, records: again(900, 1700) }])
      await series.append([{ ...key, from: 900, records: again(900, 1700) }])
      expect(await allRecords(series, key)).toEqual([...run(0, 700), ...again(700, 1700)])
      await series.append([{ ...key, from: 1700, records: run(1700, 1710) }])
      await series.append([{ ...key, from: 0, records: run(0, 1705) }])
      expect(await allRecords(series, key)).toEqual(run(0, 1710))
      expect(await series.heads('s', 'metrics')).toEqual([
        { ...key, first: 0, length: 1710, last: { loss: { step: 1709, at: record(1709).at, value: 1709 / 3 } } },
      ])
    })

    it('keeps the last cursor that came with records of an attempt', async () => {
      const series = await fresh()
      expect(await series.cursor(key)).toBeUndefined()
      await series.append([{ ...key, from: 0, records: run(0, 9) }])
      expect(await series.cursor(key)).toBeUndefined()
      await series.append([{ ...key, from: 9, records: run(9, 10), cursor: { at: 7 } }])
      await series.append([{ ...key, from: 10, records: run(10, 11) }])
      await series.append([{ ...key, attempt: 2, from: 0, records: run(0, 5000), cursor: 'elsewhere' }])
      expect(await series.cursor(key)).toEqual({ at: 7 })
      await series.append([{ ...key, from: 9, records: run(9, 12), cursor: 12 }])
      expect(await series.cursor(key)).toBe(12)
      expect(await series.cursor({ ...key, attempt: 2 })).toBe('elsewhere')
    })

    it('may begin late and have gaps', async () => {
      const series = await fresh()
      await series.append([{ ...key, from: 20, records: run(20, 30) }])
      await series.append([{ ...key, from: 40, records: run(40, 50) }])
      expect(await allRecords(series, key)).toEqual([...run(20, 30), ...run(40, 50)])
      expect((await series.records(key, 35)).records[0]).toEqual(record(40))
      expect((await series.heads('s', 'metrics'))[0]).toMatchObject({ first: 20, length: 50 })
      await series.append([{ ...key, from: 0, records: run(0, 1) }])
      expect((await series.heads('s', 'metrics'))[0]).toMatchObject({ first: 0, length: 50 })
      expect(await allRecords(series, key)).toEqual([...run(0, 1), ...run(20, 30), ...run(40, 50)])
    })

    it('keeps any number, any name and metrics that come now and then', async () => {
      const series = await fresh()
      const values = ['NaN', 'Infinity', '-Infinity', 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 0, -1e-7] as const
      const names = ['loss', 'val/acc', '', '__proto__', '学習', "it's"]
      const records = values.map((value, step): Report => {
        const metrics = names.filter((_, i) => step % (i + 1) === 0).map((name) => [name, value] as const)
        return { at: 1.5 + step, step: step / 7, metrics: Object.fromEntries(metrics) }
      })
      await series.append([{ ...key, from: 0, records }])
      const entries = (list: readonly Report[]) => list.map(({ metrics }) => Object.entries(metrics).sort())
      const back = await allRecords(series, key)
      expect(entries(back)).toEqual(entries(records))
      expect(back.map(({ at, step }) => [at, step])).toEqual(records.map(({ at, step }) => [at, step]))
    })

    it('keeps studies, trials, attempts and kinds apart, and lists them in order', async () => {
      const series = await fresh()
      const keys = [
        { ...key, trial: 10 },
        { ...key, trial: 2, attempt: 2 },
        { ...key, trial: 2, attempt: 1 },
        { ...key, kind: 'system' as const },
        { ...key, study: 'other' },
      ]
      await series.append(keys.map((of, i) => ({ ...of, from: 0, records: [record(i)] })))
      for (const [i, of] of keys.entries()) expect(await allRecords(series, of)).toEqual([record(i)])
      const listed = (heads: readonly SeriesKey[]) => heads.map(({ trial, attempt }) => [trial, attempt])
      expect(listed(await series.heads('s', 'metrics'))).toEqual([
        [2, 1],
        [2, 2],
        [10, 1],
      ])
      expect(listed(await series.heads('s', 'metrics', [10, 11]))).toEqual([[10, 1]])
      expect(listed(await series.heads('s', 'system'))).toEqual([[0, 1]])
    })

    it('knows the last value of each metric: at the greatest step, of several there the last', async () => {
      const series = await fresh()
      const at = (step: number, metrics: Report['metrics']): Report => ({ at: step, step, metrics })
      await series.append([{ ...key, from: 0, records: [at(1, { a: 1, b: 1 }), at(3, { a: 3 }), at(2, { a: 2 })] }])
      await series.append([{ ...key, from: 3, records: [at(2, { b: 'NaN' }), at(3, { a: 4 })] }])
      expect((await series.heads('s', 'metrics'))[0]?.last).toEqual({
        a: { step: 3, at: 3, value: 4 },
        b: { step: 2, at: 2, value: 'NaN' },
      })
    })

    it('reads one metric as points, without what is no number', async () => {
      const series = await fresh()
      const records = [record(0, 5), record(1, 'NaN'), { ...record(2), metrics: { other: 1 } }, record(3, 4)]
      await series.append([{ ...key, from: 0, records }])
      expect(await series.points(key, 'loss', 10)).toEqual({
        steps: [0, 3],
        at: [record(0).at, record(3).at],
        values: [5, 4],
      })
    })

    it('reads few points of a long series without losing a spike or an end', async () => {
      const series = await fresh()
      const value = (step: number) => (step === 4321 ? 100 : step === 19_000 ? -100 : Math.sin(step / 500))
      const records = Array.from({ length: 20_000 }, (_, step) => record(step, value(step)))
      for (let from = 0; from < records.length; from += 3000) {
        await series.append([{ ...key, from, records: records.slice(from, from + 3000) }])
      }
      const { steps, at, values } = await series.points(key, 'loss', 500)
      expect(steps.length).toBeLessThanOrEqual(500)
      expect(steps.length).toBeGreaterThan(300)
      expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b))
      expect([steps[0], steps.at(-1)]).toEqual([0, 19_999])
      expect(values).toEqual(steps.map(value))
      expect(at).toEqual(steps.map((step) => record(step).at))
      expect([Math.max(...values), Math.min(...values)]).toEqual([100, -100])
    })

    it('keeps copies, and makes no study', async () => {
      const store = await openAt(`series-${++places}`)
      const metrics = { loss: 1 }
      const appending = store.series.append([{ ...key, from: 0, records: [{ at: 0, step: 0, metrics }] }])
      metrics.loss = 2
      await appending
      expect((await allRecords(store.series, key))[0]?.metrics).toEqual({ loss: 1 })
      expect(await store.list()).toEqual([])
    })

    it('takes many appends at once, in the order they were made', async () => {
      const series = await fresh()
      await Promise.all(run(0, 500).map((one, from) => series.append([{ ...key, from, records: [one] }])))
      expect(await allRecords(series, key)).toEqual(run(0, 500))
    })

    if (persistent) {
      it('takes records of an attempt one by one, from several handles in turn', async () => {
        const place = `series-${++places}`
        const handles = [(await openAt(place)).series, (await openAt(place)).series]
        for (let from = 0; from < 60; from++) {
          // now and then the other one goes on
          const series = handles[Math.floor(from / 7) % 2] as SeriesStore
          await series.append([{ ...key, from, records: run(from, from + 1) }])
          // and some come twice
          if (from % 10 === 9) await series.append([{ ...key, from: from - 2, records: run(from - 2, from + 1) }])
        }
        for (const series of handles) expect(await allRecords(series, key)).toEqual(run(0, 60))
      })

      it('finishes what was being written when it is closed, and shows it to every handle', async () => {
        const place = `series-${++places}`
        const store = await openAt(place)
        const other = await openAt(place)
        const appending = store.series.append([{ ...key, from: 0, records: run(0, 100) }])
        await store.close()
        await appending
        expect(await allRecords(other.series, key)).toEqual(run(0, 100))
        await other.series.append([{ ...key, from: 90, records: run(90, 110) }])
        expect(await allRecords((await openAt(place)).series, key)).toEqual(run(0, 110))
      })
    }
  })
}
