import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { ParzenError } from '@parzen/core'

/** The HTTP API of a server, for one token. */
export interface Api {
  /**
   * The answer to one call. Every call of the contract may be sent again, so it is, for `patience` milliseconds, if nobody answers.
   * @throws ParzenError `http/unreachable` then, and with the server's own code and words if it refuses.
   */
  call<T>(method: 'GET' | 'POST', path: string, body?: unknown, patience?: number): Promise<T>
  /** Sends the bytes of a file. */
  put<T>(path: string, file: string, patience?: number): Promise<T>
}

const PATIENCE_MILLISECONDS = 60_000
const LONGEST_CALL_MILLISECONDS = 60_000
const LONGEST_PAUSE_MILLISECONDS = 2000

export const UNREACHABLE = 'http/unreachable'

export function api(url: string, token: string): Api {
  const base = `${url.replace(/\/+$/, '')}/api/v1`
  const send = async <T>(path: string, init: () => RequestInit, patience: number): Promise<T> => {
    const until = performance.now() + patience
    for (let pause = 50; ; pause = Math.min(LONGEST_PAUSE_MILLISECONDS, pause * 2)) {
      const answer = await once<T>(`${base}${path}`, token, init())
      if ('value' in answer) return answer.value
      if (answer.isFinal || performance.now() + pause > until) throw answer.error
      await sleep(pause * (0.5 + Math.random()))
    }
  }
  return {
    call: (method, path, body, patience = PATIENCE_MILLISECONDS) =>
      send(
        path,
        () =>
          body === undefined
            ? { method }
            : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
        patience,
      ),
    put: (path, file, patience = PATIENCE_MILLISECONDS) =>
      send(
        path,
        () => ({
          method: 'PUT',
          body: Readable.toWeb(createReadStream(file)) as ReadableStream,
          duplex: 'half',
          headers: { 'content-type': 'application/octet-stream' },
        }),
        patience,
      ),
  }
}

type Answer<T> = { readonly value: T } | { readonly error: ParzenError; readonly isFinal: boolean }

async function once<T>(url: string, token: string, init: RequestInit): Promise<Answer<T>> {
  const headers = { ...init.headers, authorization: `Bearer ${token}` }
  try {
    const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(LONGEST_CALL_MILLISECONDS) })
    const body = (await response.json()) as T & { error?: { code: string; message: string } }
    if (response.ok) return { value: body }
    const { code, message } = body.error ?? { code: UNREACHABLE, message: `${url}: got status ${response.status}` }
    const isFinal = response.status < 500
    return { error: new ParzenError(isFinal ? code : UNREACHABLE, message), isFinal }
  } catch (cause) {
    const { message, cause: inner } = cause as Error
    const why = inner instanceof Error ? inner.message || (inner as NodeJS.ErrnoException).code : message
    return { error: new ParzenError(UNREACHABLE, `${url}: expected an answer, got ${why}`, { cause }), isFinal: false }
  }
}
