import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { ParzenError, type Study } from '@parzen/core'
import { attemptFolder } from '../../stores/folders.js'
import type { Handlers } from '../handler.js'
import { trialOf } from '../trial-record.js'

/** Logs and kept files of trials. No path is made of what a request says: only numbers, and names found on disk. */
export const fileHandlers = {
  async log({ params: { study: name, trial, attempt, stream }, query: { from, most } }, { studies, root }) {
    const study = await studies.get(name)
    trialOf(study, trial)
    const path = join(attemptFolder(root, name, { trial, attempt }), `${stream}.log`)
    const part = readPart(path, from, most)
    return { text: part.bytes.toString('utf8'), from: part.from, to: part.from + part.bytes.length, size: part.size }
  },
  async artifacts({ params: { study: name, trial } }, { studies, root }) {
    return list(await studies.get(name), root, trial).map(({ path: _, ...artifact }) => artifact)
  },
  async artifact({ params: { study: name, trial, sha256 } }, { studies, root }) {
    const found = list(await studies.get(name), root, trial).find((artifact) => artifact.sha256 === sha256)
    const bytes = found && readWhole(found.path)
    if (!found || !bytes) {
      throw new ParzenError('artifact/unknown', `artifact ${sha256}: expected a file that trial ${trial} has kept`)
    }
    return new Response(new Uint8Array(bytes), {
      headers: {
        'content-type': found.type,
        'content-security-policy': "default-src 'none'; sandbox",
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`,
        'cache-control': 'private, max-age=31536000, immutable',
      },
    })
  },
} satisfies Partial<Handlers>

interface Artifact {
  readonly name: string
  readonly attempt: number
  readonly size: number
  readonly sha256: string
  readonly type: string
  readonly path: string
}

/** What a browser may show by itself; anything else is only ever saved. */
const SHOWN: { readonly [extension: string]: string } = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.txt': 'text/plain; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.csv': 'text/plain; charset=utf-8',
  '.json': 'text/plain; charset=utf-8',
}
const MOST_FILES = 1000
const LARGEST_BYTES = 256 * 2 ** 20

/** Hashes by path, size and time of change: a file is read once. */
const hashes = new Map<string, string>()

function list(study: Study, root: string, number: number): Artifact[] {
  const found: Artifact[] = []
  for (const { number: attempt } of trialOf(study, number).attempts) {
    const folder = join(attemptFolder(root, study.name, { trial: number, attempt }), 'artifacts')
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || found.length >= MOST_FILES) continue
      const path = join(entry.parentPath, entry.name)
      const { size, mtimeMs } = statSync(path)
      if (size > LARGEST_BYTES) continue
      const key = `${path}:${size}:${mtimeMs}`
      const bytes = hashes.has(key) ? undefined : readWhole(path)
      if (bytes) hashes.set(key, createHash('sha256').update(bytes).digest('hex'))
      const sha256 = hashes.get(key)
      if (sha256 === undefined) continue
      const type = SHOWN[extname(entry.name).toLowerCase()] ?? 'application/octet-stream'
      found.push({ name: path.slice(folder.length + 1), attempt, size, sha256, type, path })
    }
  }
  return found
}

function readWhole(path: string): Buffer | undefined {
  const { bytes, size } = readPart(path, 0, LARGEST_BYTES)
  return bytes.length === size ? bytes : undefined
}

/** Bytes of a file; none if it is not there or is no plain file: a link could lead anywhere. */
function readPart(path: string, from: number, most: number): { bytes: Buffer; from: number; size: number } {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ELOOP') return { bytes: Buffer.alloc(0), from: 0, size: 0 }
    throw error
  }
  try {
    const { size } = fstatSync(file)
    const start = Math.min(size, Math.max(0, from < 0 ? size + from : from))
    const bytes = Buffer.alloc(Math.min(most, size - start))
    return { bytes: bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start)), from: start, size }
  } finally {
    closeSync(file)
  }
}
