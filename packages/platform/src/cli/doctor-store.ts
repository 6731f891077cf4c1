import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { findStudy, ParzenError, type Store } from '@parzen/core'
import { readAttempt } from '../executors/attempt-folder.js'
import { isAlive } from '../executors/process-identity.js'
import { attemptFolder } from '../stores/folders.js'
import { locate, openStore } from '../stores/open.js'
import { openLibsql } from '../stores/sqlite-driver.js'
import { asStoreError } from '../stores/sqlite-error.js'
import { type Check, gigabytes, notOk, ok } from './doctor-machine.js'
import { formatAgo } from './format/duration.js'
import { count } from './format/number.js'
import { shortPath } from './open.js'

export async function storeChecks(location: string | undefined): Promise<Check[]> {
  const { kind, path, root } = locate(location)
  if (kind === 'memory') return [ok('store', 'in memory')]
  const folder = existingFolder(root)
  const place = [folderCheck(folder), diskCheck(folder)]
  if (!existsSync(path)) {
    return [...place, ok('store', `none at ${shortPath(path)} yet; \`parzen run\` makes it`), await driverCheck()]
  }
  return [...place, ...(await fileChecks(path, root))]
}

function existingFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existingFolder(dirname(folder))
}

function folderCheck(folder: string): Check {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK)
    return ok('folder', `${shortPath(folder)} can be written`)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const hint = 'change its permissions, or name another place with --store or PARZEN_STORE'
    return notOk('fail', 'folder', [`${shortPath(folder)} cannot be written (${code})`, hint])
  }
}

const LITTLE_BYTES = 2 ** 30
const TOO_LITTLE_BYTES = 50 * 2 ** 20

function diskCheck(folder: string): Check {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const detail = `${gigabytes(free)} free at ${shortPath(folder)}`
  if (free >= LITTLE_BYTES) return ok('disk', detail)
  return notOk(free < TOO_LITTLE_BYTES ? 'fail' : 'warn', 'disk', [
    detail,
    'free some space: logs and the journal grow',
  ])
}

async function driverCheck(): Promise<Check> {
  return guarded('sqlite', ':memory:', async () => {
    const driver = await openLibsql(':memory:')
    const version = String(driver.all('SELECT sqlite_version()')[0]?.[0])
    driver.close()
    return [ok('sqlite', `libsql with SQLite ${version}`)]
  }).then(([check]) => check as Check)
}

async function fileChecks(path: string, root: string): Promise<Check[]> {
  const driver = await driverCheck()
  if (driver.status !== 'ok') return [driver]
  const integrity = await guarded('store', path, async () => {
    const opened = await openLibsql(path)
    try {
      const verdict = String(opened.all('PRAGMA quick_check(1)')[0]?.[0])
      // a lock for writing shows that it could be written, and writes nothing
      opened.exec('BEGIN IMMEDIATE')
      opened.exec('ROLLBACK')
      if (verdict === 'ok') return [ok('store', `${shortPath(path)} is sound and can be written`)]
      return [notOk('fail', 'store', [`${shortPath(path)}: ${verdict}`, 'keep the file, and put back a copy'])]
    } finally {
      opened.close()
    }
  })
  if (integrity.some(({ status }) => status === 'fail')) return [driver, ...integrity]
  const studies = await guarded('studies', path, async () => {
    const store = await openStore(path)
    try {
      return await studyChecks(store, root)
    } finally {
      await store.close()
    }
  })
  return [driver, ...integrity, ...studies]
}

/** Trials that the journal says are running, in case nobody looks after them any more. */
async function studyChecks(store: Store, root: string): Promise<Check[]> {
  const names = await store.list()
  const checks = [ok('studies', names.length === 1 ? '1 study' : `${names.length} studies`)]
  for (const name of names) {
    const { state } = await findStudy(store, name)
    const running = [...state.running.values()].filter((trial) => trial.state === 'running')
    if (running.length === 0) continue
    const alive = running.filter((trial) => {
      const { claim } = readAttempt(attemptFolder(root, name, { trial: trial.number, attempt: trial.attempts.length }))
      return claim.kind === 'claimed' && isAlive(claim.by)
    })
    const ago = formatAgo(Date.now() - state.lastEventAt)
    const detail = `${name}: ${count(running.length, 'trial')} running, ${alive.length} with a live process here, last event ${ago}`
    checks.push(
      alive.length === running.length
        ? ok('running', detail)
        : notOk('warn', 'running', [detail, 'if no `parzen run` is at work, the next one sees to them']),
    )
  }
  return checks
}

async function guarded(name: string, path: string, check: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await check()
  } catch (cause) {
    const error = asStoreError(cause, path)
    if (!(error instanceof ParzenError)) throw cause
    const { message, hint } = error
    return [notOk('fail', name, [hint ? message.replace(`. ${hint}`, '') : message, hint ?? 'see the message'])]
  }
}
