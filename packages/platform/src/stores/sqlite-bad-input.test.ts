import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StudyEvent } from '@parzen/core'
import { afterAll, describe, expect, it } from 'vitest'
import { sqliteStore } from './sqlite.js'
import { openLibsql } from './sqlite-driver.js'
import { migrate, migrations, schemaVersion } from './sqlite-schema.js'

const folder = mkdtempSync(join(tmpdir(), 'parzen-bad-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const event = (by: string): StudyEvent => ({ at: 1, type: 'study-resumed', by })
const elsewhere = 'name another place with --store or PARZEN_STORE'

describe('sqliteStore refuses', () => {
  it('a database of a newer version, and leaves it as it is', async () => {
    const path = join(folder, 'newer.db')
    const store = await sqliteStore(path)
    await store.append('s', 0, [event('a')])
    await store.close()
    const driver = await openLibsql(path)
    driver.exec('UPDATE parzen_schema SET version = 7')
    driver.close()
    await expect(sqliteStore(path)).rejects.toMatchObject({
      code: 'store/newer',
      message: `store ${path}: expected a database of version ${schemaVersion} or older, got version 7, made by a newer Parzen. update this installation (\`npm install parzen@latest\`) or name another place with --store; the file was left as it is`,
    })
    const again = await openLibsql(path)
    expect(again.all('SELECT version FROM parzen_schema')).toEqual([[7]])
    again.close()
  })

  it('a file that is no database, and leaves it as it is', async () => {
    const path = join(folder, 'notes.txt')
    writeFileSync(path, 'to do: '.repeat(1000))
    await expect(sqliteStore(path)).rejects.toMatchObject({
      code: 'store/not-a-database',
      message: `store ${path}: expected a Parzen database, got a file of another kind. ${elsewhere}; the file was left as it is`,
    })
    expect(readFileSync(path, 'utf8')).toBe('to do: '.repeat(1000))
  })

  it('a database of another program, and leaves it as it is', async () => {
    const path = join(folder, 'other.db')
    const driver = await openLibsql(path)
    driver.exec('CREATE TABLE invoices (sum INTEGER)')
    driver.close()
    await expect(sqliteStore(path)).rejects.toMatchObject({
      code: 'store/not-a-database',
      message: `store ${path}: expected a Parzen database, got one with the tables invoices. ${elsewhere}; the file was left as it is`,
    })
    const again = await openLibsql(path)
    expect(again.all('SELECT name FROM sqlite_master')).toEqual([['invoices']])
    expect(again.all('PRAGMA journal_mode')).toEqual([['delete']])
    again.close()
  })

  it('a folder, and a file in a folder that is missing', async () => {
    mkdirSync(join(folder, 'sub'))
    for (const path of [join(folder, 'sub'), join(folder, 'missing', 'parzen.db')]) {
      await expect(sqliteStore(path)).rejects.toMatchObject({
        code: 'store/open',
        message: `store ${path}: expected a file that can be opened or made, got one that cannot. check that it is no folder and that its folder may be written, or ${elsewhere}`,
      })
    }
  })

  it('a damaged database', async () => {
    const path = join(folder, 'damaged.db')
    const store = await sqliteStore(path)
    for (let n = 0; n < 50; n++) await store.append('s', n, [event('x'.repeat(1000))])
    await store.close()
    const bytes = readFileSync(path)
    bytes.fill(0xab, 4096)
    writeFileSync(join(folder, 'copy.db'), bytes)
    await expect(sqliteStore(join(folder, 'copy.db')).then((opened) => opened.read('s', 0))).rejects.toMatchObject({
      code: 'store/corrupt',
      message: `store ${join(folder, 'copy.db')}: expected a sound database, got a damaged one. keep the file, and put back a copy or save what can be read with \`sqlite3 FILE .recover\``,
    })
  })

  it('everything once it is closed', async () => {
    const path = join(folder, 'closed.db')
    const store = await sqliteStore(path)
    await store.close()
    const error = {
      code: 'store/closed',
      message: `store ${path}: expected an open store, it has been closed`,
    }
    await expect(store.append('s', 0, [event('a')])).rejects.toMatchObject(error)
    await expect(store.read('s', 0)).rejects.toMatchObject(error)
    await expect(store.list()).rejects.toMatchObject(error)
    await store.changed('s', 0)
  })
})

describe('sqliteStore and others that use the file', () => {
  it('waits for a writer that takes its time', async () => {
    const path = join(folder, 'waits.db')
    const store = await sqliteStore(path)
    const other = await openLibsql(path)
    other.exec('BEGIN IMMEDIATE')
    let isDone = false
    const appending = store.append('s', 0, [event('a')]).then((appended) => {
      isDone = true
      return appended
    })
    // several of the store's attempts come and go in this time; its reads are not held up
    const until = performance.now() + 60
    while (performance.now() < until) expect(await store.read('s', 0)).toEqual([])
    expect(isDone).toBe(false)
    other.exec('COMMIT')
    expect(await appending).toBe(true)
    other.close()
    await store.close()
  })

  it('says who is to blame when the wait has no end', async () => {
    const path = join(folder, 'stuck.db')
    const store = await sqliteStore(path, { patienceMilliseconds: 50 })
    const other = await openLibsql(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.append('s', 0, [event('a')])).rejects.toMatchObject({
      code: 'store/busy',
      message: `store ${path}: expected its turn to write within a minute, another process keeps it busy. look for a process that is stopped or hangs while it has the file open (\`fuser\`), end it and run again; nothing was lost`,
    })
    other.exec('ROLLBACK')
    expect(await store.append('s', 0, [event('a')])).toBe(true)
    other.close()
    await store.close()
  })

  it('opens a new file many times at once', async () => {
    const path = join(folder, 'rush.db')
    const stores = await Promise.all(Array.from({ length: 10 }, () => sqliteStore(path)))
    const won = await Promise.all(stores.map((store) => store.append('s', 0, [event('a')])))
    expect(won.filter(Boolean)).toHaveLength(1)
    for (const store of stores) await store.close()
  })

  it('leaves everything in the one file when it is closed', async () => {
    const path = join(folder, 'one.db')
    const store = await sqliteStore(path)
    await store.append('s', 0, [event('a')])
    await store.close()
    expect(existsSync(`${path}-wal`) ? statSync(`${path}-wal`).size : 0).toBe(0)
  })
})

describe('migrate', () => {
  it('brings an older database up to date, step by step, and keeps what is in it', async () => {
    const path = join(folder, 'older.db')
    const store = await sqliteStore(path)
    await store.append('s', 0, [event('a')])
    await store.close()
    const driver = await openLibsql(path)
    const steps = [
      ...migrations.map(() => 'never run'),
      'CREATE TABLE second (a)',
      'ALTER TABLE second ADD COLUMN b; INSERT INTO second VALUES (1, 2)',
    ]
    migrate(driver, path, steps)
    migrate(driver, path, steps)
    expect(driver.all('SELECT a, b FROM second')).toEqual([[1, 2]])
    expect(driver.all('SELECT version FROM parzen_schema')).toEqual([[schemaVersion + 2]])
    expect(driver.all('SELECT count(*) FROM events')).toEqual([[1]])
    driver.close()
  })

  it('changes nothing if a step fails', async () => {
    const path = join(folder, 'half.db')
    const store = await sqliteStore(path)
    await store.close()
    const driver = await openLibsql(path)
    expect(() => migrate(driver, path, [...migrations, 'CREATE TABLE second (a)', 'SELECT nonsense'])).toThrow(
      'nonsense',
    )
    expect(driver.all("SELECT name FROM sqlite_master WHERE name = 'second'")).toEqual([])
    expect(driver.all('SELECT version FROM parzen_schema')).toEqual([[schemaVersion]])
    driver.close()
  })
})
