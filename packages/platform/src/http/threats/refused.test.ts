import { describe, expect, it } from 'vitest'
import { routes } from '../contract.js'
import type { Route } from '../route.js'
import type { Sent, TestServer } from '../server.contract.js'
import { at, attacked, bytes, command, recordOf, report, studies, sweep } from './attacked-server.contract.js'

let server: TestServer
let cookie: string
let trialToken: string

attacked((one) => {
  ;({ server, cookie, trialToken } = one)
})

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
    const before = await recordOf(server)
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
    expect(await recordOf(server)).toBe(before)
    expect(server.started).toEqual([])
  })
})
