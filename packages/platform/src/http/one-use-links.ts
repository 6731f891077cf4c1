import { randomBytes } from 'node:crypto'
import type { Token } from './tokens.js'

/** Links that open the dashboard once: the secret in the address is void as soon as it was used. */
export interface OneUseLinks {
  /** @param by whose session it opens: one that lasts no longer than this token. Undefined: this machine's own. */
  make(now: number, by?: Token): string
  /** @returns whose session it opens; undefined if it is not good, or not any more. */
  use(secret: string, now: number): { readonly by: Token | undefined } | undefined
}

const LINK_MILLISECONDS = 15 * 60_000

export function oneUseLinks(): OneUseLinks {
  const valid = new Map<string, { readonly until: number; readonly by: Token | undefined }>()
  return {
    make(now, by) {
      for (const [secret, { until }] of valid) if (until < now) valid.delete(secret)
      const secret = randomBytes(24).toString('base64url')
      valid.set(secret, { until: now + LINK_MILLISECONDS, by })
      return secret
    },
    use(secret, now) {
      const link = valid.get(secret)
      valid.delete(secret)
      return link && link.until >= now ? link : undefined
    },
  }
}
