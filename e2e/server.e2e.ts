import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { checkHistory, type StudyEvent } from '@parzen/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { cleanEnvironment, parzenPath, sweep, trainThatWaits, type Workplace, workplace } from './cli/workplace.js'

let place: Workplace
const servers: ChildProcess[] = []

beforeEach(() => {
  place = workplace()
})
afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL')
  place.remove()
})

/** Starts `parzen serve`. @returns once it listens. */
async function serve(...args: readonly string[]): Promise<ChildProcess & { url: string; link: string }> {
  const server = spawn(process.execPath, [parzenPath, 'serve', '--json', ...args], {
    cwd: place.folder,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  servers.push(server)
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string]
  return Object.assign(server, JSON.parse(line))
}

const own = () =>
  JSON.parse(readFileSync(join(place.folder, '.parzen/server.json'), 'utf8')) as { url: string; token: string }

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const { url, token } = own()
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await response.json()) as T
}

/** Events of a study's stream from `after` on, as a browser would read them. */
async function* follow(after: number): AsyncGenerator<StudyEvent> {
  const { url, token } = own()
  const headers = { authorization: `Bearer ${token}`, 'last-event-id': String(after) }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/api/v1/studies/s/stream`, { headers }, resolve).on('error', reject)
  })
  // the server that sends it is killed: that is what is tested
  response.on('error', () => undefined).setEncoding('utf8')
  let rest = ''
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('data: ')) yield* JSON.parse(line.slice(6)) as StudyEvent[]
  }
}

const text = 'study: s\nobjective: { metric: loss, direction: minimize }\nspace: { x: uniform(0, 1) }\n'

it('survives kill -9: the same address, the same tokens, and a stream that goes on where it was', async () => {
  const first = await serve()
  await call('POST', '/studies', { text })
  const { trials } = await call<{ trials: { trial: number; token: string }[] }>('POST', '/studies/s/ask', { count: 3 })
  const seen: StudyEvent[] = []
  const before = follow(0)
  while (seen.length < 7) seen.push((await before.next()).value as StudyEvent)
  const exited = once(first, 'exit')
  first.kill('SIGKILL')
  await exited

  const second = await serve()
  expect(second.url).toBe(first.url)
  const after = follow(seen.length)
  for (const { trial, token } of trials) {
    const response = await fetch(`${second.url}/api/v1/studies/s/trials/${trial}/tell`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ outcome: { state: 'complete', values: [trial] } }),
    })
    expect(await response.json()).toEqual({ done: true })
    seen.push((await after.next()).value as StudyEvent)
  }
  const { events } = await call<{ events: StudyEvent[] }>('GET', '/studies/s/events')
  expect(seen).toEqual(events)
})

it('runs a sweep that it is sent, if it was started to allow that', async () => {
  await serve('--allow-define')
  const withCommand = `${text}command: echo loss={x}\nbudget: { trials: 3 }\n`
  const created = await call('POST', '/studies', { text: withCommand })
  expect(created).toMatchObject({ study: 's', total: 3 })
  const ended = follow(0)
  for await (const { type } of ended) if (type === 'study-ended') break
  const { summary } = await call<{ summary: object }>('GET', '/studies/s')
  expect(summary).toMatchObject({ state: 'ended', complete: 3 })
  const log = await call<{ text: string }>('GET', '/studies/s/trials/0/attempts/1/logs/stdout')
  expect(log.text).toMatch(/^loss=0\.\d+\n$/)
})

/** A run whose trials wait for the file `go`, killed while two of them do. */
async function killedRun(): Promise<void> {
  place.write('train.sh', trainThatWaits)
  const run = place.start('run')
  await expect
    .poll(() => [0, 1].every((n) => existsSync(join(place.folder, `began-${n}`))), { timeout: 20_000 })
    .toBe(true)
  await expect.poll(stateOf, { timeout: 20_000 }).toBe('running')
  run.process.kill('SIGKILL')
  await run.result
}

async function stateOf(): Promise<string> {
  const [line] = JSON.parse((await place.parzen('list', '--json')).stdout)
  return line?.state
}

it('sees to what a killed run has left, once the study is stopped: it does not stay "stopping"', async () => {
  await killedRun()
  await serve()
  expect(await call('POST', '/studies/line/stop', {})).toEqual({ done: true })
  expect(await stateOf()).toBe('stopping')
  place.write('go', '')
  await expect.poll(stateOf, { timeout: 20_000 }).toBe('stopped')
  const { summary } = await call<{ summary: object }>('GET', '/studies/line')
  expect(summary).toMatchObject({ complete: 2, trials: 2, failed: 0 })
  // and a resumption goes on from there
  expect((await place.parzen('run')).code).toBe(0)
  const { events } = await call<{ events: StudyEvent[] }>('GET', '/studies/line/events')
  expect(checkHistory(events)).toEqual([])
  expect(await stateOf()).toBe('ended')
})

it('ends what a killed run has left, if that is asked for; the next run continues it', async () => {
  await killedRun()
  await serve()
  expect(await call('POST', '/studies/line/stop', { now: true })).toEqual({ done: true })
  await expect.poll(stateOf, { timeout: 20_000 }).toBe('stopped')
  place.write('go', '')
  expect((await place.parzen('run')).code).toBe(0)
  const { trials } = await call<{ trials: { state: string; attempts: unknown[] }[] }>('GET', '/studies/line/trials')
  expect(trials.map(({ state, attempts }) => [state, attempts.length])).toEqual([
    ['complete', 2],
    ['complete', 2],
    ...Array.from({ length: 4 }, () => ['complete', 1]),
  ])
})

it('keeps its secrets to its owner, and ends on TERM', async () => {
  const server = await serve()
  for (const name of ['server.json', 'server.key']) {
    expect(statSync(join(place.folder, '.parzen', name)).mode & 0o777).toBe(0o600)
  }
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

it('makes tokens that the server takes, and says what is wrong with an address', async () => {
  const server = await serve()
  const made = await place.parzen('token', 'screen', '--kind', 'viewer')
  const headers = { authorization: `Bearer ${made.stdout.trim()}` }
  expect(await (await fetch(`${server.url}/api/v1`, { headers })).json()).toMatchObject({ scopes: ['read'] })
  const open = await place.parzen('serve', '--listen', '0.0.0.0')
  expect([open.code, open.stderr]).toEqual([
    2,
    expect.stringContaining('--listen 0.0.0.0: expected --allowed-host as well, got none'),
  ])
  const taken = await place.parzen('serve', '--port', new URL(server.url).port)
  expect(taken.stderr).toContain('expected an address to listen on, got EADDRINUSE. --port names another one')
})

it('prints no token but the one that was asked for, whatever command is run and however much goes wrong', async () => {
  const server = await serve()
  const given = (await place.parzen('token', 'ada')).stdout.trim()
  const { token } = own()
  const call = (path: string, body: unknown, by = given) =>
    fetch(`${server.url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await call('/studies', { text })
  const asked = (await (await call('/studies/s/ask', {})).json()) as { trials: { token: string }[] }
  const opened = await fetch(server.link, { redirect: 'manual' })
  const session = String(opened.headers.get('set-cookie')).split(/[=;]/)[1] as string
  // a trial that says all it knows, and fails
  place.write('tell.sh', 'env; env >&2; exit 1\n')
  place.write('sweep.yaml', sweep.replace('study: line', 'study: tell').replace('train.sh {x}', 'tell.sh'))
  vi.stubEnv('PARZEN_TOKEN', given)
  vi.stubEnv('MY_API_KEY', session)
  const outputs = [await place.parzen('run', 'sweep.yaml', '--trials', '2')]
  const commands = ['list', 'show tell', 'show tell --trial 0', 'show s', 'best s', 'analyze tell', 'explain tell 0']
  const more = ['export tell', 'verify tell', 'doctor', 'token --list', 'nothing', 'show nothing']
  for (const line of [...commands, ...more]) {
    const asked = [[], ['--json']].map((json) => place.parzen(...line.split(' '), ...json))
    outputs.push(...(await Promise.all(asked)))
  }
  vi.stubEnv('PARZEN_TOKEN', `${given}x`)
  outputs.push(await place.parzen('worker', 's', '--url', server.url, '--', 'sh', 'tell.sh'))
  vi.unstubAllEnvs()
  const said = outputs.map(({ stdout, stderr }) => stdout + stderr).join('\n')
  expect(said).toContain('tell')
  for (const secret of [given, token, session, asked.trials[0]?.token])
    expect(said).not.toContain(secret?.split('.')[2])
  // the journal neither
  const events = await (
    await fetch(`${server.url}/api/v1/studies/tell/events`, { headers: { authorization: `Bearer ${given}` } })
  ).text()
  expect(events).toContain('trial-finished')
  for (const secret of [given, token, session]) expect(events).not.toContain(secret.split('.')[2])
})

/** Starts `parzen run` with its dashboard. @returns once it says where that is. */
async function run(name: string, ...args: readonly string[]): Promise<{ process: ChildProcess; link: string }> {
  const child = spawn(process.execPath, [parzenPath, 'run', '--json', '--name', name, ...args], {
    cwd: place.folder,
    env: { ...cleanEnvironment(), PARZEN_SERVE: 'yes' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  servers.push(child)
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, link } = JSON.parse(line) as { event: string; link: string }
    if (event !== 'dashboard') continue
    child.stdout.resume()
    return { process: child, link }
  }
  throw new Error('the run ended without a dashboard')
}

it('serves a run while it lasts, hands out the link of whoever serves already, and takes the port again', async () => {
  place.write('train.sh', trainThatWaits)
  const first = await run('one')
  const opened = await fetch(first.link, { redirect: 'manual' })
  const cookie = String(opened.headers.get('set-cookie')).split(';')[0] as string
  const { origin } = new URL(first.link)
  const studies = await (await fetch(`${origin}/api/v1/studies`, { headers: { cookie } })).json()
  expect(studies).toMatchObject({ total: 1, studies: [{ study: 'one', state: 'running' }] })

  const second = await run('two')
  expect(new URL(second.link).origin).toBe(origin)
  expect(second.link).not.toBe(first.link)
  second.process.kill('SIGKILL')
  const exited = once(first.process, 'exit')
  place.write('go', '')
  expect(await exited).toEqual([0, null])
  await expect(fetch(origin)).rejects.toThrow()

  // an open page finds the next run, and its cookie is still good
  rmSync(join(place.folder, 'go'))
  const third = await run('three')
  expect(new URL(third.link).origin).toBe(origin)
  expect((await fetch(`${origin}/api/v1`, { headers: { cookie } })).status).toBe(200)
})

it('gives the trial of a killed worker to the next one, also if the server was killed with it', async () => {
  const server = await serve()
  await call('POST', '/studies', { text })
  type Asked = { trials: { trial: number; attempt: number; params: object; token: string }[] }
  const ask = () =>
    call<Asked>('POST', '/studies/s/ask', { worker: 'w', leaseSeconds: 1, request: String(Math.random()) })
  const [lost] = (await ask()).trials
  const exited = once(server, 'exit')
  server.kill('SIGKILL')
  await exited
  await serve()
  let again: Asked['trials'][number] | undefined
  const deadline = Date.now() + 60_000
  while (again?.trial !== 0 && Date.now() < deadline) {
    const [asked] = (await ask()).trials
    again = asked
    if (asked?.trial !== 0) await call('POST', `/studies/s/trials/${asked?.trial}/tell`, { outcome: complete })
  }
  expect(again).toMatchObject({ trial: 0, attempt: 2, params: lost?.params })
  const late = await fetch(`${own().url}/api/v1/studies/s/trials/0/tell`, {
    method: 'POST',
    headers: { authorization: `Bearer ${lost?.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ outcome: complete }),
  })
  expect(await late.json()).toEqual({ done: false })
  expect(await call('POST', '/studies/s/trials/0/tell', { outcome: complete })).toEqual({ done: true })
  const { events } = await call<{ events: StudyEvent[] }>('GET', '/studies/s/events?limit=10000')
  expect(checkHistory(events)).toEqual([])
})

const complete = { state: 'complete', values: [1] }
