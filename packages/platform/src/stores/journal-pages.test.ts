import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StudyEvent } from '@parzen/core'
import { afterAll, expect, it } from 'vitest'
import { sqliteStore } from './sqlite.js'
import { inTransaction, openLibsql } from './sqlite-driver.js'
import { migrate, migrations } from './sqlite-schema.js'

const folder = mkdtempSync(join(tmpdir(), 'parzen-pages-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const event = (n: number, text = ''): StudyEvent => ({
  at: 1_790_000_000_000 + n,
  type: 'study-resumed',
  by: text || `${n}`,
})
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => event(from + i))

async function rows(path: string): Promise<{ loose: number; pages: number }> {
  const driver = await openLibsql(path)
  const [[loose, pages] = []] = driver.all('SELECT (SELECT count(*) FROM events), (SELECT count(*) FROM event_pages)')
  driver.close()
  return { loose: Number(loose), pages: Number(pages) }
}

it('reads a journal from any version on, of which the old part is packed', async () => {
  const path = join(folder, 'any.db')
  const store = await sqliteStore(path)
  for (let n = 0; n < 2100; n += 3) {
    await store.append('s', n, range(n, n + 3))
    await store.append('other', n, range(n, n + 3))
  }
  expect(await rows(path)).toEqual({ loose: 2 * (2100 - 3 * 512), pages: 6 })
  for (const from of [0, 1, 511, 512, 513, 1535, 1536, 1537, 2099]) {
    expect(await store.read('s', from)).toEqual(range(from, 2100))
    expect(await store.read('other', from)).toEqual(range(from, 2100))
  }
  expect(await store.read('s', 2100)).toEqual([])
  expect(await store.append('s', 1000, range(0, 1))).toBe(false)
  await store.close()
})

it('shows those who follow every event once, however slowly they read', async () => {
  const path = join(folder, 'follow.db')
  const [writer, quick, slow] = await Promise.all([sqliteStore(path), sqliteStore(path), sqliteStore(path)])
  const seen: { quick: StudyEvent[]; slow: StudyEvent[] } = { quick: [], slow: [] }
  for (let n = 0; n < 5000; n += 10) {
    await writer.append('s', n, range(n, n + 10))
    seen.quick.push(...(await quick.read('s', seen.quick.length)))
    if (n % 1300 === 0) seen.slow.push(...(await slow.read('s', seen.slow.length)))
  }
  expect(seen.quick).toEqual(range(0, 5000))
  seen.slow.push(...(await slow.read('s', seen.slow.length)))
  expect(seen.slow).toEqual(range(0, 5000))
  for (const store of [writer, quick, slow]) await store.close()
})

it('packs the journal of an earlier version bit by bit, as more is appended', async () => {
  const path = join(folder, 'old.db')
  const driver = await openLibsql(path)
  migrate(driver, path, migrations.slice(0, 2))
  inTransaction(driver, () => {
    driver.exec("INSERT INTO studies VALUES (1, 's')")
    range(0, 6000).forEach((one, n) => {
      driver.run('INSERT INTO events VALUES (1, ?, ?)', n, JSON.stringify(one))
    })
  })
  driver.close()
  const store = await sqliteStore(path)
  expect(await store.read('s', 0)).toEqual(range(0, 6000))
  expect(await rows(path)).toEqual({ loose: 6000, pages: 0 })
  await store.append('s', 6000, range(6000, 6200))
  expect(await rows(path)).toEqual({ loose: 6200 - 4 * 512, pages: 4 })
  expect(await store.read('s', 0)).toEqual(range(0, 6200))
  for (let n = 6200; n < 7700; n += 500) await store.append('s', n, range(n, n + 500))
  expect(await rows(path)).toEqual({ loose: 7700 - 14 * 512, pages: 14 })
  expect(await store.read('s', 0)).toEqual(range(0, 7700))
  await store.close()
})

it('packs large events fewer to a page', async () => {
  const path = join(folder, 'large.db')
  const store = await sqliteStore(path)
  const events = Array.from({ length: 1100 }, (_, n) => event(n, n < 5 ? 'x'.repeat(3_000_000) : ''))
  await store.append('s', 0, events)
  expect((await rows(path)).pages).toBe(4)
  expect(await store.read('s', 0)).toEqual(events)
  expect(await store.read('s', 3)).toEqual(events.slice(3))
  await store.close()
})

it('says so if a page is damaged or gone', async () => {
  const path = join(folder, 'damaged.db')
  const store = await sqliteStore(path)
  await store.append('s', 0, range(0, 3000))
  const other = await openLibsql(path)
  const damaged = {
    code: 'store/corrupt',
    message: `store ${path}: expected a sound database, got a damaged one. keep the file, and put back a copy or save what can be read with \`sqlite3 FILE .recover\``,
  }
  other.exec("UPDATE event_pages SET events = x'00' WHERE first = 512")
  await expect(store.read('s', 0)).rejects.toMatchObject(damaged)
  expect(await store.read('s', 1024)).toEqual(range(1024, 3000))
  other.exec('DELETE FROM event_pages WHERE first = 512')
  await expect(store.read('s', 600)).rejects.toMatchObject(damaged)
  other.close()
  await store.close()
})
