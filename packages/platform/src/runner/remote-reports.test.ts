import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ParzenError } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Api, UNREACHABLE } from '../trial/api.js'
import type { Assignment } from './assignment.js'
import { parseJsonLine } from './metrics.js'
import { remoteReports, type Said } from './remote-reports.js'
import { openTail } from './tail.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-remote-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Keeps the contract of `POST …/reports`; may be away, or lose its answer. */
function server() {
  const known: number[] = []
  const state = {
    known,
    verdict: 'continue',
    reason: null as string | null,
    mood: 'here' as 'here' | 'away' | 'loses answers',
  }
  const lost = new ParzenError(UNREACHABLE, 'nobody')
  const api = {
    async call(_method: string, _path: string, body: { from: number; reports: { step: number }[] }) {
      if (state.mood === 'away') throw lost
      if (body.from > known.length) throw new ParzenError('http/order', 'from: expected less')
      known.push(...body.reports.slice(known.length - body.from).map(({ step }) => step))
      if (state.mood === 'loses answers') throw lost
      return { acknowledged: known.length, verdict: state.verdict, reason: state.reason }
    },
  } as unknown as Api
  return { state, api }
}

function reporter(assigned: Assignment, api: Api, onVerdict: (said: Said) => void = () => undefined) {
  let saved = assigned
  const options = { folder, parseStdout: parseJsonLine, wanted: ['loss'], now: Date.now }
  const reports = remoteReports(assigned, {
    api,
    path: '/studies/s/trials/0',
    tail: openTail({ ...options, cursor: assigned.cursor }),
    save: (one) => {
      saved = one
    },
    onVerdict,
  })
  return { reports, saved: () => saved }
}

const fresh: Assignment = { trial: 0, attempt: 1, params: {}, token: 't', sent: 0 }
const print = (from: number, to: number) => {
  for (let step = from; step <= to; step++) {
    appendFileSync(join(folder, 'stdout.log'), `${JSON.stringify({ step, loss: 1 / step })}\n`)
  }
}
const steps = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

it('sends each report once and in order, though answers are lost and the server is away', async () => {
  const { state, api } = server()
  const { reports } = reporter(fresh, api)
  for (const [mood, to] of [
    ['here', 3],
    ['loses answers', 5],
    ['away', 7],
    ['here', 1300],
  ] as const) {
    state.mood = mood
    print(reports.lastStep + 1, to)
    await reports.send(false, 0).catch(({ code }) => expect(code).toBe(UNREACHABLE))
  }
  while (await reports.send(true, 0)) {}
  expect(state.known).toEqual(steps(1300))
})

it('goes on from what a worker before it had saved, whatever the server has got since', async () => {
  const { state, api } = server()
  const first = reporter(fresh, api)
  print(1, 5)
  await first.reports.send(false, 0)
  state.mood = 'loses answers'
  print(6, 8)
  await first.reports.send(false, 0).catch(() => undefined)
  state.mood = 'here'
  expect(first.saved()).toMatchObject({ sent: 5 })
  print(9, 10)
  await reporter(first.saved(), api).reports.send(true, 0)
  expect(state.known).toEqual(steps(10))
})

it('tells a verdict once, and why', async () => {
  const { state, api } = server()
  const heard: Said[] = []
  const { reports } = reporter(fresh, api, (said) => heard.push(said))
  const said = { verdict: 'prune', reason: 'step 1: why' }
  Object.assign(state, said)
  for (const step of [1, 2]) {
    print(step, step)
    await reports.send(false, 0)
  }
  expect([heard, reports.said, reports.lastStep]).toEqual([[said], said, 2])
})
