import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { StudyEvent } from '@parzen/core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { eventMessage } from '../tensorboard/event.js'
import { encode } from '../tensorboard/protobuf.js'
import { recordBuffer } from '../tensorboard/record.js'
import { type TestServer, testServer } from './server.contract.js'

let server: TestServer
let logdir: string
/** Where archives are unpacked. */
let unpacked: string
const text =
  '{ study: s, objective: { metric: loss, direction: minimize }, space: { x: "uniform(0, 1)" }, sampler: tpe }'
const at = (rest = '') => `/api/v1/studies/s${rest}`

beforeAll(async () => {
  logdir = mkdtempSync(join(tmpdir(), 'parzen-copies-'))
  unpacked = mkdtempSync(join(tmpdir(), 'parzen-unpacked-'))
  vi.stubEnv('TMPDIR', unpacked)
  server = await testServer()
  await server.send({ path: '/api/v1/studies', body: { text } })
  const { trials } = (await server.send({ path: at('/ask'), body: { count: 30 } })).json
  for (const { trial, params } of trials) {
    const reports = [{ step: 1, metrics: { loss: params.x } }]
    await server.send({ path: at(`/trials/${trial}/reports`), body: { from: 0, reports } })
    await server.send({
      path: at(`/trials/${trial}/tell`),
      body: { outcome: { state: 'complete', values: [params.x] } },
    })
  }
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.close()
  vi.unstubAllEnvs()
  for (const folder of [logdir, unpacked]) rmSync(folder, { recursive: true })
})

it('exports trials and series as files', async () => {
  const of = (format: string) => server.send({ path: at(`/export?format=${format}`) })
  const csv = await of('csv')
  expect(csv.headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': "attachment; filename*=UTF-8''s.csv",
    'content-security-policy': "default-src 'none'; sandbox",
  })
  const [title, ...rows] = csv.text.trim().split('\n')
  expect([title?.split(',').slice(0, 4), rows.length]).toEqual([['number', 'state', 'values.loss', 'params.x'], 30])
  const lines = (await of('jsonl')).text.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    (await server.send({ path: at('/trials?limit=100') })).json.trials,
  )
  const series = (await of('series')).text.trim().split('\n')
  expect([series[0], series.length]).toEqual(['trial,attempt,step,at,metric,value', 31])
  expect((await of('parquet')).status).toBe(400)
})

it('verifies each suggestion, and says what it was not', async () => {
  const verify = (study: string) => server.send({ path: `/api/v1/studies/${study}/verification`, method: 'POST' })
  const { json } = await verify('s')
  expect(json).toMatchObject({ state: 'done', ok: true, checked: 30, mismatches: [], foreign: [], violations: [] })
  const events = (await server.send({ path: at('/events') })).json.events as StudyEvent[]
  const tampered = events.map((event) => {
    if (event.type === 'study-created') return { ...event, spec: { ...event.spec, name: 't' } }
    return event.type === 'trial-started' && event.trial === 7 ? { ...event, params: { x: 0.5 } } : event
  })
  await server.store.append('t', 0, tampered as StudyEvent[])
  const found = (await verify('t')).json
  expect([found.ok, found.checked]).toEqual([false, 30])
  expect(found.mismatches[0]).toMatchObject({ trial: 7, stored: expect.stringContaining('0.5') })
  const viewer = server.sign({ kind: 'viewer' })
  expect((await server.send({ path: at('/verification'), method: 'POST', token: viewer })).status).toBe(403)
})

it('makes a report that opens without a server', async () => {
  const both = await Promise.all([0, 1].map(() => server.send({ path: at('/report') })))
  const made = both.find(({ status }) => status === 200)
  const busy = both.find(({ status }) => status !== 200)
  if (busy) expect([busy.status, busy.json.error.code]).toEqual([429, 'http/busy'])
  expect(made?.headers['content-disposition']).toBe("attachment; filename*=UTF-8''s.html")
  const [, data = ''] = /<script type="application\/gzip" id="parzen-report">([^<]+)</.exec(made?.text ?? '') ?? []
  const content = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString('utf8'))
  expect(content).toMatchObject({ study: 's', replies: { '/studies/s': { summary: { finished: 30 } } } })
  const explained = Object.keys(content.replies).filter((path) => path.endsWith('/explanation'))
  expect([explained.length >= 10, explained.length <= 20]).toEqual([true, true])
})

function run(name: string, loss: number): void {
  const records = recordBuffer()
  for (const step of [1, 2, 3]) {
    const summary = { values: [{ tag: 'loss', simpleValue: loss / step }] }
    records.append(encode(eventMessage, { wallTime: 100 + step, step, summary }))
  }
  const path = join(logdir, name, 'events.out.tfevents.1')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, records.take())
}

it.each([[[]], [['z']]])('imports a log folder that comes as an archive: tar c%s', async (zip) => {
  for (const [name, loss] of [
    ['a', 1],
    ['b', 3],
  ] as const)
    run(name, loss)
  writeFileSync(join(logdir, 'model.bin'), Buffer.alloc(100_000))
  const archive = execFileSync('tar', [`c${zip.join('')}`, '-C', logdir, '.'])
  const name = `old${zip.length}`
  const send = (query: string, raw: Buffer = archive) =>
    server.send({
      path: `/api/v1/imports/tensorboard?${query}`,
      method: 'POST',
      raw,
      headers: { 'content-type': 'application/octet-stream' },
    })
  expect((await send(`study=${name}&minimize=loss`)).json).toEqual({
    study: name,
    trials: 2,
    params: ['run'],
    metrics: ['loss'],
  })
  const { trials } = (await server.send({ path: `/api/v1/studies/${name}/trials` })).json
  expect(trials.map(({ values }: { values: number[] }) => values)).toEqual([[expect.closeTo(1 / 3)], [1]])
  const refused = async (query: string, raw?: Buffer) => {
    const { status, json } = await send(query, raw)
    return `${status} ${json.error.message}`
  }
  expect(await refused(`study=${name}&minimize=loss`)).toMatch(/^409 study old\d: expected a new one, got one/)
  expect(await refused('study=x&minimize=lose')).toMatch(
    /^400 import: expected a tag of these runs, got lose. did you mean loss\?/,
  )
  expect(await refused('study=x')).toMatch(/^400 query: expected minimize or maximize, one of the two/)
  expect(await refused('study=..%2Fx&minimize=loss')).toMatch(/^400 study: /)
  expect(await refused('study=x&minimize=loss', Buffer.from('no archive'.repeat(100)))).toMatch(
    /^400 archive: expected /,
  )
  expect(await refused('study=x&minimize=loss', archive.subarray(0, archive.length / 2))).toMatch(
    /^400 archive: expected /,
  )
  expect(readdirSync(unpacked).filter((entry) => entry.startsWith('parzen-import-'))).toEqual([])
})
