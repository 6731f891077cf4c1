import { randomBytes } from 'node:crypto'
import { appendFileSync, closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ParzenError } from '@parzen/core'
import type { Token } from './tokens.js'

/** A token that somebody was given, as the register has it; never the token itself. */
export interface GivenToken {
  readonly id: string
  readonly kind: 'user' | 'viewer'
  readonly name: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly madeAt: number
  readonly by: string
  /** The token with which it was made, and with which it is void. */
  readonly from?: string
  readonly revokedAt?: number
  readonly revokedBy?: string
}

type Entry = { readonly made: GivenToken } | { readonly revoked: string; readonly at: number; readonly by: string }

/** Which tokens were given to people, and which of them were revoked. */
export interface TokenRegister {
  /** As of now, the oldest first. */
  all(): readonly GivenToken[]
  /** Whether it stands here and neither it nor one it was made with was revoked. */
  isGood(id: string): boolean
  /** Whether it is `ancestor` or was made with it, directly or not. */
  isOf(id: string, ancestor: string): boolean
  /** @returns what to sign. */
  add(given: Pick<GivenToken, 'kind' | 'name' | 'expiresAt' | 'from'>, by: string): Token
  /** @returns false if it was revoked before. @throws ParzenError `token/unknown`. */
  revoke(id: string, by: string): boolean
}

const nameIn = (root: string) => join(root, 'tokens.jsonl')

/**
 * A file of lines beside the key that is only ever appended to, by servers and by `parzen token`; all see at once what another
 * has written. A token that is not in it is void, so that losing the file lets nobody in.
 *
 * @param root the folder of the store. @param now epoch milliseconds.
 */
export function tokenRegister(root: string, now: () => number): TokenRegister {
  const path = nameIn(root)
  const known = new Map<string, GivenToken>()
  let read = { inode: 0, bytes: 0 }

  function refresh(): void {
    const file = statSync(path, { throwIfNoEntry: false })
    if (file?.ino !== read.inode || file.size < read.bytes) {
      known.clear()
      read = { inode: file?.ino ?? 0, bytes: 0 }
    }
    if (!file || file.size === read.bytes) return
    const text = textFrom(path, read.bytes, file.size)
    // a line that is still being written is read when it is whole
    const whole = text.subarray(0, text.lastIndexOf(10) + 1)
    read = { inode: file.ino, bytes: read.bytes + whole.length }
    for (const line of whole.toString('utf8').split('\n')) take(known, entryOf(line))
  }

  function append(entry: Entry): void {
    mkdirSync(root, { recursive: true, mode: 0o700 })
    // the first line break ends what somebody could not write to its end
    appendFileSync(path, `\n${JSON.stringify(entry)}\n`, { mode: 0o600, flush: true })
    refresh()
  }

  function* chain(id: string): Generator<GivenToken | undefined> {
    for (let at: string | undefined = id; at !== undefined; ) {
      const token: GivenToken | undefined = known.get(at)
      yield token
      at = token?.from
    }
  }

  return {
    all() {
      refresh()
      return [...known.values()]
    },
    isGood(id) {
      refresh()
      for (const token of chain(id)) if (!token || token.revokedAt !== undefined) return false
      return true
    },
    isOf(id, ancestor) {
      refresh()
      for (const token of chain(id)) if (token?.id === ancestor) return true
      return false
    },
    add({ kind, name, expiresAt, from }, by) {
      const id = randomBytes(6).toString('hex')
      const ofWhom = from === undefined ? {} : { from }
      append({ made: { id, kind, name, expiresAt, madeAt: now(), by, ...ofWhom } })
      return { kind, name, expiresAt, id }
    },
    revoke(id, by) {
      refresh()
      const token = known.get(id)
      if (!token) throw new ParzenError('token/unknown', `token ${id}: expected the id of one that was given`)
      if (token.revokedAt !== undefined) return false
      append({ revoked: id, at: now(), by })
      return true
    },
  }
}

function take(known: Map<string, GivenToken>, entry: Entry | undefined): void {
  if (!entry) return
  if ('made' in entry) {
    known.set(entry.made.id, entry.made)
    return
  }
  const token = known.get(entry.revoked)
  if (token && token.revokedAt === undefined)
    known.set(entry.revoked, { ...token, revokedAt: entry.at, revokedBy: entry.by })
}

/** @returns undefined for an empty line, or one that broke off. */
function entryOf(line: string): Entry | undefined {
  if (line === '') return undefined
  try {
    return JSON.parse(line) as Entry
  } catch {
    return undefined
  }
}

function textFrom(path: string, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(to - from)
  const file = openSync(path, 'r')
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from))
  } finally {
    closeSync(file)
  }
}
