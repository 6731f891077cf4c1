import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync, symlinkSync } from 'node:fs'
import { cp, link, readdir, readlink, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'

/** What is in a folder of checkpoints, in plain data: paths below it, with slashes. */
export interface CheckpointList {
  readonly files: readonly CheckpointFile[]
  /** Names for others of these (`last.ckpt`); `to` is what the link says. */
  readonly links: readonly { readonly path: string; readonly to: string }[]
}

export interface CheckpointFile {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** Hashes by path, size and time of change: a file is read once. */
const hashes = new Map<string, string>()
const MOST_HASHES = 10_000

/** What is in a folder of checkpoints. A link that leads out of it is passed over, since it could lead anywhere. */
export async function listCheckpoints(folder: string): Promise<CheckpointList> {
  const home = await realpath(folder)
  const files: CheckpointFile[] = []
  const links: { path: string; to: string }[] = []
  for (const entry of await readdir(home, { recursive: true, withFileTypes: true })) {
    const at = join(entry.parentPath, entry.name)
    const path = withSlashes(relative(home, at))
    if (entry.isSymbolicLink()) {
      const target = resolve(entry.parentPath, await readlink(at))
      const isInside = (await realpath(target).catch(() => '')).startsWith(home + sep)
      if (isInside && target.startsWith(home + sep))
        links.push({ path, to: withSlashes(relative(dirname(at), target)) })
    } else if (entry.isFile()) {
      const { size, mtimeMs } = await stat(at)
      files.push({ path, size, sha256: await hashOf(at, `${at}:${size}:${mtimeMs}`) })
    }
  }
  return { files, links }
}

function withSlashes(path: string): string {
  return path.replaceAll(sep, '/')
}

/**
 * Makes a folder of what a list says.
 * @param bytesOf where the bytes of a file are.
 */
export async function makeCheckpoints(
  folder: string,
  { files, links }: CheckpointList,
  bytesOf: (file: CheckpointFile) => string,
): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const file of files) await linkOrCopy(bytesOf(file), join(folder, file.path))
  for (const { path, to } of links) {
    mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o700 })
    symlinkSync(to, join(folder, path))
  }
}

/** @param key under which it is remembered. */
export async function hashOf(file: string, key?: string): Promise<string> {
  const known = key === undefined ? undefined : hashes.get(key)
  if (known !== undefined) return known
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  const sha256 = hash.digest('hex')
  if (key !== undefined) {
    if (hashes.size >= MOST_HASHES) hashes.clear()
    hashes.set(key, sha256)
  }
  return sha256
}

/** Another name for the same bytes, or a copy where the file system has no such thing. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  await link(from, to).catch(() => cp(from, to))
}
