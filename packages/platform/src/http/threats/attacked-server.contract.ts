import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { openStudy } from '@parzen/core'
import { afterAll, beforeAll, expect } from 'vitest'
import { parseSweep } from '../../spec/parse.js'
import { attemptFolder } from '../../stores/folders.js'
import { type TestServer, testServer } from '../server.contract.js'

/**
 * What burnt other tools, row by row, is tried in this folder on servers that listen. What they are asked with, and one that is
 * attacked: study `a` is asked for and has trials 0 and 1 running, `b` is asked for too, `job` has a command.
 */
export const sweep = (name: string, more = '') =>
  `{ study: ${name}, objective: { metric: loss, direction: minimize }, space: { x: 'uniform(0, 1)' }${more} }`
export const command = ", command: 'echo loss={x}'"
export const report = { from: 0, reports: [{ step: 1, metrics: { loss: 1 } }] }
export const bytes = { 'content-type': 'application/octet-stream' }
export const studies = '/api/v1/studies'
/** Of a trial of study `a`. */
export const at = (rest: string) => `${studies}/a/trials/${rest}`
const own = ['a', { trial: 0, attempt: 1 }] as const
/** The folder of this one leads elsewhere. */
export const linked = ['a', { trial: 1, attempt: 1 }] as const

export interface Attacked {
  readonly server: TestServer
  readonly cookie: string
  /** Of trial 0 of study `a`, as `ask` gives it. */
  readonly trialToken: string
}

/** Before all tests of a file such a server is there; after them it has met no error of its own. */
export function attacked(use: (one: Attacked) => void): void {
  let server: TestServer | undefined
  beforeAll(async () => {
    const one = await attackedServer()
    server = one.server
    use(one)
  })
  afterAll(async () => {
    expect(server?.errors).toEqual([])
    await server?.close()
  })
}

async function attackedServer(): Promise<Attacked> {
  const server = await testServer()
  for (const name of ['a', 'b']) await server.send({ path: '/api/v1/studies', body: { text: sweep(name) } })
  const asked = await server.send({ path: '/api/v1/studies/a/ask', body: { count: 2 } })
  await server.send({ path: '/api/v1/studies/b/ask', body: {} })
  const trialToken: string = asked.json.trials[0].token
  const { study: spec } = parseSweep(sweep('job', command), { file: 'sweep', folder: server.root })
  await openStudy(server.store, spec)
  const cookie = await sessionOf(server, server.link())
  const folder = join(attemptFolder(server.root, ...own), 'artifacts')
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
  return { server, cookie, trialToken }
}

export async function sessionOf(of: TestServer, link: string): Promise<string> {
  const { pathname, search } = new URL(link)
  const { headers } = await of.send({ path: pathname + search, token: undefined })
  return String(headers['set-cookie'] ?? '').split(';')[0] as string
}

/** What is on record, all of it. */
export async function recordOf({ store }: TestServer): Promise<string> {
  const names = await store.list()
  return JSON.stringify(await Promise.all(names.map((name) => store.read(name, 0))))
}

/** What comes back for bytes that no client would send. */
export function raw({ url }: TestServer, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.end(text))
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    socket.on('error', reject).on('close', () => resolve(answer))
  })
}
