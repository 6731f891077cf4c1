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
  const late = await server.send({ path, body: { from: 3, reports } })
  expect(late.json).toMatchObject({ verdict: 'stop', reason: 'trial 0 is complete' })
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

it('says where the commands it is sent would run', async () => {
  const { json } = await server.send({ path: '/api/v1' })
  expect(json).toMatchObject({ folder: process.cwd(), scopes: ['read', 'write', 'report'] })
})

it('says of each study who made it and how its best value came about', async () => {
  const [summary] = (await server.send({ path: '/api/v1/studies' })).json.studies
  expect([summary.owner, summary.history]).toEqual(['ada', [0.3]])
})

it('edits budget, space, sampler and pruner, checked as a sweep file is, and never the command', async () => {
  const text = `
study: edited
objective: { metric: loss, direction: minimize }
space: { x: uniform(0, 1), kind: { choice: { a: { y: uniform(0, 1) }, b: null } } }
budget: { trials: 6, patience: 3 }
prior: { x: 0.9 }
`
  await server.send({ path: '/api/v1/studies', body: { text } })
  const path = '/api/v1/studies/edited'
  const edit = (body: object) => server.send({ path, method: 'PATCH', body })
  const spec = async () => (await server.send({ path })).json.spec
  const before = await spec()
  const space = {
    ...before.space,
    x: { kind: 'float', low: 0, high: 0.5 },
    kind: { kind: 'categorical', choices: ['b'] },
  }
  expect((await edit({ budget: { trials: 9, patience: null }, space, sampler: { name: 'random' } })).json.total).toBe(9)
  const { prior: _, ...rest } = before
  expect(await spec()).toEqual({
    ...rest,
    space: { x: space.x, kind: space.kind },
    sampler: { name: 'random' },
    budget: { trials: 9 },
  })
  const wrong = async (body: object) => (await edit(body)).json.error.message
  expect(await wrong({ space: { x: { kind: 'float', low: 1, high: 0 } } })).toBe(
    'x: expected low < high, got low 1, high 0. swap them?',
  )
  expect(await wrong({ sampler: { name: 'tea' } })).toContain('sampler: expected one of')
  expect(await wrong({ pruner: { name: 'median', cups: 1 } })).toContain('pruner median: expected one of its options')
  expect(await wrong({ job: { command: 'touch x' } })).toContain('Unrecognized key')
  expect((await edit({})).status).toBe(200)
})

it('tells what a study depends on, and whether trials differ', async () => {
  const path = '/api/v1/studies/analysed'
  const text =
    'study: analysed\nobjective: { metric: loss, direction: minimize }\nspace: { x: int(0, 9), y: uniform(0, 1) }\nsampler: random'
  await server.send({ path: '/api/v1/studies', body: { text } })
  for (let trial = 0; trial < 24; trial++) {
    await server.send({ path: `${path}/enqueue`, body: { params: { x: trial % 10, y: 0.5 } } })
    await server.send({ path: `${path}/ask`, body: {} })
    const values = [(trial % 10) ** 2 + (trial < 10 ? 0.1 : -0.1)]
    await server.send({ path: `${path}/trials/${trial}/tell`, body: { outcome: { state: 'complete', values } } })
  }
  const { json: one } = await server.send({ path: `${path}/dependence?parameter=x&points=5` })
  expect(one.axes[0].name).toBe('x')
  expect(one.mean.at(-1)).toBeGreaterThan(one.mean[0] + 20)
  const { json: two } = await server.send({ path: `${path}/dependence?parameter=x&with=y&points=4` })
  expect(two.mean).toHaveLength(16)
  expect((await server.send({ path: `${path}/dependence?parameter=z` })).json.error.message).toContain(
    'z: expected a parameter of the space',
  )
  const { json } = await server.send({ path: `${path}/comparison?trials=0,5,10` })
  expect(json.noise.source).toBe('repeats')
  const pairs = json.pairs.map(({ a, b, probability }: { [key: string]: number }) => [a, b, probability])
  expect(pairs).toEqual([
    [0, 5, 1],
    [0, 10, 0.5],
    [5, 10, 0],
  ])
  expect((await server.send({ path: `${path}/comparison?trials=0,` })).status).toBe(400)
})

it('hides a deleted study and brings it back', async () => {
  await server.send({ path: at(), method: 'DELETE' })
  const names = async (query = '') =>
    (await server.send({ path: `/api/v1/studies${query}` })).json.studies.map(({ study }: { study: string }) => study)
  expect(await names()).toEqual(['analysed', 'edited'])
  expect(await names('?deleted=true')).toEqual(['s'])
  await server.send({ path: at('/restore'), body: {} })
  expect(await names()).toEqual(['analysed', 'edited', 's'])
  await server.send({ path: at('/resume'), body: {} })
})

it('says what is wrong: a study, a trial, a value, a sweep file', async () => {
  const message = async (sent: Parameters<TestServer['send']>[0]) => {
    const { status, json } = await server.send(sent)
    return [status, json.error.message]
  }
  expect(await message({ path: '/api/v1/studies/nope' })).toEqual([
    404,
    'study "nope": not in this store. it has: analysed, edited, s',
  ])
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

it('says to reports and signs of life that a trial is to end, and why, in the words of the pruner', async () => {
  const judged = text
    .replace('study: s', 'study: judged')
    .replace('sampler: random', 'pruner: { name: threshold, upper: 1, letThrough: 0 }')
  await server.send({ path: '/api/v1/studies', body: { text: judged } })
  const path = '/api/v1/studies/judged'
  await server.send({ path: `${path}/ask`, body: { count: 2 } })
  const reported = async (trial: number, loss: number) =>
    (
      await server.send({
        path: `${path}/trials/${trial}/reports`,
        body: { from: 0, reports: [{ step: 3, metrics: { loss } }] },
      })
    ).json
  expect(await reported(0, 1)).toEqual({ acknowledged: 1, verdict: 'continue', reason: null })
  const reason = 'step 3: 2 is above 1'
  expect(await reported(1, 2)).toEqual({ acknowledged: 1, verdict: 'prune', reason })
  const alive = async (trial: number) =>
    (await server.send({ path: `${path}/trials/${trial}/heartbeat`, body: {} })).json
  expect(await alive(1)).toEqual({ verdict: 'prune', reason })
  expect((await server.send({ path: `${path}/trials/1` })).json.judged.reason).toBe(reason)
  await server.send({ path: `${path}/trials/0/stop`, body: {} })
  expect(await alive(0)).toEqual({
    verdict: 'stop',
    reason: expect.stringMatching(/^stopped by ada$|^trial 0 is failed$/),
  })
})

const numberAndParams = ({ trial, params }: { trial: number; params: object }) => ({ trial, params })
