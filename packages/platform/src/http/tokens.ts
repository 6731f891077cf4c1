import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Scope } from './route.js'

/** `user`: all that the server allows; `viewer`: to read; `trial`: to report one trial. */
export type TokenKind = 'user' | 'viewer' | 'trial'

export interface Token {
  readonly kind: TokenKind
  /** For people: who it was made for. */
  readonly name: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  /** Of kind `trial`. */
  readonly study?: string
  readonly trial?: number
  readonly attempt?: number
  /** Its name in the register, where it can be revoked. */
  readonly id?: string
  /** Of what was got with a registered token, a session or a trial's token: the id of that one, with which it is void. */
  readonly from?: string
}

export interface Tokens {
  sign(token: Token): string
  /** @returns undefined if the text was not signed here or is no longer valid at `now` (epoch milliseconds). */
  verify(text: string, now: number): Token | undefined
  /** Whether a token that was found right is still valid at `now`: neither over nor revoked. */
  holds(token: Token, now: number): boolean
}

const MOST_KEPT = 10_000

/**
 * Tokens are `parzen.<payload>.<signature>`: signed (HMAC-SHA-256), not stored, so that they outlive the server's process.
 * Another key makes all of them void.
 *
 * @param isGood whether the register has a token of that id that was not revoked.
 */
export function tokens(key: Buffer, isGood: (id: string) => boolean = () => false): Tokens {
  const sign = (payload: string) => createHmac('sha256', key).update(payload).digest()
  /** What was found right before: a worker sends the same token with each report. */
  const right = new Map<string, Token>()

  function read(text: string): Token | undefined {
    const [prefix, payload, signature, ...rest] = text.split('.')
    if (prefix !== 'parzen' || !payload || !signature || rest.length > 0) return undefined
    const [given, own] = [Buffer.from(signature, 'base64url'), sign(payload)]
    if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined
    const token = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Token
    if (right.size >= MOST_KEPT) right.delete(right.keys().next().value as string)
    right.set(text, token)
    return token
  }

  function holds(token: Token, now: number): boolean {
    const id = rootOf(token)
    return token.expiresAt > now && (id === undefined || isGood(id))
  }

  return {
    holds,
    sign(token) {
      const payload = Buffer.from(JSON.stringify(token)).toString('base64url')
      return `parzen.${payload}.${sign(payload).toString('base64url')}`
    },
    verify(text, now) {
      const token = right.get(text) ?? read(text)
      return token && holds(token, now) ? token : undefined
    },
  }
}

/** The registered token that somebody stands on; undefined for this machine's own. */
export function rootOf({ id, from }: Token): string | undefined {
  return id ?? from
}

export function scopesOf({ kind }: Token, allowDefine: boolean): readonly Scope[] {
  switch (kind) {
    case 'user':
      return allowDefine ? ['read', 'write', 'report', 'define'] : ['read', 'write', 'report']
    case 'viewer':
      return ['read']
    case 'trial':
      return ['report']
  }
}

const KEY_BYTES = 32

/**
 * The key of a store's servers, made when it is first needed; readable for its owner alone. One that was cut short, by a
 * full disk for instance, is replaced: with an empty key anybody could sign.
 */
export function keyOf(root: string): Buffer {
  const path = join(root, 'server.key')
  const known = existsSync(path) ? readFileSync(path) : undefined
  if (known?.length === KEY_BYTES) return known
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

/** Leaves what a server that started at the same moment has put there, where the file system can. */
function putNew(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(draft, path)
  }
}
