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
}

export interface Tokens {
  sign(token: Token): string
  /** @returns undefined if the text was not signed here or is no longer valid at `now` (epoch milliseconds). */
  verify(text: string, now: number): Token | undefined
}

const MOST_KEPT = 10_000

/**
 * Tokens are `parzen_<payload>_<signature>`: signed (HMAC-SHA-256), not stored, so that they outlive the server's process.
 * Another key makes all of them void.
 */
export function tokens(key: Buffer): Tokens {
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

  return {
    sign(token) {
      const payload = Buffer.from(JSON.stringify(token)).toString('base64url')
      return `parzen.${payload}.${sign(payload).toString('base64url')}`
    },
    verify(text, now) {
      const token = right.get(text) ?? read(text)
      return token && token.expiresAt > now ? token : undefined
    },
  }
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

/** Links that open the dashboard once: the secret in the address is void as soon as it was used. */
export interface OneUse {
  /** @param most epoch milliseconds: what it opens lasts no longer, as does the token of whoever asked for it. */
  make(now: number, most?: number): string
  /** @returns until when what it opens may last; undefined if it is not good, or not any more. */
  use(secret: string, now: number): number | undefined
}

const LINK_MILLISECONDS = 15 * 60_000

export function oneUseLinks(): OneUse {
  const valid = new Map<string, { readonly until: number; readonly most: number }>()
  return {
    make(now, most = Number.POSITIVE_INFINITY) {
      for (const [secret, { until }] of valid) if (until < now) valid.delete(secret)
      const secret = randomBytes(24).toString('base64url')
      valid.set(secret, { until: now + LINK_MILLISECONDS, most })
      return secret
    },
    use(secret, now) {
      const link = valid.get(secret)
      valid.delete(secret)
      return link && link.until >= now ? link.most : undefined
    },
  }
}
