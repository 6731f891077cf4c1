import type { FastifyReply } from 'fastify'
import type { Refusal } from './gate.js'

/** Answers a request that did not get past the gate. */
export function refuse(reply: FastifyReply, { status, code, message, retrySeconds }: Refusal): FastifyReply {
  if (retrySeconds !== undefined) reply.header('retry-after', String(retrySeconds))
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(status).header('cache-control', 'no-store').send({ error: { code, message } })
}
