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
  /** Sends the bytes of a file, or a part of them. */
  put<T>(path: string, file: string, patience?: number, part?: Part): Promise<T>
  /** An answer in bytes, few enough for memory. */
  bytes(path: string, patience?: number): Promise<Uint8Array>
}

interface Part {
  /** Byte. */
  readonly from: number
  readonly size: number
}

const PATIENCE_MILLISECONDS = 60_000
const LONGEST_CALL_MILLISECONDS = 60_000
const LONGEST_PAUSE_MILLISECONDS = 2000

export const UNREACHABLE = 'http/unreachable'

export function api(url: string, token: string): Api {
  const base = `${url.replace(/\/+$/, '')}/api/v1`
  const send = async <T>(path: string, patience: number, asked: Asked<T>): Promise<T> => {
    const until = performance.now() + patience
    for (let pause = 50; ; pause = Math.min(LONGEST_PAUSE_MILLISECONDS, pause * 2)) {
      const answer = await once(`${base}${path}`, token, asked)
      if ('value' in answer) return answer.value
      if (answer.isFinal || performance.now() + pause > until) throw answer.error
      await sleep(pause * (0.5 + Math.random()))
    }
  }
  return {
    call: <T>(method: string, path: string, body?: unknown, patience = PATIENCE_MILLISECONDS) =>
      send<T>(path, patience, {
        read: json,
        init: () =>
          body === undefined
            ? { method }
            : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
      }),
    put: <T>(path: string, file: string, patience = PATIENCE_MILLISECONDS, part?: Part) =>
      send<T>(path, patience, {
        read: json,
        init: () => ({
          method: 'PUT',
          body: Readable.toWeb(
            createReadStream(file, part && { start: part.from, end: part.from + part.size - 1 }),
          ) as ReadableStream,
          duplex: 'half',
          headers: { 'content-type': 'application/octet-stream' },
        }),
      }),
    bytes: (path, patience = PATIENCE_MILLISECONDS) =>
      send(path, patience, {
        read: async (response) => new Uint8Array(await response.arrayBuffer()),
        init: () => ({ method: 'GET' }),
      }),
  }
}

async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T
}

interface Asked<T> {
  /** Made anew for each try. */
  readonly init: () => RequestInit
  readonly read: (response: Response) => Promise<T>
}

type Answer<T> = { readonly value: T } | { readonly error: ParzenError; readonly isFinal: boolean }

async function once<T>(url: string, token: string, { init, read }: Asked<T>): Promise<Answer<T>> {
  try {
    const given = init()
    const headers = { ...given.headers, authorization: `Bearer ${token}` }
    const response = await fetch(url, { ...given, headers, signal: AbortSignal.timeout(LONGEST_CALL_MILLISECONDS) })
    if (response.ok) return { value: await read(response) }
    const { error } = (await response.json()) as { error?: { code: string; message: string } }
    const { code, message } = error ?? { code: UNREACHABLE, message: `${url}: got status ${response.status}` }
    const isFinal = response.status < 500
    return { error: new ParzenError(isFinal ? code : UNREACHABLE, message), isFinal }
  } catch (cause) {
    const { message, cause: inner } = cause as Error
    const why = inner instanceof Error ? inner.message || (inner as NodeJS.ErrnoException).code : message
    return { error: new ParzenError(UNREACHABLE, `${url}: expected an answer, got ${why}`, { cause }), isFinal: false }
  }
}
