import type { BodyOf, ReplyOf, RouteName, SentBodyOf } from '../../../platform/src/http/contract.js'
import { replyOf, report } from './report.js'

/** What the server said, or that it said nothing. */
export class ApiError extends Error {
  readonly status: number
  readonly hint: string | undefined
  constructor(status: number, message: string, hint?: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.hint = hint
  }
}

const SIGN_IN = 'open the link that `parzen serve` or `parzen run` has printed: it lets this browser in'

async function call(path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(path, init).catch(() => {
    throw new ApiError(0, 'the server does not answer', 'is `parzen serve` still running?')
  })
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) return body
  const { message = response.statusText, hint } = (body as { error?: { message?: string; hint?: string } })?.error ?? {}
  throw new ApiError(response.status, message, response.status === 401 ? SIGN_IN : hint)
}

const IN_REPORT = 'open the study with `parzen serve` for that'

/** The reply of a route that is read: of the server, or of the report this page is. @param path with its parameters filled in, after /api/v1 */
export function read<N extends RouteName>(_route: N, path: string): Promise<ReplyOf<N>> {
  if (!report) return call(`/api/v1${path}`) as Promise<ReplyOf<N>>
  const reply = replyOf(report, path)
  if (reply === undefined) return Promise.reject(new ApiError(0, 'this report does not hold it', IN_REPORT))
  return Promise.resolve(reply as ReplyOf<N>)
}

export function send<N extends RouteName>(
  _route: N,
  path: string,
  body: SentBodyOf<N> | BodyOf<N>,
  method: 'POST' | 'PATCH' | 'DELETE' = 'POST',
): Promise<ReplyOf<N>> {
  if (report) return Promise.reject(new ApiError(0, 'nothing can be changed from a report', IN_REPORT))
  const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }
  return call(`/api/v1${path}`, init) as Promise<ReplyOf<N>>
}

/** Where the bytes of a reply are, for links and pictures. */
export function addressOf(path: string): string {
  return `/api/v1${path}`
}

/** Bytes of a reply as text. */
export async function readText(path: string): Promise<string> {
  const response = await fetch(addressOf(path)).catch(() => undefined)
  if (!response?.ok) throw new ApiError(response?.status ?? 0, 'it cannot be read')
  return response.text()
}

export function studyPath(name: string, rest = ''): string {
  return `/studies/${encodeURIComponent(name)}${rest}`
}
