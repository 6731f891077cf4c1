import { ParzenError } from '@parzen/core'
import { type Answers, by, type House } from '../call.js'
import type { GivenToken } from '../token-register.js'
import { rootOf, type Token } from '../tokens.js'

const DAY_MILLISECONDS = 86_400_000

/** Tokens of people: each caller's own and those made with it. */
export const tokenAnswers = {
  tokens: ({ caller }, house) => house.register.all().filter(isTheirs(caller?.token, house)).map(shown),
  giveToken(call, { register, tokens, now }) {
    const { name, kind, days } = call.body
    const own = call.caller?.token
    const from = own && rootOf(own)
    const expiresAt = Math.min(now() + days * DAY_MILLISECONDS, own?.expiresAt ?? 0)
    const token = register.add({ kind, name, expiresAt, ...(from === undefined ? {} : { from }) }, by(call))
    const made = register.all().find(({ id }) => id === token.id) as GivenToken
    return { ...shown(made), token: tokens.sign(token) }
  },
  revokeToken(call, house) {
    const { id } = call.params
    const known = house.register.all().filter(isTheirs(call.caller?.token, house))
    if (!known.some((token) => token.id === id)) {
      throw new ParzenError('token/unknown', `token ${id}: expected the id of one that was made with yours`)
    }
    return { done: house.register.revoke(id, by(call)) }
  },
} satisfies Partial<Answers>

function isTheirs(token: Token | undefined, { register }: House): (given: GivenToken) => boolean {
  const own = token && rootOf(token)
  return ({ id }) => own === undefined || register.isOf(id, own)
}

function shown({ id, kind, name, by, madeAt, expiresAt, revokedAt }: GivenToken) {
  return { id, kind, name, by, madeAt, expiresAt, revokedAt: revokedAt ?? null }
}
