import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { ParzenError } from '@parzen/core'
import { replaceText } from '../stores/replace-text.js'
import {
  type CheckpointFile,
  type CheckpointList,
  hashOf,
  listCheckpoints,
  makeCheckpoints,
} from '../trial/checkpoint-files.js'
import { checkpointsIn, replaceCheckpoints } from '../trial/checkpoint-folder.js'
import { tooLarge } from './artifacts.js'
import { LARGEST_CHECKPOINTS_BYTES, LARGEST_PART_BYTES } from './contract/checkpoints.js'

/** A file, and how many of its bytes are there. */
export interface Missing {
  readonly sha256: string
  readonly from: number
}

/** What arrives is kept by hash in `checkpoints.incoming` until all of it is there: a sender that is cut off goes on where it was. */
const incomingOf = (folder: string) => join(folder, 'checkpoints.incoming')
const LIST = 'files.json'

/** By folder: calls about one attempt take turns. */
const turns = new Map<string, Promise<unknown>>()

function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(folder) ?? Promise.resolve()).catch(() => undefined).then(work)
  const done = mine
    .catch(() => undefined)
    .finally(() => {
      if (turns.get(folder) === done) turns.delete(folder)
    })
  turns.set(folder, done)
  return mine
}

/**
 * Makes what `list` says the checkpoints in an attempt's folder, if all the bytes have arrived and have the hashes they were sent under.
 * @returns what is missing; then nothing has changed.
 * @throws ParzenError `http/size`, `checkpoints/path`.
 */
export function keepCheckpoints(folder: string, list: CheckpointList): Promise<Missing[]> {
  const sum = list.files.reduce((bytes, { size }) => bytes + size, 0)
  if (sum > LARGEST_CHECKPOINTS_BYTES) throw tooLarge(LARGEST_CHECKPOINTS_BYTES, 'checkpoints')
  checkPaths(list)
  return inTurn(folder, async () => {
    const present = checkpointsIn(folder)
    const found = present === undefined ? [] : (await listCheckpoints(present)).files
    const known = new Map(found.map(({ sha256, path }) => [sha256, join(present as string, path)]))
    const missing = await missingOf(folder, list.files, known)
    if (missing.length > 0) return missing
    const whole = join(folder, 'checkpoints.whole')
    await makeCheckpoints(whole, list, ({ sha256 }) => known.get(sha256) ?? join(incomingOf(folder), sha256))
    replaceCheckpoints(folder, whole)
    await rm(incomingOf(folder), { recursive: true, force: true })
    return []
  })
}

async function missingOf(
  folder: string,
  files: readonly CheckpointFile[],
  known: ReadonlyMap<string, string>,
): Promise<Missing[]> {
  const incoming = incomingOf(folder)
  mkdirSync(incoming, { recursive: true, mode: 0o700 })
  const wanted = new Map(files.filter(({ sha256 }) => !known.has(sha256)).map(({ sha256, size }) => [sha256, size]))
  for (const name of readdirSync(incoming)) {
    if (!wanted.has(name)) rmSync(join(incoming, name), { recursive: true, force: true })
  }
  replaceText(join(incoming, LIST), JSON.stringify([...wanted]), 0o600)
  const missing: Missing[] = []
  for (const [sha256, size] of wanted) {
    const part = join(incoming, sha256)
    if (size === 0) writeFileSync(part, '')
    const from = statSync(part, { throwIfNoEntry: false })?.size ?? 0
    if (from === size && (await hashOf(part)) === sha256) continue
    // other bytes than it was called by: the file was written to while it was sent
    if (from >= size) rmSync(part, { force: true })
    missing.push({ sha256, from: from >= size ? 0 : from })
  }
  return missing
}

/**
 * Adds bytes to a file that is missing, if they follow on those that are there. What has come of a call that is cut off stays.
 * @returns how many are there then.
 * @throws ParzenError `checkpoints/unknown` if it is not missing, `http/size`.
 */
export function keepCheckpoint(
  folder: string,
  { sha256, from }: Missing,
  bytes: AsyncIterable<Uint8Array>,
): Promise<number> {
  return inTurn(folder, async () => {
    const incoming = incomingOf(folder)
    const list = existsSync(join(incoming, LIST)) ? readFileSync(join(incoming, LIST), 'utf8') : '[]'
    const wanted = new Map(JSON.parse(list) as [string, number][]).get(sha256)
    if (wanted === undefined) {
      throw new ParzenError('checkpoints/unknown', `checkpoint ${sha256}: expected a file that is missing`, {
        hint: 'say first what the checkpoints are: POST …/checkpoints',
      })
    }
    const path = join(incoming, sha256)
    let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
    if (from !== size) return size
    const most = Math.min(wanted, size + LARGEST_PART_BYTES)
    const file = await open(path, 'a', 0o600)
    try {
      for await (const chunk of bytes) {
        if (size + chunk.length > most) throw tooLarge(most - from, 'checkpoint')
        await file.write(chunk)
        size += chunk.length
      }
      await file.datasync()
    } finally {
      await file.close()
    }
    return size
  })
}

/** Each name once, as a file or as a folder; links lead to what is in the folder. */
function checkPaths({ files, links }: CheckpointList): void {
  const paths = new Set<string>()
  for (const { path } of [...files, ...links]) {
    const folders = path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'))
    if (paths.has(path) || folders.some((one) => paths.has(one)) || paths.has(`${path}/`)) {
      throw new ParzenError(
        'checkpoints/path',
        `checkpoints: ${path}: expected each name once, as a file or as a folder`,
      )
    }
    paths.add(path)
    for (const one of folders) paths.add(`${one}/`)
  }
  for (const { path, to } of links) {
    const target = posix.join(posix.dirname(path), to)
    if (to.startsWith('/') || (!paths.has(target) && !paths.has(`${target}/`))) {
      throw new ParzenError(
        'checkpoints/path',
        `checkpoints: ${path}: expected a link to one of them, got one to ${to}`,
      )
    }
  }
}
