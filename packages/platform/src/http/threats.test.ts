import { execFileSync } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { openStudy } from '@parzen/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseSweep } from '../spec/parse.js'
import { attemptFolder } from '../stores/folders.js'
import { memoryRepository } from '../stores/memory-series.js'
import { routes } from './contract.js'
import { listen } from './listen.js'
import type { Route } from './route.js'
import { type Sent, type TestServer, testServer } from './server.contract.js'
import { keyOf } from './server-key.js'

/**
 * What burnt other tools, row by row, tried on a server that listens. Study `a` is asked for and has trials 0 and 1 running,
 * `b` is asked for too, `job` has a command. No attack may leave anything in a journal.
 */
const sweep = (name: string, more = '') =>
  `{ study: ${name}, objective: { metric: loss, direction: minimize }, space: { x: 'uniform(0, 1)' }${more} }`
const command = ", command: 'echo loss={x}'"
const report = { from: 0, reports: [{ step: 1, metrics: { loss: 1 } }] }
const bytes = { 'content-type': 'application/octet-stream' }
const linked = ['a', { trial: 1, attempt: 1 }] as const
const own = ['a', { trial: 0, attempt: 1 }] as const

let server: TestServer
let cookie: string
/** Of trial 0 of study `a`, as `ask` gives it. */
let trialToken: string
let folder: string

beforeAll(async () => {
  server = await testServer()
  for (const name of ['a', 'b']) await server.send({ path: '/api/v1/studies', body: { text: sweep(name) } })
  const asked = await server.send({ path: '/api/v1/studies/a/ask', body: { count: 2 } })
  await server.send({ path: '/api/v1/studies/b/ask', body: {} })
  trialToken = asked.json.trials[0].token
  const { study: spec } = parseSweep(sweep('job', command), { file: 'sweep', folder: server.root })
  await openStudy(server.store, spec)
  cookie = await sessionOf(server, server.link())
  folder = join(attemptFolder(server.root, ...own), 'artifacts')
  mkdirSync(folder, { recursive: true })
  const outside = join(server.root, 'outside')
  mkdirSync(outside)
  for (const name of ['secret.txt', 'stdout.log']) writeFileSync(join(outside, name), 'secret')
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'file'))
  symlinkSync(outside, join(folder, 'folder'))
  symlinkSync(join(outside, 'secret.txt'), join(dirname(folder), 'stdout.log'))
  execFileSync('mkfifo', [join(dirname(folder), 'stderr.log')])
  // what a trial can do to its own folder
  mkdirSync(dirname(attemptFolder(server.root, ...linked)), { recursive: true })
  symlinkSync(outside, attemptFolder(server.root, ...linked))
  writeFileSync(join(folder, '<img src=x onerror=alert(1)>.svg'), '<svg onload="alert(1)"/>')
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.close()
})

async function sessionOf(of: TestServer, link: string): Promise<string> {
  const { pathname, search } = new URL(link)
  const { headers } = await of.send({ path: pathname + search, token: undefined })
  return String(headers['set-cookie'] ?? '').split(';')[0] as string
}

/** What is on record, all of it. */
async function record(): Promise<string> {
  const names = await server.store.list()
  return JSON.stringify(await Promise.all(names.map((name) => server.store.read(name, 0))))
}

/** A call of each route, with what a path needs filled in. */
function callOf(route: Route, trial = 0): Sent {
  const values: { readonly [name: string]: string } = {
    study: 'a',
    trial: String(trial),
    attempt: '1',
    stream: 'stdout',
    id: 'nobody',
  }
  const filled = route.path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '0'.repeat(64))
  return {
    path: filled,
    method: route.method,
    ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { raw: '{}' }),
    ...(route.bytes === 'body' ? { headers: bytes } : {}),
  }
}

const all: readonly Route[] = Object.values(routes)
const guarded = all.filter(({ scope }) => scope !== 'anybody')
const changing = all.filter(({ method }) => method !== 'GET')
const beyondTrial = guarded.filter(({ scope }) => scope !== 'report')
const reporting = all.filter(({ scope }) => scope === 'report')
const studies = '/api/v1/studies'
const at = (rest: string) => `${studies}/a/trials/${rest}`

interface Threat {
  /** The row: who was burnt by it. */
  readonly row: string
  readonly attack: string
  readonly sent: () => readonly Sent[]
  /** `status code`, of each. */
  readonly refusal: string
}

const threats: readonly Threat[] = [
  {
    row: 'Ray, MLflow, Jupyter, local dev tools',
    attack: 'a name rebound to this machine, whatever else is right',
    sent: () =>
      ['evil.example', 'evil.example:80', '127.0.0.1:1', 'localhost', 'localhost.evil.example', '0.0.0.0'].flatMap(
        (host) => [
          { path: studies, headers: { host } },
          { path: '/', headers: { host, 'x-forwarded-host': new URL(server.url).host }, token: undefined },
          { path: '/?t=guess', headers: { host }, token: undefined },
          { path: `${studies}/a/stream`, headers: { host, upgrade: 'websocket', connection: 'upgrade' } },
        ],
      ),
    refusal: '421 http/host',
  },
  {
    row: 'local dev tools',
    attack: 'a rebound name is refused before anything is said of routes, origins or tokens',
    sent: () => [
      {
        path: '/nothing',
        method: 'POST',
        headers: { host: 'evil.example', origin: 'http://evil.example' },
        token: 'x',
      },
    ],
    refusal: '421 http/host',
  },
  {
    row: 'Ray, Jupyter',
    attack: 'a page of another site, or of another port, with the cookie of a browser that is let in',
    sent: () =>
      [
        { origin: 'http://evil.example' },
        { origin: 'http://127.0.0.1:1' },
        { origin: server.url.replace('127.0.0.1', 'localhost') },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ].flatMap((headers) =>
        changing.map((route) => {
          const call = callOf(route)
          return { ...call, headers: { ...call.headers, ...headers, cookie }, token: undefined }
        }),
      ),
    refusal: '403 http/origin',
  },
  {
    row: 'Ray',
    attack: 'methods nobody thought of',
    sent: () =>
      ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH'].map((method) => ({ path: studies, method })),
    refusal: '404 http/route',
  },
  {
    row: 'MLflow',
    attack: 'bodies that a form can send without being asked first',
    sent: () =>
      ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json', ''].flatMap(
        (type) =>
          changing.map((route) => ({
            ...callOf(route),
            raw: '{}',
            headers: { 'content-type': type, cookie },
            token: undefined,
          })),
      ),
    refusal: '415 http/content-type',
  },
  {
    row: 'MLflow, Weave',
    attack: 'paths that lead elsewhere, once decoded or twice, with parameters, in other alphabets',
    sent: () =>
      [
        '..',
        '%2e%2e',
        '..%2f..%2fetc',
        '..%252f',
        '%252e%252e',
        '..;',
        ';..%2f',
        'a%5c..',
        'a%00',
        '%ff',
        'a%2fb',
        '%0d%0aX:1',
      ].flatMap((part) => [
        { path: `${studies}/${part}` },
        { path: `${studies}/${part}/trials/0/attempts/1/logs/stdout` },
        { path: at(`0/artifacts/${part}`), method: 'PUT', raw: 'x', headers: bytes, token: trialToken },
        { path: `/assets/${part}` },
      ]),
    refusal: '400 http/path',
  },
  {
    row: 'MLflow, Weave',
    attack: 'the address of another site in place of a path, to be redirected to it',
    sent: () =>
      ['//evil.example', '///evil.example', '//evil.example/a', 'http://evil.example/', '/a//b'].map((path) => ({
        path: `${path}?t=x`,
        token: undefined,
      })),
    refusal: '400 http/path',
  },
  {
    row: 'Aim, ClearML',
    attack: 'names of files that a worker keeps',
    sent: () =>
      ['.bashrc', '-rf', '%20x', 'x%22', 'x'.repeat(201)].map((name) => ({
        path: at(`0/artifacts/${name}`),
        method: 'PUT',
        raw: 'x',
        headers: bytes,
        token: trialToken,
      })),
    refusal: '400 http/input',
  },
  {
    row: 'Aim, Weave',
    attack: 'a file of the server, or of nobody, by its name or by its hash',
    sent: () => ['server.key', 'file', 'x'.repeat(64)].map((name) => ({ path: at(`0/artifacts/${name}`) })),
    refusal: '400 http/input',
  },
  {
    row: 'MLflow, Airflow, NNI, optuna-dashboard',
    attack: 'no token, on any route there is',
    sent: () => guarded.map((route) => ({ ...callOf(route), token: undefined })),
    refusal: '401 http/token',
  },
  {
    row: 'Ray, Jupyter',
    attack: 'tokens that are wrong, over, of another place, or in the address',
    sent: () => [
      ...[
        '',
        'x',
        'parzen.e30.AAAA',
        'parzen..',
        `${server.sign({})}A`,
        server.sign({ expiresAt: Date.now() - 1 }),
      ].map((token) => ({ path: studies, token })),
      { path: `${studies}?token=${server.sign({})}`, token: undefined },
      { path: studies, token: undefined, headers: { cookie: `parzen=${server.sign({})}` } },
      { path: studies, method: 'HEAD', token: undefined },
    ],
    refusal: '401 http/token',
  },
  {
    row: 'MLflow',
    attack: 'routes that were forgotten: unknown ones are refused before anybody asks who calls',
    sent: () =>
      [
        '/api',
        '/api/v1/nothing',
        '/api/v2/studies',
        '/api/v1/studies/a/nothing',
        '/ajax-api/2.0/x',
        '/graphql',
      ].flatMap((path) => [{ path, method: 'POST', token: undefined }, ...(path.startsWith('/api') ? [{ path }] : [])]),
    refusal: '404 http/route',
  },
  {
    row: 'Airflow, optuna-dashboard',
    attack: 'a viewer who changes something',
    sent: () => {
      const token = server.sign({ kind: 'viewer' })
      return guarded.filter(({ scope }) => scope !== 'read').map((route) => ({ ...callOf(route), token }))
    },
    refusal: '403 http/scope',
  },
  {
    row: 'Weave',
    attack: 'a trial that does what its owner may: studies, links, commands, reading',
    sent: () => beyondTrial.map((route) => ({ ...callOf(route), token: trialToken })),
    refusal: '403 http/scope',
  },
  {
    row: 'Weave',
    attack: 'a trial that speaks for another trial, study or attempt',
    sent: () => [
      ...reporting.map((route) => ({ ...callOf(route, 1), token: trialToken })),
      ...[at('00/reports'), at('0.0/reports'), `${studies}/b/trials/0/reports`].map((path) => ({
        path,
        body: report,
        token: trialToken,
      })),
      { path: at('0/reports'), body: { ...report, attempt: 2 }, token: trialToken },
      { path: at('0/heartbeat'), body: { attempt: 2 }, token: trialToken },
      { path: at('0/tell'), body: { attempt: 2, outcome: { state: 'complete', values: [0] } }, token: trialToken },
    ],
    refusal: '403 http/scope',
  },
  {
    row: 'Ray, Airflow',
    attack: 'a page that makes a command, changes one or takes it away, where no --allow-define was said',
    sent: () => [
      { path: studies, body: { text: sweep('c', command) } },
      { path: studies, body: { text: sweep('a', command), start: false } },
      { path: studies, body: { text: sweep('job', ", command: 'touch /tmp/x'") } },
      { path: studies, body: { text: sweep('job') } },
    ],
    refusal: '403 http/define',
  },
  {
    row: 'Ray, Airflow',
    attack: 'a page that starts a command, where no --allow-define was said',
    sent: () => [{ path: `${studies}/job/start`, body: {}, headers: { cookie }, token: undefined }],
    refusal: '403 http/scope',
  },
  {
    row: 'Ray, Airflow',
    attack: 'a command among what may be edited',
    sent: () =>
      [{ job: { command: 'x' } }, { command: 'x' }, { space: {}, executor: 'x' }].map((body) => ({
        path: `${studies}/job`,
        method: 'PATCH',
        body,
      })),
    refusal: '400 http/input',
  },
  {
    row: 'MLflow',
    attack: 'one request that asks for more than anybody needs',
    sent: () => [
      { path: `${studies}/a/ask`, body: { count: 101 } },
      { path: `${studies}?limit=1001` },
      { path: at('0/attempts/1/logs/stdout?most=1048577') },
      { path: at('0/reports'), body: { from: 0, reports: Array(1001).fill(report.reports[0]) }, token: trialToken },
    ],
    refusal: '400 http/input',
  },
  {
    row: 'MLflow',
    attack: 'bodies that reach into prototypes or break off',
    sent: () =>
      ['{"__proto__": {"x": 1}}', String.raw`{"params": {"\u005f_proto__": 1}}`, '{', '['.repeat(100_000)].map(
        (raw) => ({ path: `${studies}/a/enqueue`, raw }),
      ),
    refusal: '400 http/json',
  },
  {
    row: 'MLflow',
    attack: 'bodies so deep that going through them would overflow the stack',
    sent: () => {
      const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
      return [deep, `{"params": ${deep}}`, `{"params": {"x": ${deep}}}`].map((raw) => ({
        path: `${studies}/a/enqueue`,
        raw,
      }))
    },
    refusal: '400 http/input',
  },
]

describe.each(threats)('$row', ({ attack, sent, refusal }) => {
  it(`${attack}: ${refusal}`, async () => {
    const before = await record()
    const calls = sent()
    expect(calls).not.toEqual([])
    for (const call of calls) {
      const { status, json, headers, text } = await server.send(call)
      const code = call.method === 'HEAD' ? refusal.split(' ')[1] : json?.error?.code
      expect([call, `${status} ${code}`]).toEqual([call, refusal])
      expect(headers['access-control-allow-origin'] ?? headers['location'] ?? headers['set-cookie']).toBeUndefined()
      expect(headers['x-content-type-options']).toBe('nosniff')
      if ((call.token?.length ?? 0) > 20) expect(text).not.toContain(call.token)
    }
    expect(await record()).toBe(before)
    expect(server.started).toEqual([])
  })
})

/** What comes back for bytes that no client would send. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.end(text))
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    socket.on('error', reject).on('close', () => resolve(answer))
  })
}

describe('Ray, Jupyter, local dev tools', () => {
  it('no Host, an empty one, or one behind another: none is answered', async () => {
    const good = new URL(server.url).host
    const end = `Authorization: Bearer ${server.sign({})}\r\nConnection: close\r\n\r\n`
    const status = async (line: string, hosts: string) =>
      (await raw(`GET /api/v1/studies ${line}\r\n${hosts}${end}`)).split(' ')[1]
    expect(await status('HTTP/1.1', `Host: ${good}\r\n`)).toBe('200')
    expect(await status('HTTP/1.1', '')).toBe('400')
    expect(await status('HTTP/1.0', '')).toBe('421')
    expect(await status('HTTP/1.1', 'Host:\r\n')).toBe('421')
    expect(await status('HTTP/1.1', `Host: evil.example\r\nHost: ${good}\r\n`)).toMatch('4')
  })

  it('a link that is used twice, guessed, or kept for longer than 15 minutes lets nobody in', async () => {
    let late = 0
    const own = await testServer({ now: () => Date.now() + late })
    const first = own.link()
    expect(await sessionOf(own, first)).toMatch(/^parzen-\d+=parzen\./)
    expect(await sessionOf(own, first)).toBe('')
    for (const guess of ['', 'x', new URL(first).searchParams.get('t')?.slice(1)]) {
      expect(await sessionOf(own, `${own.url}/?t=${guess}`)).toBe('')
    }
    const kept = own.link()
    late = 15 * 60_000 + 1000
    expect(await sessionOf(own, kept)).toBe('')
    await own.close()
  })

  it('a session lasts no longer than the token that asked for its link, and is out of reach of scripts', async () => {
    const hour = 3_600_000
    let late = 0
    const own = await testServer({ now: () => Date.now() + late })
    const token = own.sign({ expiresAt: Date.now() + hour })
    const { link } = (await own.send({ path: '/api/v1/links', method: 'POST', token })).json
    const { headers } = await own.send({ path: new URL(link).pathname + new URL(link).search, token: undefined })
    const given = String(headers['set-cookie'])
    expect(given).toMatch(/^parzen-\d+=\S+; HttpOnly; SameSite=Strict; Path=\/; Max-Age=\d{4}$/)
    const call = { path: studies, headers: { cookie: given.split(';')[0] as string }, token: undefined }
    expect((await own.send(call)).status).toBe(200)
    late = hour + 1000
    expect((await own.send(call)).status).toBe(401)
    await own.close()
  })

  it('a token that is revoked is of no use at once, nor is what was got with it: sessions, trials, other tokens', async () => {
    const own = await testServer()
    await own.send({ path: studies, body: { text: sweep('a') } })
    const give = async (token: string | undefined, body: object) =>
      (await own.send({ path: '/api/v1/tokens', body, ...(token === undefined ? {} : { token }) })).json
    const [ada, bob] = [await give(undefined, { name: 'ada' }), await give(undefined, { name: 'bob' })]
    const carl = await give(ada.token, { name: 'carl', kind: 'viewer', days: 3650 })
    // rights and time of nobody but her
    expect([carl.expiresAt, carl.by]).toEqual([ada.expiresAt, 'ada'])
    const { link } = (await own.send({ path: '/api/v1/links', method: 'POST', token: ada.token })).json
    const session = { path: studies, headers: { cookie: await sessionOf(own, link) }, token: undefined }
    const asked = (await own.send({ path: `${studies}/a/ask`, body: {}, token: ada.token })).json.trials[0]
    const calls = [
      { path: studies, token: ada.token },
      { path: studies, token: carl.token },
      session,
      { path: at('0/reports'), body: report, token: asked.token },
      { path: studies, token: bob.token },
    ]
    const statuses = async () => Promise.all(calls.map(async (call) => (await own.send(call)).status))
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
    const names = async (token?: string) =>
      (await own.send({ path: '/api/v1/tokens', ...(token === undefined ? {} : { token }) })).json.map(
        ({ name }: { name: string }) => name,
      )
    expect([await names(), await names(ada.token), await names(bob.token)]).toEqual([
      ['ada', 'bob', 'carl'],
      ['ada', 'carl'],
      ['bob'],
    ])
    const stream = await fetch(`${own.url}${studies}/a/stream`, { headers: { authorization: `Bearer ${ada.token}` } })
    const revoke = (id: string, token?: string) =>
      own.send({ path: `/api/v1/tokens/${id}`, method: 'DELETE', ...(token === undefined ? {} : { token }) })
    expect((await revoke(ada.id, bob.token)).json.error.code).toBe('token/unknown')
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
    expect((await revoke(ada.id, ada.token)).json).toEqual({ done: true })
    expect((await revoke(ada.id)).json).toEqual({ done: false })
    expect(await statuses()).toEqual([401, 401, 401, 401, 200])
    // what happens from now on, her open page is not told
    await own.send({ path: `${studies}/a/enqueue`, body: { params: { x: 0.125 } } })
    const told = await stream.text()
    expect([told.includes('trial-started'), told.includes('trial-queued')]).toEqual([true, false])
    expect(own.errors).toEqual([])
    await own.close()
  })

  it('a link that a revoked token asked for opens nothing', async () => {
    const own = await testServer()
    const { token, id } = (await own.send({ path: '/api/v1/tokens', body: { name: 'ada' } })).json
    const { link } = (await own.send({ path: '/api/v1/links', method: 'POST', token })).json
    await own.send({ path: `/api/v1/tokens/${id}`, method: 'DELETE' })
    const call = { path: studies, headers: { cookie: await sessionOf(own, link) }, token: undefined }
    expect((await own.send(call)).status).toBe(401)
    await own.close()
  })

  it('a token of a trial ends, after 30 days', async () => {
    let late = 0
    const own = await testServer({ now: () => Date.now() + late })
    await own.send({ path: studies, body: { text: sweep('a') } })
    const { token } = (await own.send({ path: `${studies}/a/ask`, body: {} })).json.trials[0]
    const call = { path: at('0/reports'), body: report, token }
    expect((await own.send(call)).status).toBe(200)
    late = 30 * 86_400_000 + 1000
    expect((await own.send(call)).status).toBe(401)
    await own.close()
  })
})

describe('Jupyter', () => {
  it('answers wrong tokens and links no more than 60 times a minute from one address, and right ones all the while', async () => {
    let late = 0
    const warnings: string[] = []
    const own = await testServer({ now: () => Date.now() + late, onWarning: (text) => warnings.push(text) })
    const wrong = () => own.send({ path: studies, token: 'x' })
    for (let i = 0; i < 59; i++) expect((await wrong()).status).toBe(401)
    expect((await own.send({ path: '/?t=guess', token: undefined })).status).toBe(303)
    const refused = await wrong()
    expect([refused.status, refused.json.error.code]).toEqual([429, 'http/attempts'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50)
    expect((await own.send({ path: '/?t=guess', token: undefined })).status).toBe(429)
    expect((await own.send({ path: studies })).status).toBe(200)
    expect(await sessionOf(own, own.link())).toMatch(/^parzen-/)
    expect(warnings).toEqual(['127.0.0.1: more than 60 wrong tokens within a minute'])
    late = 61_000
    expect((await wrong()).status).toBe(401)
    await own.close()
  })

  it('tells callers behind a proxy apart, and believes nobody who is not behind one', async () => {
    const flood = async (own: TestServer, from: (i: number) => string) => {
      for (let i = 0; i < 61; i++)
        await own.send({ path: studies, token: 'x', headers: { 'x-forwarded-for': from(i) } })
      return (await own.send({ path: studies, token: 'x', headers: { 'x-forwarded-for': '10.0.0.2' } })).status
    }
    const [plain, proxied] = [await testServer(), await testServer({ isBehindProxy: true })]
    expect(await flood(plain, (i) => `10.1.0.${i}`)).toBe(429)
    // what the caller makes up stands before what the proxy adds
    expect(await flood(proxied, (i) => `10.1.0.${i}, 10.0.0.1`)).toBe(401)
    expect((await proxied.send({ path: studies, token: 'x', headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(
      429,
    )
    await Promise.all([plain.close(), proxied.close()])
  })

  it('takes nothing from a proxy that was reached without TLS, and marks cookies of one that was', async () => {
    const own = await testServer({ isBehindProxy: true, allowedHosts: ['tune.example.org'] })
    const by = (proto: string) => ({ host: 'tune.example.org', 'x-forwarded-proto': proto })
    for (const proto of ['http', 'https, http', 'x']) {
      const { status, json } = await own.send({ path: studies, headers: by(proto) })
      expect([status, json.error.code]).toEqual([403, 'http/tls'])
    }
    expect((await own.send({ path: studies, headers: by('https') })).status).toBe(200)
    expect((await own.send({ path: studies })).status).toBe(200)
    const link = new URL(own.link())
    expect(link.origin).toBe('https://tune.example.org')
    const { headers } = await own.send({ path: link.pathname + link.search, headers: by('https'), token: undefined })
    expect(String(headers['set-cookie'])).toMatch(/^parzen=.*; Path=\/; Max-Age=\d+; Secure$/)
    await own.close()
  })
})

describe('TensorBoard', () => {
  it('listens on 127.0.0.1 alone, and elsewhere only if it is told the name to answer to', async () => {
    const { hostname, port } = new URL(server.url)
    expect(hostname).toBe('127.0.0.1')
    const elsewhere = new Promise((resolve) => {
      const socket = connect(Number(port), '127.0.0.2', () => resolve('let in')).on('error', () => resolve('refused'))
      socket.on('connect', () => socket.destroy())
    })
    expect(await elsewhere).toBe('refused')
    const root = mkdtempSync(join(tmpdir(), 'parzen-threats-'))
    const open = listen({
      store: memoryRepository(),
      root,
      version: '0.0.0',
      port: 0,
      address: '0.0.0.0',
      worker: 'test',
      start: async () => false,
      onError: () => undefined,
    })
    await expect(open).rejects.toThrow('--listen 0.0.0.0: expected --allowed-host as well, got none')
    rmSync(root, { recursive: true })
  })

  it('lets no other page frame it, read it or run a script in it', async () => {
    const { headers, text } = await server.send({ path: '/', token: undefined })
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'; base-uri 'none'; form-action 'self'$/,
      ),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(text.match(/<script(?![^>]*\ssrc="\/)[^>]*>|\son\w+=|<style|javascript:/gi)).toBeNull()
  })
})

describe('optuna-dashboard, MLflow, Aim', () => {
  it('hands out what a trial kept as a file that no browser runs', async () => {
    const files = (await server.send({ path: at('0/artifacts') })).json
    expect(files.map(({ name }: { name: string }) => name)).toEqual(['<img src=x onerror=alert(1)>.svg'])
    const { headers, text } = await server.send({ path: at(`0/artifacts/${files[0].sha256}`) })
    expect(text).toBe('<svg onload="alert(1)"/>')
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E.svg",
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('follows no link and waits for no pipe that a trial has put among its files and logs', async () => {
    const log = async (trial: number, stream: string) =>
      (await server.send({ path: at(`${trial}/attempts/1/logs/${stream}`) })).json
    const nothing = { text: '', from: 0, to: 0, size: 0 }
    expect([await log(0, 'stdout'), await log(0, 'stderr'), await log(1, 'stdout')]).toEqual([
      nothing,
      nothing,
      nothing,
    ])
    const outside = join(server.root, 'outside')
    symlinkSync(outside, join(attemptFolder(server.root, ...linked), 'artifacts'))
    expect((await server.send({ path: at('1/artifacts') })).json).toEqual([])
    const put = { path: at('1/artifacts/secret.txt'), method: 'PUT', raw: 'mine', headers: bytes }
    expect((await server.send(put)).json.error.code).toBe('artifact/folder')
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret')
  })
})

describe('MLflow', () => {
  it('reads no more of a body than it takes, and no sweep that unfolds without end', async () => {
    const large = { path: `${studies}/a/enqueue`, raw: `{"params":{"x":"${'y'.repeat(2 ** 20)}"}}` }
    expect((await server.send(large)).status).toBe(413)
    const announced = { ...bytes, 'content-length': String(2 ** 29) }
    expect((await server.send({ path: at('0/artifacts/x'), method: 'PUT', raw: 'x', headers: announced })).status).toBe(
      413,
    )
    const host = `Host: ${new URL(server.url).host}`
    expect(await raw(`GET / HTTP/1.1\r\n${host}\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /)
    const lines = Array.from('bcdefghij', (name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]}, `.repeat(9)}]`)
    const text = ['a: &a [x]', ...lines].join('\n')
    const { problems, spec } = (await server.send({ path: '/api/v1/sweeps/check', body: { text } })).json
    expect([problems.length > 0, spec]).toEqual([true, null])
  })

  it('hangs up on who sends headers or bodies byte by byte, or takes no byte of an answer', async () => {
    const own = await testServer()
    await own.send({ path: studies, body: { text: sweep('a') } })
    await own.send({ path: `${studies}/a/ask`, body: {} })
    // more than the buffers between the two of them hold
    await own.send({ path: at('0/artifacts/large'), method: 'PUT', raw: Buffer.alloc(64 * 2 ** 20), headers: bytes })
    const [{ sha256 }] = (await own.send({ path: at('0/artifacts') })).json
    const of = await serverOf(own)
    expect([of.headersTimeout, of.requestTimeout, of.timeout]).toEqual([15_000, 600_000, 600_000])
    // the same, for who has less time
    Object.assign(of, { headersTimeout: 200, requestTimeout: 400, timeout: 400 })
    const head = `Host: ${new URL(own.url).host}\r\nAuthorization: Bearer ${own.token}\r\n`
    const json = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n'
    const slow = await Promise.all([
      trickle(own.url, `GET /api/v1 HTTP/1.1\r\n${head}X: `),
      trickle(own.url, `POST ${studies}/a/enqueue HTTP/1.1\r\n${head}${json}`),
    ])
    expect(slow).toEqual([expect.stringMatching(/^HTTP\/1.1 408 /), expect.stringMatching(/^HTTP\/1.1 408 /)])
    expect(await takeNothing(own.url, `GET ${at(`0/artifacts/${sha256}`)} HTTP/1.1\r\n${head}\r\n`)).toBe('cut off')
    expect((await own.send({ path: studies })).status).toBe(200)
    await own.close()
  }, 60_000)
})

/** The server behind an address of this process. */
async function serverOf(own: TestServer): Promise<Server> {
  let of: Server | undefined
  const listener = (message: unknown) => {
    of = (message as { readonly server: Server }).server
  }
  subscribe('http.server.request.start', listener)
  await own.send({ path: '/' })
  unsubscribe('http.server.request.start', listener)
  return of as Server
}

/** Sends one byte after the other until somebody hangs up. @returns what was said to it. */
function trickle(url: string, begin: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(begin))
    const drip = setInterval(() => socket.write('y'), 50)
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearInterval(drip)
        resolve(answer)
      })
  })
}

/** Asks for something and reads none of it until the connection of the server has gone. */
async function takeNothing(url: string, request: string): Promise<'whole' | 'cut off'> {
  const { hostname, port } = new URL(url)
  const closed = new Promise<void>((resolve) => {
    const listener = (message: unknown) => {
      const { request: of } = message as { readonly request: IncomingMessage }
      of.socket.on('close', () => resolve())
      unsubscribe('http.server.request.start', listener)
    }
    subscribe('http.server.request.start', listener)
  })
  const socket = connect(Number(port), hostname, () => socket.write(request))
  await closed
  let count = 0
  return new Promise((resolve) => {
    socket.on('data', (part: Buffer) => {
      count += part.length
    })
    socket.on('error', () => undefined).on('close', () => resolve(count > 64 * 2 ** 20 ? 'whole' : 'cut off'))
  })
}

describe('Weave, ClearML', () => {
  it('keeps key and address readable for their owner alone, also where another file was before', async () => {
    const root = join(mkdtempSync(join(tmpdir(), 'parzen-threats-')), 'store')
    mkdirSync(root, { mode: 0o700 })
    writeFileSync(join(root, 'server.json'), '{}', { mode: 0o644 })
    // what a full disk leaves: with it anybody could sign
    writeFileSync(join(root, 'server.key'), '', { mode: 0o644 })
    const options = { root, version: '0.0.0', port: 0, worker: 'test', start: async () => false }
    const one = await listen({ ...options, store: memoryRepository(), onError: () => undefined })
    for (const name of ['server.json', 'server.key']) expect(statSync(join(root, name)).mode & 0o777).toBe(0o600)
    expect(keyOf(root)).toHaveLength(32)
    await one.close()
    rmSync(dirname(root), { recursive: true })
  })

  it('does not start with a key that others can read, or could have put there', () => {
    const root = mkdtempSync(join(tmpdir(), 'parzen-threats-'))
    keyOf(root)
    chmodSync(join(root, 'server.key'), 0o644)
    expect(() => keyOf(root)).toThrow('a file of yours that nobody else can read')
    chmodSync(join(root, 'server.key'), 0o600)
    expect(keyOf(root)).toHaveLength(32)
    chmodSync(root, 0o777)
    expect(() => keyOf(root)).toThrow('a folder that you alone can write')
    rmSync(root, { recursive: true })
  })

  it('shows nobody what a trial prints of secrets, wherever a part of its log begins and ends', async () => {
    const secret = 'hf_0123456789/abc+def'
    vi.stubEnv('HF_TOKEN', secret)
    vi.stubEnv('PARZEN_STORE', 'postgres://me:hunter22@db/x')
    const own = await testServer()
    await own.send({ path: studies, body: { text: sweep('a') } })
    await own.send({ path: `${studies}/a/ask`, body: {} })
    const lines = [`é token ${secret}`, `?t=${encodeURIComponent(secret)}`, trialToken, 'password hunter22', 'loss=1']
    const log = `${lines.join('\n')}\n`
    const path = attemptFolder(own.root, 'a', { trial: 0, attempt: 1 })
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'stdout.log'), log)
    const part = async (from: number, most: number) =>
      (await own.send({ path: at(`0/attempts/1/logs/stdout?from=${from}&most=${most}`) })).json
    const whole = await part(0, 10_000)
    expect(whole.text).toBe(
      [
        'é token *********************',
        `?t=${'*'.repeat(25)}`,
        '*'.repeat(trialToken.length),
        'password ********',
        'loss=1',
        '',
      ].join('\n'),
    )
    expect([whole.from, whole.to, whole.size]).toEqual([0, Buffer.byteLength(log), Buffer.byteLength(log)])
    for (let from = 5; from < whole.size; from += 7) {
      expect((await part(from, 7)).text).toBe(
        Buffer.from(whole.text)
          .subarray(from, from + 7)
          .toString(),
      )
    }
    vi.unstubAllEnvs()
    await own.close()
  })

  it('writes no token into a journal, an answer to somebody else, or its output', async () => {
    const tokens = [trialToken, server.token, cookie.split('=')[1] as string, server.sign({ kind: 'viewer' })]
    const seen = [await record()]
    for (const token of tokens) {
      for (const path of [
        '/api/v1',
        studies,
        `${studies}/a`,
        `${studies}/a/snapshot`,
        at('0'),
        at('9'),
        '/nothing',
        `/%ff?t=${token}`,
      ]) {
        seen.push(JSON.stringify(await server.send({ path, token })))
      }
      seen.push(JSON.stringify(await server.send({ path: `${studies}?token=${token}`, token })))
    }
    const everything = seen.join()
    for (const token of tokens) expect(everything).not.toContain(token.split('.')[2])
    expect(server.errors).toEqual([])
  })
})
