import { createHash } from 'node:crypto'
import { type AddressInfo, isIP } from 'node:net'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ParzenError } from '@parzen/core'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { answers } from './answers.js'
import { LARGEST_ARTIFACT_BYTES, tooLarge } from './artifacts.js'
import type { Attempts } from './attempts.js'
import type { Answers, Call, House } from './call.js'
import { type RouteName, routes } from './contract.js'
import { addressOf, type Caller, gate, isRefusal, type Knock, pathOf } from './gate.js'
import type { OneUseLinks } from './one-use-links.js'
import { pages } from './pages.js'
import { refuse } from './refuse.js'
import type { Route } from './route.js'
import { streamEvents } from './stream.js'
import type { Tls } from './tls.js'

export interface ServerOptions extends Omit<House, 'ask'> {
  /** Values of the Host header to answer besides loopback's, as `name` or `name:port`. */
  readonly allowedHosts: readonly string[]
  readonly links: OneUseLinks
  readonly attempts: Attempts
  /** Undefined: none. */
  readonly tls: Tls | undefined
  readonly isBehindProxy: boolean
  /** Hears of what nobody expected; requests are told only that there was something. */
  readonly onError: (error: unknown, where: string) => void
}

const LARGEST_BODY_BYTES = 2 ** 20
/** Headers, and a whole request with its body: 256 MiB in 10 minutes is 3.6 Mbit/s. */
const HEADERS_MILLISECONDS = 15_000
const REQUEST_MILLISECONDS = 600_000
/** Of those who send tokens and those who do not. */
const MOST_CONNECTIONS = 10_000
const WORTH_ZIPPING_BYTES = 1400

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined
  }
  interface FastifyContextConfig {
    route?: Route
  }
}

/** The HTTP API and the dashboard; not listening yet. Everything a request must pass is in `gate.ts`. */
export function server(options: ServerOptions): FastifyInstance {
  const times = { headersTimeout: HEADERS_MILLISECONDS, connectionsCheckingInterval: 5000, maxHeaderSize: 16_384 }
  const app = fastify({
    bodyLimit: LARGEST_BODY_BYTES,
    forceCloseConnections: true,
    // who sends a byte now and then must not hold a connection for ever
    requestTimeout: REQUEST_MILLISECONDS,
    // nor who takes no byte of an answer
    connectionTimeout: REQUEST_MILLISECONDS,
    ...(options.tls ? { https: { ...options.tls, ...times } } : { http: times }),
    routerOptions: { maxParamLength: 20_000 },
    // paths that the router cannot read come by no hook
    frameworkErrors: (_error, request, reply) => {
      const answer = check(knockOf(request, options), undefined)
      if (isRefusal(answer)) refuse(reply.headers(HEADERS), answer)
    },
  }) as FastifyInstance
  app.server.maxConnections = MOST_CONNECTIONS
  const check = gate({ ...options, hosts: hostsOf(app, options.allowedHosts) })

  app.decorateRequest('caller', undefined)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    parseBody(body as string, done),
  )
  // left to whoever answers to read, who counts, since it may be long
  app.addContentTypeParser('application/octet-stream', (request, payload, done) => {
    const length = Number(request.headers['content-length'] ?? 0)
    if (length > LARGEST_ARTIFACT_BYTES) done(tooLarge(LARGEST_ARTIFACT_BYTES))
    else done(null, payload)
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS)
    const knock = knockOf(request, options)
    const isCall = /^\/api(\/|$)/.test(pathOf(knock.url))
    const route = request.routeOptions.config.route ?? (request.is404 || isCall ? undefined : page)
    const answer = check(knock, route)
    if (isRefusal(answer)) return refuse(reply, answer)
    request.caller = answer
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send())
  app.setErrorHandler((error, request, reply) => fail(error, request, { reply, options }))

  const house = { ...options, ask: (path: string) => askOneself(app, path, options) }
  for (const name of Object.keys(routes) as RouteName[]) addRoute(app, name, house)
  addStream(app, options)
  pages(app, options)
  return app
}

function knockOf({ method, raw, headers }: FastifyRequest, { isBehindProxy }: ServerOptions): Knock {
  return {
    method,
    url: raw.url ?? '',
    headers,
    address: addressOf(headers, isBehindProxy) ?? raw.socket.remoteAddress ?? '',
  }
}

/** One of this server's own replies, to somebody who may look. */
async function askOneself(app: FastifyInstance, path: string, { tokens, now }: ServerOptions): Promise<unknown> {
  const [at] = app.addresses() as AddressInfo[]
  const token = tokens.sign({ kind: 'viewer', name: 'this server', expiresAt: now() + 60_000 })
  const headers = { host: `127.0.0.1:${at?.port}`, authorization: `Bearer ${token}` }
  const reply = await app.inject({ url: `/api/v1${path}`, headers })
  if (reply.statusCode !== 200) throw new Error(`${path}: ${reply.body}`)
  return reply.json()
}

/** What is not an API call: the dashboard's own files, which hold nothing of anybody's. */
const page: Route = {
  method: 'GET',
  path: '/*',
  scope: 'anybody',
  summary: '',
  params: z.object({}),
  query: z.object({}),
  body: undefined,
  reply: z.unknown(),
}

function addRoute<N extends RouteName>(app: FastifyInstance, name: N, house: House): void {
  const route: Route = routes[name]
  const answerTo = (answers as Answers)[name]
  app.route({
    method: route.method,
    url: route.path,
    config: { route },
    handler: async (request, reply) => {
      let tag: string | undefined
      const call = {
        params: checked(route.params, request.params, 'path'),
        query: checked(route.query, request.query, 'query'),
        body: route.body && checked(route.body, request.body ?? (route.bytes === 'body' ? [] : {}), 'body'),
        caller: request.caller,
        tag: (version: number | string) => {
          tag = `"${headerSafe(String(version))}"`
        },
      } as Call<N>
      const answer = await answerTo(call, house)
      if (answer instanceof Response) return sendBytes(reply, answer)
      if (tag !== undefined) {
        reply.header('etag', tag).header('cache-control', 'private, no-cache')
        if (request.headers['if-none-match'] === tag) return reply.code(304).send()
      } else reply.header('cache-control', 'no-store')
      return sendJson(request, reply, answer)
    },
  })
}

/** What names a state may hold names of studies and metrics; a header holds few characters. */
function headerSafe(tag: string): string {
  return /^[\w.-]{1,100}$/.test(tag) ? tag : createHash('sha256').update(tag).digest('base64url')
}

async function sendJson(request: FastifyRequest, reply: FastifyReply, answer: unknown): Promise<FastifyReply> {
  const text = JSON.stringify(answer)
  reply.type('application/json; charset=utf-8')
  const mayZip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (!mayZip || text.length < WORTH_ZIPPING_BYTES) return reply.send(text)
  return reply
    .header('content-encoding', 'gzip')
    .header('vary', 'accept-encoding')
    .send(await zip(text, { level: ZIP_LEVEL }))
}

const zip = promisify(gzip)
/** Numbers of many digits hardly get smaller at higher levels, which take three times as long. */
const ZIP_LEVEL = 1

function sendBytes(reply: FastifyReply, answer: Response): FastifyReply {
  answer.headers.forEach((value, name) => {
    reply.header(name, value)
  })
  return reply.send(answer.body)
}

function addStream(app: FastifyInstance, { store, studies, tokens, now, onError }: ServerOptions): void {
  const route: Route = {
    ...routes.events,
    path: '/api/v1/studies/:study/stream',
    summary: 'The journal as it grows, as server-sent events.',
  }
  app.get(route.path, { config: { route } }, async (request, reply) => {
    const { study } = routes.events.params.parse(request.params)
    const { after } = routes.events.query.parse(request.query)
    await studies.get(study)
    const last = Number(request.headers['last-event-id'] ?? Number.NaN)
    streamEvents(reply, store, {
      study,
      after: Number.isInteger(last) && last >= 0 ? last : after,
      mayGoOn: () => request.caller !== undefined && tokens.holds(request.caller.token, now()),
    }).catch((error: unknown) => onError(error, pathOf(request.url)))
  })
}

function checked(type: z.ZodType, value: unknown, place: string): unknown {
  const result = type.safeParse(value)
  if (result.success) return result.data
  const [first] = result.error.issues
  const where = [place, ...(first?.path ?? [])].join('.')
  throw new ParzenError('http/input', `${where}: ${first?.message ?? 'not as expected'}`)
}

/** Keys that reach into prototypes are refused wherever they stand. */
function parseBody(text: string, done: (error: Error | null, body?: unknown) => void): void {
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text)
    // looked for only where it may be, also as \u005f: a reviver takes several times as long as the parser
    if (/__proto__|\\u/.test(text)) JSON.parse(text, refusePrototypes)
    done(null, body)
  } catch (cause) {
    done(
      new ParzenError('http/json', `body: expected JSON, got something else: ${(cause as Error).message}`, { cause }),
    )
  }
}

function refusePrototypes(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new SyntaxError('a key named __proto__')
  return value
}

const STATUS: { readonly [code: string]: number } = {
  'study/unknown': 404,
  'trial/unknown': 404,
  'artifact/unknown': 404,
  'token/unknown': 404,
  'checkpoints/unknown': 404,
  'http/size': 413,
  'study/changed': 409,
  'http/order': 409,
  'http/attempt': 409,
  'http/define': 403,
  'http/scope': 403,
  'run/taken': 409,
  'study/exists': 409,
  'http/busy': 429,
}

function fail(
  error: unknown,
  request: FastifyRequest,
  { reply, options }: { readonly reply: FastifyReply; readonly options: ServerOptions },
): FastifyReply {
  reply.header('cache-control', 'no-store')
  if (error instanceof ParzenError) {
    const { code, message } = error
    const isOurs = code.startsWith('store/')
    if (isOurs) options.onError(error, pathOf(request.url))
    return reply.code(isOurs ? 503 : (STATUS[code] ?? 400)).send({ error: { code, message } })
  }
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string }
  if (statusCode !== undefined && statusCode < 500) {
    return reply.code(statusCode).send({ error: { code: `http/${code ?? 'input'}`, message } })
  }
  options.onError(error, pathOf(request.url))
  return reply
    .code(500)
    .send({ error: { code: 'http/bug', message: 'something nobody expected; the server’s output says what' } })
}

/** Loopback's names with the port that is listened on, which is known only once it is. */
function hostsOf(app: FastifyInstance, allowed: readonly string[]): ReadonlySet<string> {
  const hosts = new Set<string>()
  app.addHook('onListen', async () => {
    for (const { port, address } of app.addresses() as AddressInfo[]) {
      // an address cannot be rebound; `0.0.0.0` is none that anybody should use
      const own = isIP(address) === 6 ? `[${address}]` : address
      const names = ['127.0.0.1', 'localhost', '[::1]', ...(/^[0.]+$|^\[::\]$/.test(own) ? [] : [own]), ...allowed]
      for (const name of names) {
        hosts.add(name.includes(':') && !name.startsWith('[') ? name : `${name}:${port}`.toLowerCase())
      }
    }
    for (const name of allowed) hosts.add(name.toLowerCase())
  })
  return hosts
}
