import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { locate, openStore } from './open.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'parzen-open-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

describe('locate', () => {
  const at = (path: string, root: string) => ({ kind: 'sqlite', path, root })

  it.each([
    ['/a/b.db', at('/a/b.db', '/a')],
    ['sqlite:/a/b.db', at('/a/b.db', '/a')],
    ['sqlite:///a/b.db', at('/a/b.db', '/a')],
    ['SQLite:/a/b.db', at('/a/b.db', '/a')],
    ['/a/b/', at('/a/b/parzen.db', '/a/b')],
    ['study.db', at(resolve('study.db'), resolve('.'))],
    ['sqlite:study.db', at(resolve('study.db'), resolve('.'))],
    ['./odd:name.db', at(resolve('./odd:name.db'), resolve('.'))],
    [folder, at(join(folder, 'parzen.db'), folder)],
    ['memory:', { kind: 'memory', path: '', root: '' }],
  ])('%s', (location, expected) => {
    expect(locate(location)).toEqual(expected)
  })

  it('takes PARZEN_STORE, else .parzen in the current folder', () => {
    vi.stubEnv('PARZEN_STORE', '/from/environment.db')
    expect(locate().path).toBe('/from/environment.db')
    vi.stubEnv('PARZEN_STORE', '')
    expect(locate()).toEqual(at(resolve('.parzen/parzen.db'), resolve('.parzen')))
  })

  it('knows a database by one name, whichever link leads to it, before it exists and after', () => {
    mkdirSync(join(folder, 'real'))
    const file = join(folder, 'real', 'a.db')
    symlinkSync(file, join(folder, 'link.db'))
    symlinkSync('link.db', join(folder, 'second-link.db'))
    symlinkSync('real', join(folder, 'linked'))
    const names = [file, ...['link.db', 'second-link.db', 'linked/a.db'].map((name) => join(folder, name))]
    for (const name of names) expect(locate(name)).toEqual(at(file, join(folder, 'real')))
    expect(locate(join(folder, 'linked/new/b.db')).path).toBe(join(folder, 'real/new/b.db'))
    writeFileSync(file, '')
    for (const name of names) expect(locate(name)).toEqual(at(file, join(folder, 'real')))
    symlinkSync('round.db', join(folder, 'round.db'))
    expect(locate(join(folder, 'round.db')).path).toBe(join(folder, 'round.db'))
  })

  it.each([
    [
      'postgres://me:secret@host/db',
      'store postgres://…@host/db: expected sqlite:PATH, a path or memory:, got postgres:. PostgreSQL and servers are planned, not there yet',
    ],
    [
      'https://server',
      'store https://server: expected sqlite:PATH, a path or memory:, got https:. PostgreSQL and servers are planned, not there yet',
    ],
    [
      'mysql:x',
      'store mysql:x: expected sqlite:PATH, a path or memory:, got mysql:. write ./ before a path with a colon',
    ],
    ['sqlite:', 'store: expected a path after sqlite:, got nothing. for example sqlite:.parzen/parzen.db'],
  ])('refuses %s', (location, message) => {
    expect(() => locate(location)).toThrow(expect.objectContaining({ code: 'store/location', message }))
  })
})

describe('openStore', () => {
  it('makes the folder for its owner alone, and finds the store again', async () => {
    const location = join(folder, 'deep', 'er', 'parzen.db')
    const store = await openStore(location)
    await store.append('s', 0, [{ at: 1, type: 'study-resumed', by: 'me' }])
    await store.close()
    expect(statSync(join(folder, 'deep', 'er')).mode & 0o777).toBe(0o700)
    const again = await openStore(`sqlite:${location}`, { durability: 'power' })
    expect(await again.list()).toEqual(['s'])
    await again.close()
  })

  it('keeps its files for their owner alone, also in a folder for everybody', async () => {
    const location = join(folder, 'private.db')
    const umask = process.umask(0)
    const store = await openStore(location).finally(() => process.umask(umask))
    await store.append('s', 0, [{ at: 1, type: 'study-resumed', by: 'me' }])
    const modes = ['', '-wal', '-shm'].map((end) => (statSync(location + end).mode & 0o777).toString(8))
    await store.close()
    expect(modes).toEqual(['600', '600', '600'])
  })

  it('opens a store of this process alone', async () => {
    const store = await openStore('memory:')
    expect(await store.list()).toEqual([])
  })

  it('says why the folder cannot be made', async () => {
    const store = await openStore(join(folder, 'file'))
    await store.close()
    const blocked = join(folder, 'file', 'sub')
    await expect(openStore(join(blocked, 'parzen.db'))).rejects.toMatchObject({
      code: 'store/folder',
      message: `store ${blocked}: expected a folder that can be made, got ENOTDIR. check that its parent may be written, or name another place with --store or PARZEN_STORE`,
    })
  })
})
