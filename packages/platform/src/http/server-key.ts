import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ParzenError } from '@parzen/core'

const KEY_BYTES = 32

/**
 * The key of a store's servers, made when it is first needed; readable for its owner alone. One that was cut short, by a
 * full disk for instance, is replaced: with an empty key anybody could sign.
 * @throws ParzenError `server/private` if somebody else may have read it, or put it there.
 */
export function keyOf(root: string): Buffer {
  const path = join(root, 'server.key')
  const known = existsSync(path) ? readFileSync(path) : undefined
  checkFolder(root)
  if (known?.length === KEY_BYTES) {
    checkKey(root, path)
    return known
  }
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  try {
    writeFileSync(draft, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' })
    if (known) renameSync(draft, path)
    else putNew(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(path)
}

const hasModes = process.platform !== 'win32'
const OTHERS_WRITE = 0o002
/** Of a folder: all may write there, but nobody may replace what is another's. */
const STICKY = 0o1000

function checkFolder(root: string): void {
  const mode = statSync(root, { throwIfNoEntry: false })?.mode ?? 0
  if (!hasModes || (mode & OTHERS_WRITE) === 0 || (mode & STICKY) !== 0) return
  throw new ParzenError(
    'server/private',
    `${root}: expected a folder that you alone can write, got one that everybody can: they could change the key of its server`,
    { hint: `chmod o-w ${root}` },
  )
}

function checkKey(root: string, path: string): void {
  const { mode, uid } = statSync(path)
  const isForeign = (statSync(root).mode & OTHERS_WRITE) !== 0 && uid !== process.getuid?.()
  if (!hasModes || ((mode & 0o077) === 0 && !isForeign)) return
  throw new ParzenError('server/private', `${path}: expected a file of yours that nobody else can read, got another`, {
    hint: 'delete it: the next start makes a new one, and all tokens and sessions are void then',
  })
}

/** Leaves what a server that started at the same moment has put there, where the file system can. */
function putNew(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(draft, path)
  }
}
