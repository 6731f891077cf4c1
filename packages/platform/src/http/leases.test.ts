import { checkHistory, type StudyEvent } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type TestServer, testServer } from './server.contract.js'

let clock = Date.UTC(2026, 0, 1)
let server: TestServer
beforeEach(async () => {
  server = await testServer({ now: () => clock })
  const text =
    'study: s\nobjective: { metric: loss, direction: minimize }\nspace: { x: uniform(0, 1) }\nsampler: random'
  await server.send({ path: '/api/v1/studies', body: { text } })
})
afterEach(async () => {
  const { events } = (await server.send({ path: '/api/v1/studies/s/events' })).json as { events: StudyEvent[] }
  expect(checkHistory(events)).toEqual([])
  expect(server.errors).toEqual([])
  await server.close()
})

const later = (seconds: number) => {
  clock += seconds * 1000
}
const ask = async (body: object = {}) => (await server.send({ path: '/api/v1/studies/s/ask', body })).json.trials[0]
const row = async (trial = 0) => (await server.send({ path: `/api/v1/studies/s/trials/${trial}` })).json
const as = (token: string, what: string, body: object = {}, trial = 0) =>
  server.send({ path: `/api/v1/studies/s/trials/${trial}/${what}`, body, token })
const report = (from: number) => ({ from, reports: [{ step: from, metrics: { loss: 1 } }] })
const done = { outcome: { state: 'complete', values: [1] } }

it('gives the trial of a silent worker to the next one, with the same values, and its late words count for nothing', async () => {
  const first = await ask({ worker: 'w1', leaseSeconds: 60, request: 'r1' })
  later(59)
  expect((await as(first.token, 'reports', report(0))).json).toEqual({
    acknowledged: 1,
    verdict: 'continue',
    reason: null,
  })
  later(59)
  expect((await as(first.token, 'heartbeat')).json).toEqual({ verdict: 'continue', reason: null })
  later(59)
  expect((await ask({ request: 'r1' })).attempt).toBe(1)
  later(2)
  // lost now; another try is due a second later
  expect((await ask({ worker: 'w2' })).trial).toBe(1)
  later(1)
  const second = await ask({ worker: 'w2', leaseSeconds: 60 })
  expect([second.trial, second.attempt, second.params, second.seed]).toEqual([0, 2, first.params, first.seed])
  expect((await row()).attempts.map(({ cause }: { cause: string }) => cause)).toEqual(['lost', null])

  expect((await as(first.token, 'reports', report(1))).json.verdict).toBe('stop')
  expect((await as(first.token, 'heartbeat')).json).toEqual({
    verdict: 'stop',
    reason: 'attempt 2 has taken its place',
  })
  expect((await as(first.token, 'tell', done)).json).toEqual({ done: false })
  expect((await as(second.token, 'reports', report(0))).json).toEqual({
    acknowledged: 1,
    verdict: 'continue',
    reason: null,
  })
  expect((await as(second.token, 'tell', done)).json).toEqual({ done: true })
  expect((await row()).state).toBe('complete')
})

it('fails a trial as lost once it has been lost four times, and never tells the sampler of it', async () => {
  for (let attempt = 1; attempt <= 4; attempt++) {
    expect((await ask({ worker: 'w', leaseSeconds: 10 })).attempt).toBe(attempt)
    later(11)
    await ask({ count: 1 })
    // its worker does not lease: it stays
    later(300)
  }
  const { state, cause, message } = await row()
  expect([state, cause, message]).toEqual(['failed', 'lost', 'nothing heard of w for 10 s'])
})

it('tries again at once an attempt of which it is told that it is lost, thrice, and gives late words no weight', async () => {
  const lost = { outcome: { state: 'failed', cause: 'lost', message: 'its program ended' } }
  let first = ''
  for (let attempt = 1; attempt <= 4; attempt++) {
    const { token, ...asked } = await ask({ worker: 'w' })
    expect([asked.trial, asked.attempt]).toEqual([0, attempt])
    first ||= token
    expect((await as(token, 'tell', lost)).json).toEqual({ done: true })
    expect((await as(first, 'tell', lost)).json).toEqual({ done: false })
  }
  const { state, cause, message } = await row()
  expect([state, cause, message]).toEqual(['failed', 'lost', 'its program ended'])
  expect((await ask()).trial).toBe(1)
})

it('leaves trials alone whose workers never promised a sign of life, and times those that begin to give them', async () => {
  const quiet = await ask()
  const beating = await ask()
  await as(beating.token, 'heartbeat', {}, 1)
  later(299)
  await ask()
  expect([(await row(0)).state, (await row(1)).state]).toEqual(['running', 'running'])
  later(2)
  await ask()
  expect([(await row(0)).state, (await row(1)).state]).toEqual(['running', 'waiting'])
  expect((await as(quiet.token, 'reports', report(0))).json.verdict).toBe('continue')
})

it('takes trials from their workers at `stop --now`, and hands them out again after resume', async () => {
  const first = await ask()
  const post = (what: string, body: object = {}) => server.send({ path: `/api/v1/studies/s/${what}`, body })
  await post('stop', { now: true })
  expect((await as(first.token, 'heartbeat')).json).toEqual({
    verdict: 'stop',
    reason: 'attempt 2 has taken its place',
  })
  expect(await ask()).toBeUndefined()
  await post('resume')
  const again = await ask()
  expect([again.trial, again.attempt, again.params]).toEqual([0, 2, first.params])
})

it('ends a trial for good that is stopped while nobody has it', async () => {
  await ask({ leaseSeconds: 1 })
  later(2)
  await ask()
  expect((await row()).state).toBe('waiting')
  expect((await server.send({ path: '/api/v1/studies/s/trials/0/stop', body: {} })).json).toEqual({ done: true })
  expect((await row()).state).toBe('failed')
})
