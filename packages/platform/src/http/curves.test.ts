import type { TrialRow } from '@parzen/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestServer, testServer } from './server.contract.js'

let server: TestServer
const at = (rest = '') => `/api/v1/studies/p${rest}`
const get = async (rest: string) => (await server.send({ path: at(rest) })).json
/** Reports `loss` at these steps, and `half` at the even ones. */
const report = async (trial: number, from: number, steps: readonly number[]) => {
  const reports = steps.map((step) => ({
    step,
    metrics: { loss: 100 * trial + step, ...(step % 2 === 0 ? { half: step / 2 } : {}) },
  }))
  return (await server.send({ path: at(`/trials/${trial}/reports`), body: { from, reports } })).json.verdict
}
const steps = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

/** Trial 1 gives way at step 25 to a fork of trial 0, whose checkpoint is of step 28. */
beforeAll(async () => {
  server = await testServer()
  const text = `
study: p
objective: { metric: loss, direction: minimize }
space: { x: uniform(0.1, 1), kind: choice(a, b) }
sampler: { name: pbt, population: 2, interval: 25, quantile: 0.5, maxStep: 60 }
`
  await server.send({ path: '/api/v1/studies', body: { text } })
  await server.send({ path: at('/ask'), body: { count: 2, pauses: true } })
  await report(0, 0, steps(1, 25))
  await report(1, 0, steps(1, 25))
  expect(await report(1, 25, [26])).toBe('prune')
  await server.send({ path: at('/trials/1/tell'), body: { outcome: { state: 'pruned', reason: 'worse' } } })
  await report(0, 25, steps(26, 30))
  const { trials } = (await server.send({ path: at('/ask'), body: { pauses: true } })).json
  expect(trials).toMatchObject([{ trial: 2, parent: 0 }])
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.close()
})

it('shows of a fork that has yet to report where it goes on', async () => {
  const { metrics, curves } = await get('/curves?metric=loss&trials=2')
  expect(metrics).toEqual(['half', 'loss'])
  expect(curves).toMatchObject([{ trial: 2, attempt: 1, steps: [], values: [], inherited: [{ trial: 0 }] }])
  expect(curves[0].inherited[0].steps).toEqual(steps(1, 30))
})

it('tells what a fork inherited apart from its own, each step once, and of others nothing', async () => {
  await report(2, 0, steps(29, 34))
  const { metrics, curves } = await get('/curves?metric=loss&points=100')
  expect(metrics).toEqual(['half', 'loss'])
  expect(curves.map(({ inherited }: { inherited?: unknown }) => inherited !== undefined)).toEqual([false, false, true])
  const [parent, , fork] = curves
  expect(fork).toMatchObject({ trial: 2, attempt: 1, steps: steps(29, 34), values: steps(29, 34).map((x) => 200 + x) })
  expect(fork.inherited).toEqual([{ trial: 0, steps: steps(1, 28), values: steps(1, 28), at: parent.at.slice(0, 28) }])
  const half = (await get('/curves?metric=half&trials=2')).curves
  expect(half).toMatchObject([
    { steps: [30, 32, 34], inherited: [{ trial: 0, steps: steps(1, 14).map((x) => 2 * x) }] },
  ])
  expect((await get('/curves?trials=2&attempts=all')).curves[0]).not.toHaveProperty('inherited')
})

it('thins what is inherited as one curve', async () => {
  const [curve] = (await get('/curves?metric=loss&trials=2&points=10')).curves
  expect(curve.steps).toEqual(steps(29, 34))
  const [part] = curve.inherited
  expect(part.steps.length).toBeLessThanOrEqual(10)
  expect([part.steps[0], part.steps.at(-1)]).toEqual([1, 28])
})

it('gives the schedule of a trial, and what a trial reported stays its own', async () => {
  const rows: TrialRow[] = (await get('/trials')).trials
  const [parent, , fork] = rows as [TrialRow, TrialRow, TrialRow]
  expect(await get('/trials/2/schedule')).toEqual({
    trial: 2,
    changing: ['x'],
    pieces: [
      { trial: 0, from: 0, to: 28, params: parent.params },
      { trial: 2, from: 28, to: 34, params: fork.params },
    ],
  })
  expect((await get('/trials/0/schedule')).pieces).toEqual([{ trial: 0, from: 0, to: 30, params: parent.params }])
  expect(fork.metrics).toEqual({ loss: 234, half: 17 })
  expect((await server.send({ path: at('/trials/9/schedule') })).status).toBe(404)
})
