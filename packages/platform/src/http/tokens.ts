import { createHmac, timingSafeEqual } from 'node:crypto'
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
