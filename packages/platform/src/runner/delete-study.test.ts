import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findStudy, openStudy, type Study, type StudySpec } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openStudies } from '../http/studies.js'
import { studyFolder, trialFolder } from '../stores/folders.js'
import type { Repository } from '../stores/series.js'
import { sqliteStore } from '../stores/sqlite.js'
import { openLibsql } from '../stores/sqlite-driver.js'
import { deleteStudy, finishDeleting } from './delete-study.js'
import { takeLease } from './lease.js'
import { claimStudyFolder } from './study-folder.js'

const spec = (name: string): StudySpec => ({
  name,
  space: { x: { kind: 'float', low: 0, high: 1 } },
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 1,
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  budget: {},
})
const TRIALS = 700

let root: string
let store: Repository
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'parzen-delete-'))
  store = await sqliteStore(join(root, 'parzen.db'))
})
afterEach(async () => {
  await store.close()
  rmSync(root, { recursive: true, force: true })
})

/** With more events, packed and loose, and more series than one transaction takes away. */
async function studyWithFiles(name: string): Promise<Study> {
  const study = await openStudy(store, spec(name))
  claimStudyFolder(root, study)
  for (let trial = 0; trial < TRIALS; trial++) {
    await study.ask()
    await study.tell(trial, { state: 'complete', values: [trial] })
  }
  const records = [{ at: 1, step: 1, metrics: { loss: 1 } }]
  await store.series.append(
    Array.from({ length: TRIALS }, (_, trial) => ({
      ...{ study: name, trial, attempt: 1, kind: 'metrics' as const },
      ...{ from: 0, records },
    })),
  )
  mkdirSync(join(trialFolder(root, name, 0), 'attempt-1'), { recursive: true })
  writeFileSync(join(trialFolder(root, name, 0), 'attempt-1', 'stdout.log'), 'kept')
  return study
}

/** Rows of each table that are of no study. */
async function leftovers(): Promise<Record<string, unknown>> {
  const driver = await openLibsql(join(root, 'parzen.db'))
  const count = (from: string) => driver.all(`SELECT count(*) FROM ${from}`)[0]?.[0]
  const live = "(SELECT id FROM studies WHERE name NOT LIKE '.%')"
  try {
    return {
      events: count(`events WHERE study NOT IN ${live}`),
      pages: count(`event_pages WHERE study NOT IN ${live}`),
      series: count("series WHERE study LIKE '.%'"),
      chunks: count("series_chunks WHERE series NOT IN (SELECT id FROM series WHERE study NOT LIKE '.%')"),
    }
  } finally {
    driver.close()
  }
}
const nothing = { events: 0, pages: 0, series: 0, chunks: 0 }

async function expectGone(name: string): Promise<void> {
  expect(await store.list()).not.toContain(name)
  expect(await store.read(name, 0)).toEqual([])
  expect(await store.series.heads(name, 'metrics')).toEqual([])
  expect(await leftovers()).toEqual(nothing)
  expect(existsSync(studyFolder(root, name))).toBe(false)
  expect(readdirSync(join(root, 'studies')).filter((one) => one.startsWith('.'))).toEqual([])
}

it('leaves nothing of the study, and all of others', async () => {
  const other = await studyWithFiles('other')
  await deleteStudy(await studyWithFiles('digits'), { store, root })
  await expectGone('digits')
  expect(await store.list()).toEqual(['other'])
  expect((await store.read('other', 0)).length).toBe(other.state.version)
  expect((await store.series.heads('other', 'metrics')).length).toBe(TRIALS)
  expect(existsSync(trialFolder(root, 'other', 0))).toBe(true)
})

it('gives the disk back what the study occupied, to its last page', async () => {
  const pages = async () => {
    const driver = await openLibsql(join(root, 'parzen.db'))
    const [all, free] = ['page_count', 'freelist_count'].map((name) => Number(driver.all(`PRAGMA ${name}`)[0]?.[0]))
    driver.close()
    return { all: all as number, free }
  }
  const empty = await pages()
  const study = await studyWithFiles('digits')
  const full = await pages()
  await deleteStudy(study, { store, root })
  const after = await pages()
  expect(full.all).toBeGreaterThan(3 * empty.all)
  expect(after.free).toBe(0)
  expect(after.all).toBeLessThan(2 * empty.all)
  await store.close()
  expect(statSync(join(root, 'parzen.db')).size).toBe(after.all * 4096)
  store = await sqliteStore(join(root, 'parzen.db'))
})

it.each([
  ['after it was taken out of the store', () => undefined],
  ['after its files were put aside', (key: number) => renameSync(studyFolder(root, 'digits'), aside(key))],
  [
    'while its files were removed',
    (key: number) => {
      renameSync(studyFolder(root, 'digits'), aside(key))
      rmSync(join(aside(key), 'trial-0000'), { recursive: true })
    },
  ],
  [
    'while its rows were removed',
    async (key: number) => {
      rmSync(studyFolder(root, 'digits'), { recursive: true })
      const driver = await openLibsql(join(root, 'parzen.db'))
      driver.run('DELETE FROM events WHERE study = ? AND version % 2 = 0', key)
      driver.close()
    },
  ],
])('is gone and can be finished if it was killed %s', async (_, killed) => {
  await studyWithFiles('digits')
  const key = (await store.erasing?.key('digits')) as number
  expect(await store.erasing?.take('digits')).toBe(true)
  await killed(key)
  expect(await store.list()).toEqual([])
  expect(await finishDeleting({ store, root })).toEqual(['digits'])
  await expectGone('digits')
  expect(await finishDeleting({ store, root })).toEqual([])
})

const aside = (key: number) => join(root, 'studies', `.erased-${key}`)

it('does not touch the files of a new study of that name when it is finished late', async () => {
  await studyWithFiles('digits')
  await store.erasing?.take('digits')
  await studyWithFiles('digits')
  await finishDeleting({ store, root })
  expect((await findStudy(store, 'digits')).state.finished.length).toBe(TRIALS)
  expect(existsSync(trialFolder(root, 'digits', 0))).toBe(true)
  expect(await leftovers()).toEqual(nothing)
})

it('refuses while the study runs', async () => {
  const study = await openStudy(store, spec('digits'))
  const lease = takeLease(studyFolder(root, 'digits'), 'digits')
  await expect(deleteStudy(study, { store, root })).rejects.toThrow(
    /^study digits: expected nobody else to be running it, got process \d+ on /,
  )
  lease.release()
  await study.ask({ handle: { asked: 'a worker' } })
  await expect(deleteStudy(study, { store, root })).rejects.toThrow(
    'study digits: expected none of its trials to run, got 0. ',
  )
  await study.tell(0, { state: 'complete', values: [1] })
  await deleteStudy(study, { store, root })
  await expectGone('digits')
})

it('is noticed by processes that have the study open, also if another one has its name', async () => {
  const study = await studyWithFiles('digits')
  const studies = openStudies(store, { worker: 'server', now: Date.now, onFailure: () => undefined })
  expect((await studies.get('digits')).state.finished.length).toBe(TRIALS)
  const old = await findStudy(store, 'digits')
  await deleteStudy(study, { store, root })
  await expect(old.enqueue({ x: 0.5 })).rejects.toThrow('study digits: was deleted while it was in use')
  await expect(studies.get('digits')).rejects.toThrow('study "digits": not in this store')
  await openStudy(store, spec('digits'))
  expect((await studies.get('digits')).state.trials).toEqual([])
  await studies.close()
})
