import { z } from 'zod'

/** What a caller may do. `define` also says which command a study runs: a server must be started to allow that. */
export const scopes = ['read', 'write', 'report', 'define'] as const
export type Scope = (typeof scopes)[number]

/**
 * One call: validation, types and documentation from one place.
 *
 * `scope: 'report'` is also granted to the token of a trial, for that trial alone; everybody who may write may report.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  readonly path: string
  readonly scope: Scope | 'anybody'
  readonly summary: string
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType | undefined
  readonly reply: z.ZodType
  /** Raw bytes rather than JSON in the body or the reply. */
  readonly bytes?: 'body' | 'reply'
}

const none = z.object({}).strict()

/** A call without parameters in its path, query or body unless it has some. */
export function route<
  P extends z.ZodType = typeof none,
  Q extends z.ZodType = typeof none,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType = z.ZodType,
>(made: {
  readonly method: Route['method']
  readonly path: string
  readonly scope: Route['scope']
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly reply: R
  readonly bytes?: 'body' | 'reply'
}) {
  return { params: none as unknown as P, query: none as unknown as Q, body: undefined as B, ...made }
}
