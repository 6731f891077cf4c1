import { apply, checkHistory, fold, restore, type StudyEvent } from '@parzen/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestServer, testServer } from './server.contract.js'

let server: TestServer
const text = `
study: s
objective: { metric: loss, direction: minimize }
space: { x: uniform(0, 1), kind: choice(a, b) }
budget: { trials: 6 }
sampler: random
`
const at = (rest = '') => `/api/v1/studies/s${rest}`

beforeAll(async () => {
  server = await testServer()
  await server.send({ path: '/api/v1/studies', body: { text } })
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.close()
})

it('asks, reports and tells, each report once however often it is sent', async () => {
  const { json } = await server.send({ path: at('/ask'), body: { count: 2, worker: 'w1' } })
  expect(json.trials.map(({ trial }: { trial: number }) => trial)).toEqual([0, 1])
  const path = at('/trials/0/reports')
  const reports = [0, 1, 2].map((step) => ({ step, metrics: { loss: 1 / (step + 1) } }))
  expect((await server.send({ path, body: { from: 0, reports: reports.slice(0, 2) } })).json.acknowledged).toBe(2)
  expect((await server.send({ path, body: { from: 0, reports: reports.slice(0, 2) } })).json.acknowledged).toBe(2)
  expect((await server.send({ path, body: { from: 1, reports: reports.slice(1) } })).json.acknowledged).toBe(3)
  const gap = await server.send({ path, body: { from: 9, reports } })
  expect([gap.status, gap.json.error.message]).toEqual([
    409,
    'from: expected at most 3 reports before these, got 9. send again from there',
  ])
  const events = (await server.send({ path: at('/events') })).json.events as StudyEvent[]
  const reported = events.flatMap((event) => (event.type === 'trial-reported' ? event.reports : []))
  expect(reported.map(({ step }) => step)).toEqual([0, 1, 2])
  const tell = { path: at('/trials/0/tell'), body: { outcome: { state: 'complete', values: [0.3] } } }
  expect((await server.send(tell)).json).toEqual({ done: true })
  expect((await server.send(tell)).json).toEqual({ done: false })
  expect((await server.send({ path, body: { from: 3, reports } })).json.verdict).toBe('stop')
})

it('gives a snapshot that goes on with the events after it', async () => {
  const { json } = await server.send({ path: at('/snapshot') })
  await server.send({ path: at('/enqueue'), body: { params: { x: 0.25 } } })
  await server.send({ path: at('/ask'), body: {} })
  const later = (await server.send({ path: at(`/events?after=${json.version}`) })).json.events as StudyEvent[]
  const all = (await server.send({ path: at('/events') })).json.events as StudyEvent[]
  const state = restore(json)
  for (const event of later) apply(state, event)
  const whole = fold(all)
  expect(state.trials.map(({ params, state: of }) => ({ params, of }))).toEqual(
    whole.trials.map(({ params, state: of }) => ({ params, of })),
  )
  expect(state.trials[2]?.params['x']).toBe(0.25)
  expect(state.best?.value).toBe(0.3)
})

it('spares whoever has it already', async () => {
  for (const path of [at(), at('/snapshot'), at('/trials?limit=2'), '/api/v1/studies', at('/analysis')]) {
    const first = await server.send({ path })
    const etag = String(first.headers['etag'])
    const again = await server.send({ path, headers: { 'if-none-match': etag } })
    expect([path, again.status, again.text]).toEqual([path, 304, ''])
  }
})

it('stops a trial that was asked for, notes it, asks for it again', async () => {
  expect((await server.send({ path: at('/trials/1/stop'), body: {} })).json).toEqual({ done: true })
  const { json } = await server.send({ path: at('/trials/1') })
  expect([json.state, json.message]).toEqual(['failed', 'stopped by ada'])
  await server.send({ path: at('/trials/1/note'), body: { tags: ['odd'], pinned: true } })
  expect((await server.send({ path: at('/snapshot') })).json.rest.trialNotes).toEqual({
    1: { tags: ['odd'], pinned: true },
  })
  await server.send({ path: at('/trials/1/retry'), body: {} })
  const asked = await server.send({ path: at('/ask'), body: {} })
  expect(asked.json.trials[0].params).toEqual(json.params)
})

it('does to many trials at once what it does to one, all or none', async () => {
  const send = async (what: string, body: object) => await server.send({ path: at(`/trials/${what}`), body })
  expect((await send('notes', { trials: [0, 2, 2], tags: ['pair'], note: 'both' })).json).toEqual({ done: 2 })
  const rows = (await server.send({ path: at('/trials') })).json.trials
  expect(rows.map(({ tags, pinned }: { tags: string[]; pinned: boolean }) => [tags, pinned])).toEqual([
    [['pair'], false],
    [['odd'], true],
    [['pair'], false],
    [[], false],
  ])
  const { status } = await send('notes', { trials: [0, 99], note: 'no' })
  expect([status, (await server.send({ path: at('/trials/0') })).json.note]).toEqual([404, 'both'])
  expect((await send('stop', { trials: [0, 2, 3] })).json).toEqual({ done: 2 })
  expect((await send('stop', { trials: [0, 2, 3] })).json).toEqual({ done: 0 })
  const queued = async () => (await server.send({ path: at() })).json.summary.queued
  const before = await queued()
  expect((await send('retry', { trials: [2, 3] })).json).toEqual({ done: 2 })
  expect(await queued()).toBe(before + 2)
})

it('says of each study who made it and how its best value came about', async () => {
  const [summary] = (await server.send({ path: '/api/v1/studies' })).json.studies
  expect([summary.owner, summary.history]).toEqual(['ada', [0.3]])
})

it('hides a deleted study and brings it back', async () => {
  await server.send({ path: at(), method: 'DELETE' })
  const names = async (query = '') =>
    (await server.send({ path: `/api/v1/studies${query}` })).json.studies.map(({ study }: { study: string }) => study)
  expect(await names()).toEqual([])
  expect(await names('?deleted=true')).toEqual(['s'])
  await server.send({ path: at('/restore'), body: {} })
  expect(await names()).toEqual(['s'])
  await server.send({ path: at('/resume'), body: {} })
})

it('says what is wrong: a study, a trial, a value, a sweep file', async () => {
  const message = async (sent: Parameters<TestServer['send']>[0]) => {
    const { status, json } = await server.send(sent)
    return [status, json.error.message]
  }
  expect(await message({ path: '/api/v1/studies/nope' })).toEqual([404, 'study "nope": not in this store. it has: s'])
  expect(await message({ path: at('/trials/99') })).toEqual([
    404,
    'study s trial 99: expected a trial it has, there are 4, from 0',
  ])
  expect(await message({ path: at('/trials/x') })).toEqual([400, expect.stringContaining('path.trial: ')])
  expect((await message({ path: at('/enqueue'), body: { params: { x: 7 } } }))[0]).toBe(400)
  expect((await message({ path: at('/ask'), body: { count: 1000 } }))[1]).toContain('body.count')
  const { json } = await server.send({ path: '/api/v1/sweeps/check', body: { text: 'study: s\nspcae: {}' } })
  expect(json.spec).toBeNull()
  expect(json.problems.join()).toContain('did you mean space?')
})

it('asks again with the same request for the same trials', async () => {
  const text =
    'study: again\nobjective: { metric: loss, direction: minimize }\nspace: { k: { choice: { a: { x: uniform(0, 1) } } } }'
  await server.send({ path: '/api/v1/studies', body: { text } })
  const ask = (body: object) => server.send({ path: '/api/v1/studies/again/ask', body })
  const first = (await ask({ request: 'r1', count: 2 })).json.trials
  expect((await ask({ request: 'r1', count: 2 })).json.trials.map(numberAndParams)).toEqual(first.map(numberAndParams))
  expect((await ask({ request: 'r2' })).json.trials[0].trial).toBe(2)
  expect((await ask({})).json.trials[0].trial).toBe(3)
  expect(first[0].nested).toEqual({ k: { choice: 'a', x: first[0].params['k.a.x'] } })
  const { events } = (await server.send({ path: '/api/v1/studies/again/events' })).json
  expect(checkHistory(events)).toEqual([])
})

const numberAndParams = ({ trial, params }: { trial: number; params: object }) => ({ trial, params })
