import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, type StudyEvent, type StudySpec, verify } from '@parzen/core'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore, openStudy } from '../packages/platform/dist/index.js'
import { openLibsql } from '../packages/platform/dist/stores/sqlite-driver.js'
import { train, workplace } from './cli/workplace.js'

const folder = mkdtempSync(join(tmpdir(), 'parzen-store-e2e-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const spec: StudySpec = {
  name: 'shared',
  space: { x: { kind: 'float', low: 0, high: 1 }, n: { kind: 'int', low: 1, high: 9 } },
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 1,
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  budget: { trials: 400 },
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index)
const script = (name: string) => new URL(`./store/${name}.mjs`, import.meta.url).pathname

interface Child {
  readonly process: ChildProcess
  readonly output: () => string
  readonly errors: () => string
  readonly exit: Promise<unknown>
}

function start(name: string, args: readonly string[]): Child {
  const child = spawn(process.execPath, [script(name), ...args])
  let [output, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  return { process: child, output: () => output, errors: () => errors, exit: once(child, 'close') }
}

async function eventually(what: string, holds: () => boolean): Promise<void> {
  const until = Date.now() + 60_000
  while (!holds()) {
    if (Date.now() > until) throw new Error(`did not happen within a minute: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function integrity(file: string): Promise<unknown> {
  const driver = await openLibsql(file)
  const result = driver.all('PRAGMA integrity_check')
  driver.close()
  return result
}

describe('eight processes on one database', () => {
  it('hand out 400 trials exactly once, the enqueued ones first, and none over budget', async () => {
    const file = join(folder, 'eight.db')
    const store = await openStore(file)
    const study = await openStudy(store, spec)
    for (const n of range(100)) await study.enqueue({ x: n / 100 })
    const workers = range(8).map((n) => start('worker', [file, `worker ${n}`, JSON.stringify(spec)]))
    await eventually('all workers are ready', () => workers.every(({ output }) => output().includes('ready')))
    for (const { process: child } of workers) child.stdin?.write('go\n')
    await Promise.all(workers.map(({ exit }) => exit))

    expect(workers.map(({ errors }) => errors())).toEqual(range(8).map(() => ''))
    const shares = workers.map(({ output }) => JSON.parse(output().split('\n')[1] ?? '') as number[])
    console.log(`trials of each of the eight workers: ${shares.map((share) => share.length).join(' ')}`)
    expect(shares.flat().sort((a, b) => a - b)).toEqual(range(400))
    const events = await store.read('shared', 0)
    expect(checkHistory(events)).toEqual([])
    expect(verify(events)).toEqual({ checked: 400, mismatches: [], foreign: [] })
    const queued = events.flatMap((event) => (event.type === 'trial-started' ? (event.queued ?? []) : []))
    expect(queued).toEqual(range(100))
    expect(events.at(-1)).toMatchObject({ type: 'study-ended', reason: '400 trials done' })
    await store.close()
    expect(await integrity(file)).toEqual([['ok']])
  })
})

describe.each(['process', 'power'] as const)('kill -9 of writers, durability %s', (durability) => {
  it('loses nothing that was acknowledged, and leaves nothing half-written', async () => {
    const file = join(folder, `killed-${durability}.db`)
    const acknowledged: string[] = []
    for (const round of range(8)) {
      const writers = range(3).map((n) => start('writer', [file, `${round}.${n}`, durability]))
      await eventually('every writer has written', () => writers.every(({ output }) => output() !== ''))
      // one after the other, so that the rest go on over what the dead ones left
      for (const { process: child } of writers) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 40))
        child.kill('SIGKILL')
      }
      await Promise.all(writers.map(({ exit }) => exit))
      expect(writers.map(({ errors }) => errors())).toEqual(['', '', ''])
      for (const { output } of writers) acknowledged.push(...output().trimEnd().split('\n'))
    }
    const store = await openStore(file)
    const events = await store.read('s', 0)
    await store.close()
    const written = events.map((event) => (event.type === 'study-resumed' ? event.by : ''))
    const whole = new Set(written.filter((by) => by.endsWith('/0')).map((by) => by.slice(0, -2)))
    console.log(`${acknowledged.length} appends acknowledged, ${whole.size} in the journal`)
    expect(acknowledged.filter((ack) => !whole.has(ack))).toEqual([])
    // at most the one in flight of each of the 24 that were killed
    expect(whole.size - acknowledged.length).toBeLessThanOrEqual(24)
    expect(written.filter((_, index) => index % 2 === 1)).toEqual([...whole].map((by) => `${by}/1`))
    expect(await integrity(file)).toEqual([['ok']])
  })
})

/** Small file systems of our own, if this user may have them. */
const mounts: string[] = []
function mountSmall(name: string): string | undefined {
  const at = mkdtempSync(join(folder, name))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'parzen-e2e', at], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  mounts.push(at)
  return at
}
// lazily: libsql lets go of a file when its statements are collected, not when it is closed
afterAll(() => {
  for (const at of mounts) execFileSync('umount', ['--lazy', at])
})

describe('a small file system', () => {
  const event = (by: string): StudyEvent => ({ at: 1, type: 'study-resumed', by })

  it('that fills up gives a clear error, keeps what was acknowledged, and goes on when there is room', async (context) => {
    const at = mountSmall('full')
    if (!at) return context.skip('needs the right to mount a tmpfs (root)')
    const ballast = join(at, 'ballast')
    writeFileSync(ballast, Buffer.alloc(1_000_000))
    const file = join(at, 'parzen.db')
    const store = await openStore(file)
    let acknowledged = 0
    let error: unknown
    while (error === undefined && acknowledged < 10_000) {
      await store.append('s', acknowledged, [event(`${acknowledged}`.padEnd(5000))]).then(
        () => acknowledged++,
        (thrown: unknown) => {
          error = thrown
        },
      )
    }
    expect(error).toMatchObject({
      code: 'store/full',
      message: `store ${file}: expected room to write, the disk is full. free some space and run again; nothing that was written before is lost`,
    })
    const numbers = (events: readonly StudyEvent[]) => events.map((e) => Number(e.type === 'study-resumed' && e.by))
    expect(numbers(await store.read('s', 0))).toEqual(range(acknowledged))
    rmSync(ballast)
    expect(await store.append('s', acknowledged, [event(`${acknowledged}`)])).toBe(true)
    await store.close()
    const again = await openStore(file)
    expect(numbers(await again.read('s', 0))).toEqual(range(acknowledged + 1))
    await again.close()
    expect(await integrity(file)).toEqual([['ok']])
  })

  it('that a trial fills up ends `parzen run` with a clear error, and it goes on when there is room', async (context) => {
    const at = mountSmall('run')
    if (!at) return context.skip('needs the right to mount a tmpfs (root)')
    const place = workplace({ 'train.sh': `cat /dev/zero > ballast 2>/dev/null\n${train}` }, at)
    const message =
      'expected room to write, the disk is full. free some space and run again; nothing that was written before is lost'
    const { code, stderr } = await place.parzen('run')
    expect({ code, stderr }).toEqual({ code: 3, stderr: `store ${at}/.parzen/parzen.db: ${message}\n` })
    place.write('train.sh', train)
    rmSync(join(at, 'ballast'))
    expect(await place.parzen('run')).toMatchObject({ code: 0, stderr: '' })
    expect(await place.parzen('verify')).toMatchObject({ code: 0, stderr: '' })
  })

  it('that is read-only gives a clear error and is left as it is', async (context) => {
    const at = mountSmall('read-only')
    if (!at) return context.skip('needs the right to mount a tmpfs (root)')
    const file = join(at, 'parzen.db')
    // in a process of its own, since a file that is open for writing keeps the mount writable
    const { exit, errors } = start('create', [file])
    await exit
    expect(errors()).toBe('')
    execFileSync('mount', ['-o', 'remount,ro', at])
    const hint = 'or name another place with --store or PARZEN_STORE'
    for (const path of [file, join(at, 'new.db')]) {
      await expect(openStore(path)).rejects.toMatchObject({
        code: 'store/read-only',
        message: `store ${path}: expected a file and a folder that can be written, got read-only ones. change their permissions, ${hint}`,
      })
    }
    await expect(openStore(join(at, 'new/parzen.db'))).rejects.toMatchObject({
      code: 'store/folder',
      message: `store ${join(at, 'new')}: expected a folder that can be made, got a parent that cannot be written. check that its parent may be written, ${hint}`,
    })
  })

  it('that is read-only can be looked at', async (context) => {
    const at = mountSmall('looked at')
    if (!at) return context.skip('needs the right to mount a tmpfs (root)')
    const place = workplace({}, at)
    expect(await place.parzen('run')).toMatchObject({ code: 0, stderr: '' })
    const file = join(at, '.parzen/parzen.db')
    for (const beside of ['-shm', '-wal']) rmSync(file + beside, { force: true })
    execFileSync('mount', ['-o', 'remount,ro', at])
    for (const command of ['best', 'export', 'show', 'list', 'logs', 'verify']) {
      const { code, stdout } = await place.parzen(command)
      expect([command, code, stdout === '']).toEqual([command, 0, false])
    }
    expect(await place.parzen('enqueue', 'x=0.5')).toEqual({
      code: 3,
      stdout: '',
      stderr: `store ${file}: expected a file and a folder that can be written, got read-only ones. change their permissions, or name another place with --store or PARZEN_STORE\n`,
    })
  })

  it('that is read-only and holds events in the log beside a database says what to copy', async (context) => {
    const at = mountSmall('with log')
    if (!at) return context.skip('needs the right to mount a tmpfs (root)')
    const file = join(at, 'parzen.db')
    const { exit } = start('create', [file])
    await exit
    rmSync(`${file}-shm`, { force: true })
    writeFileSync(`${file}-wal`, 'events')
    execFileSync('mount', ['-o', 'remount,ro', at])
    await expect(openStore(file, { mayBeReadOnly: true })).rejects.toMatchObject({
      code: 'store/read-only',
      message: `store ${file}: expected a folder that can be written, got a read-only one. the last events are still in parzen.db-wal beside it: copy both to a folder of yours, and name that with --store`,
    })
  })
})
