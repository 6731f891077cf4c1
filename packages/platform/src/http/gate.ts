import type { Attempts } from './attempts.js'
import type { Route, Scope } from './route.js'
import { scopesOf, type Token, type Tokens } from './tokens.js'

export interface GateOptions {
  /** Values of the Host header that are answered, with port; in lower case. */
  readonly hosts: ReadonlySet<string>
  readonly tokens: Tokens
  readonly allowDefine: boolean
  readonly attempts: Attempts
  /** Requests say in `X-Forwarded-Proto` whether they came to the proxy by TLS, as far as it tells. */
  readonly isBehindProxy: boolean
  readonly now: () => number
}

/** What of a request decides whether it is answered. */
export interface Knock {
  readonly method: string
  /** As it came, not decoded. */
  readonly url: string
  /** Whom it comes from. */
  readonly address: string
  readonly headers: { readonly [name: string]: string | string[] | undefined }
}

export interface Caller {
  readonly token: Token
  readonly scopes: readonly Scope[]
}

export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 415 | 421 | 429
  readonly code: string
  readonly message: string
  /** Of 429. */
  readonly retrySeconds?: number
}

/** A name for each port: browsers send cookies to all ports of a host, and two servers must not sign each other's pages out. */
export function cookieName(host: string | undefined): string {
  const port = /:(\d+)$/.exec(host ?? '')?.[1]
  return port === undefined ? 'parzen' : `parzen-${port}`
}

/**
 * The checks of every request, in this order: Host, TLS of the proxy, path, route, Origin, content type, token, scope.
 *
 * A page of another site that rebinds its name to 127.0.0.1 sends no Origin: only Host tells it. Unknown routes are
 * refused before anybody asks who calls, so that a route without a rule is not there.
 */
export function gate(options: GateOptions): (knock: Knock, route: Route | undefined) => Caller | Refusal | undefined {
  return (knock, route) => {
    const wrong = refuseHost(knock, options.hosts) ?? refuseClear(knock, options) ?? refusePath(knock.url)
    if (wrong) return wrong
    if (!route) return refusal(404, 'http/route', `${knock.method} ${pathOf(knock.url)}: no such call`)
    const foreign = refuseOrigin(knock) ?? refuseContent(knock, route)
    if (foreign) return foreign
    return route.scope === 'anybody' ? undefined : admit(knock, route.scope, options)
  }
}

export function isRefusal(answer: Caller | Refusal | undefined): answer is Refusal {
  return answer !== undefined && 'status' in answer
}

function refusal(status: Refusal['status'], code: string, message: string): Refusal {
  return { status, code, message }
}

function refuseHost({ headers }: Knock, hosts: ReadonlySet<string>): Refusal | undefined {
  const host = headers['host']
  if (typeof host === 'string' && hosts.has(host.toLowerCase())) return undefined
  return refusal(421, 'http/host', 'Host: expected an address this server was told to answer to; see --allowed-host')
}

/** A proxy that takes requests in clear would let tokens be read on their way to it. */
function refuseClear({ headers }: Knock, { isBehindProxy }: GateOptions): Refusal | undefined {
  if (!isBehindProxy || isByTls(headers) !== false) return undefined
  return refusal(403, 'http/tls', 'expected https, got http: the proxy before this server lets requests in without TLS')
}

/** As the proxy says; undefined if it says nothing, or if there is none. */
export function isByTls(headers: Knock['headers']): boolean | undefined {
  const said = headers['x-forwarded-proto']
  if (said === undefined) return undefined
  return String(said)
    .split(',')
    .every((one) => one.trim().toLowerCase() === 'https')
}

/** Whom a request comes from, as the proxy says, which adds it to whatever the caller has said; undefined without one. */
export function addressOf(headers: Knock['headers'], isBehindProxy: boolean): string | undefined {
  const said = isBehindProxy ? headers['x-forwarded-for'] : undefined
  return said === undefined ? undefined : String(said).split(',').at(-1)?.trim()
}

export function pathOf(url: string): string {
  return url.split('?')[0] as string
}

/**
 * Decoded once, each part must be a plain name: what proxies and file systems read differently is refused, and so is what a
 * browser that is redirected would take for another host (`//evil.example`).
 */
function refusePath(url: string): Refusal | undefined {
  const path = pathOf(url)
  // nearly all are: nothing to decode, no name begins with a dot
  if (/^(\/\w[\w.-]*)+$/.test(path)) return undefined
  if (!path.startsWith('/') || path.includes('//')) {
    return refusal(400, 'http/path', 'path: expected one slash before each name')
  }
  for (const part of path.split('/').slice(1)) {
    let name: string
    try {
      name = decodeURIComponent(part)
    } catch {
      return refusal(400, 'http/path', 'path: expected UTF-8 in percent encoding')
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
    if (name === '.' || name === '..' || /[/\\;\u0000-\u001f]|%[0-9a-f]{2}/i.test(name)) {
      return refusal(400, 'http/path', 'path: expected plain names between slashes')
    }
  }
  return undefined
}

/** Whatever changes something must come from our own page or from no page at all. */
function refuseOrigin({ method, headers }: Knock): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const isOurs = origin === undefined || origin === `http://${host}` || origin === `https://${host}`
  if (isOurs && (site === undefined || site === 'same-origin' || site === 'none')) return undefined
  return refusal(403, 'http/origin', 'Origin: expected this server’s own page')
}

/** A form of another site can send text/plain without being asked first, JSON it cannot. */
function refuseContent({ method, headers }: Knock, { bytes }: Route): Refusal | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined
  const type = headers['content-type']
  const length = headers['content-length']
  const isEmpty = type === undefined && (length === undefined || length === '0')
  if (isEmpty && headers['transfer-encoding'] === undefined) return undefined
  const wanted = bytes === 'body' ? 'application/octet-stream' : 'application/json'
  const [given] = typeof type === 'string' ? type.toLowerCase().split(';') : []
  if (given?.trim() === wanted) return undefined
  return refusal(415, 'http/content-type', `Content-Type: expected ${wanted}`)
}

const NO_TOKEN =
  'expected a valid token: `parzen token NAME` makes one for programs, `parzen serve` prints a link that lets a browser in'

function admit({ headers, url, address }: Knock, scope: Scope, options: GateOptions): Caller | Refusal {
  const text = bearer(headers['authorization']) ?? cookie(headers)
  const token = text === undefined ? undefined : options.tokens.verify(text, options.now())
  const wait = text === undefined || token ? undefined : options.attempts.fail(address)
  if (wait !== undefined) return tooMany(wait)
  if (!token) return refusal(401, 'http/token', NO_TOKEN)
  const scopes = scopesOf(token, options.allowDefine)
  if (!scopes.includes(scope)) {
    const hint = scope === 'define' ? 'start the server with --allow-define' : `this token is a ${token.kind}’s`
    return refusal(403, 'http/scope', `expected a token that may ${scope}: ${hint}`)
  }
  if (token.kind === 'trial' && !isAbout(url, token)) {
    return refusal(403, 'http/scope', 'expected the token of this trial, got another one’s')
  }
  return { token, scopes }
}

export function tooMany(retrySeconds: number): Refusal {
  const message = `expected no more wrong tokens for now: try again in ${retrySeconds} s`
  return { status: 429, code: 'http/attempts', message, retrySeconds }
}

function isAbout(url: string, { study, trial }: Token): boolean {
  const [, api, version, studies, ofStudy, trials, ofTrial] = pathOf(url).split('/')
  return (
    `${api}/${version}/${studies}/${trials}` === 'api/v1/studies/trials' &&
    decodeURIComponent(ofStudy ?? '') === study &&
    ofTrial === String(trial)
  )
}

function bearer(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? /^Bearer (\S+)$/i.exec(header)?.[1] : undefined
}

function cookie({ cookie: header, host }: Knock['headers']): string | undefined {
  if (typeof header !== 'string') return undefined
  const wanted = cookieName(typeof host === 'string' ? host : undefined)
  for (const pair of header.split(';')) {
    const [name, value] = pair.trim().split('=')
    if (name === wanted) return value
  }
  return undefined
}
