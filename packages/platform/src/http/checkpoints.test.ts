import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { attemptFolder } from '../stores/folders.js'
import { type TestServer, testServer } from './server.contract.js'

const text = `study: s
objective: { metric: loss, direction: minimize }
space: { x: uniform(0, 1) }
sampler: random
pruner: { name: threshold, upper: 0, letThrough: 0 }
`
const bytes = Buffer.from('a checkpoint of some length')
const sha256 = createHash('sha256').update(bytes).digest('hex')
const file = { path: 'deep/model.pt', size: bytes.length, sha256 }
const list = { files: [file], links: [{ path: 'last.pt', to: 'deep/model.pt' }] }

let server: TestServer
let token: string
beforeEach(async () => {
  server = await testServer()
  await server.send({ path: '/api/v1/studies', body: { text } })
  token = (await ask()).token
})
afterEach(async () => {
  expect(server.errors).toEqual([])
  await server.close()
})

const ask = async () =>
  (await server.send({ path: '/api/v1/studies/s/ask', body: { pauses: true, leaseSeconds: 60 } })).json.trials[0]
const at = (trial: number, rest = '') => `/api/v1/studies/s/trials/${trial}/checkpoints${rest}`
const say = (body: unknown, trial = 0) => server.send({ path: at(trial), body, token })
const put = (raw: Buffer, from: number, hash = sha256) =>
  server.send({
    method: 'PUT',
    path: at(0, `/${hash}?from=${from}`),
    raw,
    headers: { 'content-type': 'application/octet-stream' },
    token,
  })
const folder = (attempt = 1) => join(attemptFolder(server.root, 's', { trial: 0, attempt }), 'checkpoints')

it('keeps them once all bytes are there, sent in parts, by whoever goes on with sending', async () => {
  expect((await say(list)).json).toEqual({ missing: [{ sha256, from: 0 }] })
  expect((await put(bytes.subarray(0, 10), 0)).json).toEqual({ size: 10 })
  // said twice, and from where nothing is
  expect((await put(bytes.subarray(0, 10), 0)).json).toEqual({ size: 10 })
  expect((await put(bytes.subarray(20), 20)).json).toEqual({ size: 10 })
  expect((await say(list)).json).toEqual({ missing: [{ sha256, from: 10 }] })
  expect(existsSync(folder())).toBe(false)
  expect((await put(bytes.subarray(10), 10)).json).toEqual({ size: bytes.length })
  expect((await say(list)).json).toEqual({ missing: [] })
  expect(readFileSync(join(folder(), 'last.pt'))).toEqual(bytes)
  expect(readlinkSync(join(folder(), 'last.pt'))).toBe('deep/model.pt')
  // what is there is not sent again, under whatever name
  const renamed = { files: [{ ...file, path: 'other.pt' }], links: [] }
  expect((await say(renamed)).json).toEqual({ missing: [] })
  expect(readdirSync(folder())).toEqual(['other.pt'])
})

it('hands them to the next attempt, in parts', async () => {
  await say(list)
  await put(bytes, 0)
  await say(list)
  await server.send({ path: '/api/v1/studies/s/stop', body: { now: true } })
  await server.send({ path: '/api/v1/studies/s/resume', body: {} })
  const late = token
  const again = await ask()
  expect([again.trial, again.attempt, again.parent, again.before]).toEqual([0, 2, null, {}])
  token = again.token
  expect((await server.send({ path: at(0), token })).json).toEqual(list)
  const part = await server.send({ path: at(0, `/${sha256}?from=2&most=5`), token })
  expect(part.text).toBe(bytes.subarray(2, 7).toString())
  expect((await server.send({ path: at(0, `/${sha256}?from=99`), token })).text).toBe('')
  expect((await server.send({ path: at(0, `/${'0'.repeat(64)}`), token })).status).toBe(404)
  // of the attempt that has gone nothing is taken
  const refused = await server.send({ path: at(0), body: list, token: late })
  expect([refused.status, refused.json.error.message]).toEqual([
    409,
    'attempt 1: expected one that runs, but attempt 2 is',
  ])
})

it('takes nothing under a wrong hash, no more than was said, and no name that leads elsewhere', async () => {
  const wrong = { files: [{ ...file, sha256: 'f'.repeat(64) }], links: [] }
  await say(wrong)
  await put(bytes, 0, 'f'.repeat(64))
  expect((await say(wrong)).json).toEqual({ missing: [{ sha256: 'f'.repeat(64), from: 0 }] })
  await say(list)
  expect((await put(Buffer.concat([bytes, bytes]), 0)).status).toBe(413)
  expect((await put(bytes, 0, 'e'.repeat(64))).json.error.message).toMatch(
    /^checkpoint e+: expected a file that is missing/,
  )
  expect((await say({ files: [{ ...file, size: 2 ** 40 }], links: [] })).status).toBe(413)
  for (const path of ['../x', '/x', 'a//b', 'a/./b', 'a/..', '', 'a\\b', 'a\u0000b', 'a/']) {
    expect([path, (await say({ files: [{ ...file, path }], links: [] })).status]).toEqual([path, 400])
  }
  for (const to of ['../../x', '/etc/passwd', 'nothing', '..']) {
    expect([to, (await say({ files: [file], links: [{ path: 'a', to }] })).status]).toEqual([to, 400])
  }
  const twice = await say({ files: [file, { ...file, path: 'deep' }], links: [] })
  expect(twice.json.error.message).toBe('checkpoints: deep: expected each name once, as a file or as a folder')
  expect(existsSync(folder())).toBe(false)
})

it('follows no link of a trial’s making', async () => {
  mkdirSync(folder(), { recursive: true })
  writeFileSync(join(server.root, 'secret'), 'secret')
  symlinkSync(join(server.root, 'secret'), join(folder(), 'out'))
  writeFileSync(join(folder(), 'model.pt'), bytes)
  expect((await server.send({ path: at(0), token })).json).toEqual({
    files: [{ ...file, path: 'model.pt' }],
    links: [],
  })
})

it('pauses who was told to, once, and gives it to who can go on with it', async () => {
  const post = (what: string, body: object = {}) =>
    server.send({ path: `/api/v1/studies/s/trials/0/${what}`, body, token })
  expect((await post('pause')).json).toEqual({ done: false })
  await server.send({
    method: 'PATCH',
    path: '/api/v1/studies/s',
    body: { pruner: { name: 'asha', minStep: 1, promote: true, letThrough: 0 }, budget: { trials: 1 } },
  })
  const reports = [{ step: 1, metrics: { loss: 1 } }]
  expect((await post('reports', { from: 0, reports })).json).toMatchObject({ verdict: 'pause' })
  expect((await post('pause')).json).toEqual({ done: true })
  expect((await post('pause')).json).toEqual({ done: false })
  expect(await ask()).toMatchObject({ trial: 0, attempt: 2, before: { loss: 1 } })
})
