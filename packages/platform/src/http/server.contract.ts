import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryRepository } from '../stores/memory-series.js'
import type { Repository } from '../stores/series.js'
import { type Listening, type ListenOptions, listen } from './listen.js'
import { keyOf } from './server-key.js'
import { type Token, tokens } from './tokens.js'

export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly json: any
}

export interface Sent {
  readonly method?: string
  readonly path: string
  readonly body?: unknown
  /** Sent as it is, instead of `body` as JSON. */
  readonly raw?: string | Buffer
  readonly headers?: { readonly [name: string]: string }
  /** Default: a user's. */
  readonly token?: string | undefined
}

/** A real server on a free port, and a client that can also say what browsers never would. */
export interface TestServer extends Listening {
  readonly root: string
  readonly store: Repository
  readonly errors: unknown[]
  readonly started: string[]
  sign(token: Partial<Token>): string
  send(sent: Sent): Promise<Answer>
}

/** @param options what is not as tests want it. */
export async function testServer(options: Partial<ListenOptions> = {}): Promise<TestServer> {
  const root = mkdtempSync(join(tmpdir(), 'parzen-http-'))
  const store = memoryRepository()
  const errors: unknown[] = []
  const started: string[] = []
  const listening = await listen({
    store,
    root,
    version: '0.0.0',
    port: 0,
    worker: 'test',
    start: async (study) => started.push(study) > 0,
    onError: (error) => errors.push(error),
    ...options,
  })
  const sign = (token: Partial<Token>) =>
    tokens(keyOf(root)).sign({ kind: 'user', name: 'ada', expiresAt: Date.now() + 3_600_000, ...token })
  const user = sign({})
  return {
    ...listening,
    root,
    store,
    errors,
    started,
    sign,
    send: (sent) => send(listening.url, 'token' in sent ? sent : { ...sent, token: user }),
    async close() {
      await listening.close()
      rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    },
  }
}

function send(url: string, { method, path, body, raw, headers = {}, token }: Sent): Promise<Answer> {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const outgoing = request(
      {
        hostname,
        port,
        path,
        method: method ?? (text === undefined ? 'GET' : 'POST'),
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('end', () => {
          const all = Buffer.concat(chunks).toString('utf8')
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: all, json: parsed(all) })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
