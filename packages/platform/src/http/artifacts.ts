import { createHash, randomBytes } from 'node:crypto'
import { constants, mkdirSync, readdirSync, statSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ParzenError } from '@parzen/core'

/** A file that a trial has kept. */
export interface Artifact {
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
export const LARGEST_ARTIFACT_BYTES = 256 * 2 ** 20

/** Hashes by path, size and time of change: a file is read once. */
const hashes = new Map<string, string>()

/** The plain files below a folder; links are passed over, since they could lead anywhere. */
export async function artifactsIn(folder: string, attempt: number): Promise<Artifact[]> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return []
  const found: Artifact[] = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith(DRAFT) || found.length >= MOST_FILES) continue
    const path = join(entry.parentPath, entry.name)
    const { size, mtimeMs } = statSync(path)
    if (size > LARGEST_ARTIFACT_BYTES) continue
    const key = `${path}:${size}:${mtimeMs}`
    const sha256 = hashes.get(key) ?? (await hashOf(path))
    if (sha256 === undefined) continue
    hashes.set(key, sha256)
    const type = SHOWN[extname(entry.name).toLowerCase()] ?? 'application/octet-stream'
    found.push({ name: path.slice(folder.length + 1), attempt, size, sha256, type, path })
  }
  return found
}

/** @returns undefined if it is gone, or has become a link. */
async function hashOf(path: string): Promise<string | undefined> {
  const file = await openPlain(path)
  if (!file) return undefined
  const hash = createHash('sha256')
  for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** A file to read; undefined if it is not there or is anything else: a link, or a pipe, which would be waited for. */
export async function openPlain(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    if ((await file.stat()).isFile()) return file
    await file.close()
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes(code ?? '')) return undefined
    throw error
  }
}

const DRAFT = '.parzen-upload-'

/**
 * Writes what arrives to `<folder>/<name>`, whole or not at all; one of that name is replaced.
 * @throws ParzenError `http/size`, `store/artifact`; what `bytes` throws if its sender goes away.
 */
export async function keepArtifact(
  folder: string,
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  most = LARGEST_ARTIFACT_BYTES,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const draft = join(folder, `${DRAFT}${randomBytes(8).toString('hex')}`)
  const hash = createHash('sha256')
  let size = 0
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = await open(draft, 'wx', 0o600)
    try {
      for await (const chunk of bytes) {
        size += chunk.length
        if (size > most) throw tooLarge(most)
        hash.update(chunk)
        await file.write(chunk)
      }
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(draft, join(folder, name))
  } catch (error) {
    await rm(draft, { force: true })
    throw asProblem(error, name)
  }
  return { size, sha256: hash.digest('hex') }
}

export function tooLarge(most: number, what = 'artifact'): ParzenError {
  return new ParzenError('http/size', `${what}: expected at most ${most} bytes, got more`)
}

function asProblem(error: unknown, name: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EISDIR' || code === 'ENOTEMPTY') {
    return new ParzenError('artifact/name', `artifact ${name}: expected the name of a file, got that of a folder`)
  }
  const isDisk = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' || code === 'EACCES'
  return isDisk ? new ParzenError('store/artifact', `artifact ${name}: could not be written: ${message}`) : error
}
