import { mkdirSync, renameSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ParzenError } from '@parzen/core'
import type { Api } from './api.js'
import {
  type CheckpointFile,
  type CheckpointList,
  hashOf,
  listCheckpoints,
  makeCheckpoints,
} from './checkpoint-files.js'
import { checkpointsIn, copyCheckpoints } from './checkpoint-folder.js'

/** An attempt of a trial that a server has handed out. */
export interface RemoteCheckpoints {
  readonly api: Api
  /** Of the trial, in the API. */
  readonly path: string
  /** Of the attempt, here. */
  readonly folder: string
  /** For each call that nobody answers. */
  readonly patienceMilliseconds: number
  /** Whether it is still wanted; what has been sent by then is not sent again. Default: it is. */
  readonly goesOn?: () => boolean
}

const PART_BYTES = 4 * 2 ** 20
/** Files are checked by their hashes when they have come; of what was written to meanwhile another try sends the rest. */
const TRIES = 5

interface Missing {
  readonly missing: readonly { readonly sha256: string; readonly from: number }[]
}

/**
 * Leaves the attempt's checkpoints with the server, all of them or none: what comes to go on from them there, or on a third machine, finds
 * them. Bytes that the server has are not sent again, also by a successor of a worker that was killed.
 * @throws ParzenError of the server, or `http/unreachable`.
 */
export async function sendCheckpoints(at: RemoteCheckpoints): Promise<void> {
  const checkpoints = checkpointsIn(at.folder)
  if (checkpoints) await sendFolder(checkpoints, at)
}

/** The same for a training that goes on meanwhile: a copy is sent of what it has kept now. */
export async function sendPresentCheckpoints(at: RemoteCheckpoints): Promise<void> {
  const copy = join(at.folder, 'checkpoints.sending')
  await rm(copy, { recursive: true, force: true })
  if (!(await copyCheckpoints(() => checkpointsIn(at.folder), copy))) return
  await sendFolder(copy, at)
  await rm(copy, { recursive: true, force: true })
}

async function sendFolder(folder: string, at: RemoteCheckpoints): Promise<void> {
  const { api, path, patienceMilliseconds, goesOn = () => true } = at
  for (let tries = 1; ; tries++) {
    const list = await listCheckpoints(folder)
    const { missing } = await api.call<Missing>('POST', `${path}/checkpoints`, list, patienceMilliseconds)
    if (missing.length === 0) return
    if (tries > TRIES) {
      throw new ParzenError('checkpoints/changing', `checkpoints: expected files that nobody writes to, in ${folder}`)
    }
    for (const { sha256, from } of missing) {
      const file = list.files.find((one) => one.sha256 === sha256)
      for (let there = from; file && there < file.size; ) {
        if (!goesOn()) return
        const part = { from: there, size: Math.min(PART_BYTES, file.size - there) }
        const to = `${path}/checkpoints/${sha256}?from=${there}`
        const { size } = await api.put<{ size: number }>(to, join(folder, file.path), patienceMilliseconds, part)
        // of a file that has been made shorter
        if (size === there) break
        there = size
      }
    }
  }
}

/**
 * Fetches what the attempt goes on from, before it is started: into place, whole and with the right hashes, or not at all. What a
 * fetch that was cut short has brought is not brought again.
 * @returns what a person should know.
 */
export async function fetchCheckpoints(at: RemoteCheckpoints): Promise<string | undefined> {
  const { api, path, folder, patienceMilliseconds } = at
  if (checkpointsIn(folder)) return undefined
  const list = await api.call<CheckpointList & { readonly note?: string }>(
    'GET',
    `${path}/checkpoints`,
    undefined,
    patienceMilliseconds,
  )
  if (list.files.length === 0) return list.note
  const arriving = join(folder, 'checkpoints.arriving')
  const whole = join(folder, 'checkpoints.whole')
  mkdirSync(arriving, { recursive: true, mode: 0o700 })
  for (const file of list.files) await fetchFile(file, join(arriving, file.sha256), at)
  await makeCheckpoints(whole, list, ({ sha256 }) => join(arriving, sha256))
  renameSync(whole, join(folder, 'checkpoints'))
  await rm(arriving, { recursive: true, force: true })
  return undefined
}

async function fetchFile({ sha256, size }: CheckpointFile, to: string, at: RemoteCheckpoints): Promise<void> {
  const { api, path, patienceMilliseconds } = at
  for (let tries = 1; tries <= 2; tries++) {
    const file = await open(to, 'a', 0o600)
    try {
      let { size: from } = await file.stat()
      while (from < size) {
        const bytes = await api.bytes(
          `${path}/checkpoints/${sha256}?from=${from}&most=${PART_BYTES}`,
          patienceMilliseconds,
        )
        if (bytes.length === 0) break
        await file.write(bytes)
        from += bytes.length
      }
    } finally {
      await file.close()
    }
    if ((await hashOf(to)) === sha256) return
    // brought in part by one before whose disk was full, for instance
    await rm(to)
  }
  throw new ParzenError('checkpoints/hash', `checkpoint ${sha256}: expected the bytes it is called by, got others`)
}
