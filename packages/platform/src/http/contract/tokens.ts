import { z } from 'zod'
import { type Route, route } from '../route.js'
import { done } from './shapes.js'

const kind = z.enum(['user', 'viewer']).describe('user: all that the server allows; viewer: to read')
const given = z.object({
  id: z.string(),
  kind,
  name: z.string(),
  by: z.string().describe('who made it'),
  madeAt: z.number().describe('epoch milliseconds'),
  expiresAt: z.number().describe('epoch milliseconds'),
  revokedAt: z.number().nullable().describe('epoch milliseconds; null: it was not revoked'),
})

/**
 * Tokens of people. A caller sees, and revokes, its own and those made with it; this machine's own token (`server.json`)
 * and the links that `parzen serve` prints are about all of them.
 */
export const tokenRoutes = {
  tokens: route({
    method: 'GET',
    path: '/api/v1/tokens',
    scope: 'write',
    summary: 'Tokens that were given to people: this one and those made with it; all of them for this machine’s own.',
    reply: z.array(given),
  }),
  giveToken: route({
    method: 'POST',
    path: '/api/v1/tokens',
    scope: 'write',
    summary: 'Makes a token for somebody. It lasts no longer than the one it is made with, and is void with that one.',
    body: z.object({
      name: z.string().min(1).max(100).describe('for whom'),
      kind: kind.default('user'),
      days: z.number().positive().max(3650).default(90).describe('how long it is valid at most'),
    }),
    reply: given.extend({ token: z.string().describe('said this once') }),
  }),
  revokeToken: route({
    method: 'DELETE',
    path: '/api/v1/tokens/:id',
    scope: 'write',
    summary: 'Revokes a token, with all that was got with it: tokens, sessions of browsers, tokens of trials.',
    params: z.object({ id: z.string().min(1).max(100) }),
    reply: done,
  }),
} as const satisfies { readonly [name: string]: Route }
