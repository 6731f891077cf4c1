import { existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ParzenError, type Store } from '@parzen/core'
import {
  type ImportedRuns,
  keepImported,
  type RunsAsStudy,
  type RunsToImport,
  runsAsStudy,
} from '../runner/import-runs.js'
import { requestThread, threadEntry } from '../runner/request-thread.js'
import { tooLarge } from './artifacts.js'
import type { ImportReply } from './import-thread-entry.js'
import { untar } from './untar.js'

const LARGEST_ARCHIVE_BYTES = 256 * 2 ** 20
/** Of all event files, unpacked. */
const LARGEST_UNPACKED_BYTES = 2 ** 30
const MOST_FILES = 100_000

const compiled = threadEntry('./import-thread-entry.js', import.meta.url)

/** An archive of a log folder as a new study. Its event files are unpacked into a folder of their own and read in a thread. */
export async function importArchive(
  store: Store,
  { archive, ...wanted }: Omit<RunsToImport, 'folder' | 'shown'> & { readonly archive: AsyncIterable<Uint8Array> },
): Promise<ImportedRuns> {
  if ((wanted.minimize === undefined) === (wanted.maximize === undefined)) {
    throw new ParzenError(
      'http/input',
      'query: expected minimize or maximize, one of the two: the tag that is the objective',
    )
  }
  const folder = mkdtempSync(join(tmpdir(), 'parzen-import-'))
  try {
    await unpack(unzipped(bounded(archive, LARGEST_ARCHIVE_BYTES)), folder)
    return await keepImported(store, await inThread({ ...wanted, folder, shown: 'the archive' }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function unpack(archive: AsyncIterable<Uint8Array>, folder: string): Promise<void> {
  let files = 0
  let left = LARGEST_UNPACKED_BYTES
  for await (const { path, size, bytes } of untar(archive)) {
    const name = path.at(-1) as string
    if (!name.includes('tfevents')) continue
    left -= size
    files++
    if (left < 0) throw tooLarge(LARGEST_UNPACKED_BYTES, 'archive')
    if (files > MOST_FILES)
      throw new ParzenError('http/size', `archive: expected at most ${MOST_FILES} event files, got more`)
    const parent = join(folder, ...path.slice(0, -1))
    mkdirSync(parent, { recursive: true })
    // one that is there twice: the first is kept
    const file = await open(join(parent, name), 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return undefined
      throw error
    })
    if (!file) continue
    try {
      for await (const part of bytes()) await file.write(part)
    } finally {
      await file.close()
    }
  }
}

async function* bounded(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > most) throw tooLarge(most, 'archive')
    yield chunk
  }
}

/** As it is, or unpacked if it begins as gzip does. */
async function* unzipped(bytes: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await bytes.next()
  if (first.done) return
  const all = Readable.from(
    (async function* () {
      yield first.value
      yield* bytes
    })(),
    { objectMode: false },
  )
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) return yield* all
  const unzipping = createGunzip()
  // what goes wrong in it comes out of it
  pipeline(all, unzipping).catch(() => undefined)
  try {
    yield* unzipping
  } catch (cause) {
    if (cause instanceof ParzenError) throw cause
    throw new ParzenError('import/archive', `archive: expected gzip, got ${(cause as Error).message}`, { cause })
  }
}

/** Files of hundreds of megabytes take seconds to read. */
async function inThread(wanted: RunsToImport): Promise<RunsAsStudy> {
  if (!existsSync(compiled)) return runsAsStudy(wanted)
  const thread = requestThread<RunsToImport, ImportReply>(compiled, 'a thread')
  try {
    const reply = await thread.send(wanted)
    if ('made' in reply) return reply.made
    throw new ParzenError(reply.code, reply.message)
  } finally {
    await thread.close()
  }
}
