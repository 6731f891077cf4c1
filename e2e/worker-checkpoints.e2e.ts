/** Checkpoints that travel: paused on one machine, gone on with on another, which share nothing but the server. */
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, type StudyEvent, type TrialRecord } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { call, kill, serve, worker } from './cli/serving.js'
import { eventually, type Workplace, workplace } from './cli/workplace.js'

let place: Workplace
/** The other machines. */
let machines: string
const children: ChildProcess[] = []
beforeEach(() => {
  place = workplace()
  machines = mkdtempSync(join(tmpdir(), 'parzen-checkpoints-e2e-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  place.remove()
  rmSync(machines, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
})

/** Steps of a training. */
const LAST = 12

/** Its checkpoint says who did each step of it, by trial and machine: a file in a folder, a link to it, and an empty one. */
const train = `import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
const { PARZEN_CHECKPOINTS: folder, PARZEN_TRIAL } = process.env
writeFileSync('pid', String(process.pid))
const [rate, last, machine, ballast] = process.argv.slice(2)
const latest = folder + '/latest.json'
const state = existsSync(latest) ? JSON.parse(readFileSync(latest, 'utf8')) : { theta: 1, history: [] }
mkdirSync(folder + '/deep', { recursive: true })
while (state.history.length < Number(last)) {
  await new Promise((resolve) => setTimeout(resolve, 200))
  state.theta *= 1 - Number(rate)
  state.history.push(PARZEN_TRIAL + '@' + machine)
  writeFileSync(folder + '/deep/draft', JSON.stringify({ ...state, ballast: 'x'.repeat(Number(ballast)) }))
  renameSync(folder + '/deep/draft', folder + '/deep/state.json')
  writeFileSync(folder + '/empty', '')
  if (!existsSync(latest)) symlinkSync('deep/state.json', latest)
  console.log(JSON.stringify({ step: state.history.length, loss: state.theta }))
}
`

const sweep = (rest: string) =>
  `study: s\nobjective: { metric: loss, direction: minimize }\nspace: { rate: 'loguniform(1e-3, 0.3)' }\nseed: 3\n${rest}`
const plain = sweep('sampler: random\nbudget: { trials: 2 }\n')
/** The best ones come first, so that each is paused when it gets to step 4, and goes on once there are three times as many. */
const promoting = (count: number) =>
  sweep(
    `sampler: random\npruner: { name: asha, minStep: 4, maxStep: ${LAST}, promote: true, letThrough: 0 }\nbudget: { trials: ${count} }\n`,
  )
async function enqueue(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const params = { rate: 0.3 - 0.03 * i }
    expect(await call(place, 'POST', '/studies/s/enqueue', { params })).toEqual({ done: true })
  }
}

async function started(): Promise<ChildProcess> {
  const { process: child } = await serve(place)
  children.push(child)
  return child
}

function work(machine: string, { last = LAST, ballast = 0, parallel = 1, every = '30s' } = {}) {
  const folder = join(machines, machine)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'train.mjs'), train)
  const command = ['--', 'node', 'train.mjs', '{rate}', String(last), machine, String(ballast)]
  const started = worker(place, folder, ['s', '--parallel', String(parallel), '--checkpoint-every', every, ...command])
  children.push(started.child)
  return started
}

type Row = Pick<TrialRecord, 'number' | 'state'> & { readonly attempts: unknown[]; readonly parent: number | null }

async function trials(): Promise<Row[]> {
  return (await call<{ trials: Row[] }>(place, 'GET', '/studies/s/trials?limit=200')).trials
}

async function events(): Promise<StudyEvent[]> {
  return (await call<{ events: StudyEvent[] }>(place, 'GET', '/studies/s/events')).events
}

/** Who did each step of a trial, as its longest checkpoint on any machine says. */
function history(trial: number): string[] {
  const found = readdirSync(machines).flatMap((machine) => {
    const folder = join(machines, machine, '.parzen/worker/studies/s', `trial-${String(trial).padStart(4, '0')}`)
    const attempts = existsSync(folder) ? readdirSync(folder) : []
    return attempts.flatMap((attempt) => {
      const path = join(folder, attempt, 'checkpoints/latest.json')
      return existsSync(path) ? [JSON.parse(readFileSync(path, 'utf8')).history as string[]] : []
    })
  })
  return found.reduce((longest, one) => (one.length > longest.length ? one : longest), [])
}

it('a trial paused on one machine is gone on with on another, from where it was', async () => {
  await started()
  await call(place, 'POST', '/studies', { text: promoting(4) })
  await enqueue(4)
  const first = work('a')
  await eventually('it is at its third trial', async () => (await trials()).length === 3)
  first.child.kill('SIGINT')
  expect((await first.ended).text).toContain(
    'trial 0 started\ntrial 0 paused\ntrial 1 started\ntrial 1 paused\ntrial 2 started\ntrial 2 paused\n',
  )
  expect(await work('b').ended).toEqual({
    code: 0,
    text: expect.stringContaining('trial 0, attempt 2, started\ntrial 0, attempt 2, complete'),
  })
  expect((await trials()).map(({ state }) => state)).toEqual(['complete', 'pruned', 'pruned', 'pruned'])
  // no step of it is done twice, here or there
  const done = history(0)
  const here = done.filter((step) => step === '0@a').length
  expect(here).toBeGreaterThanOrEqual(4)
  expect(done).toEqual([...Array(here).fill('0@a'), ...Array(LAST - here).fill('0@b')])
  expect(checkHistory(await events())).toEqual([])
})

it('a worker and the server are killed with -9 while a checkpoint is sent: it is sent on from there, and is whole', async () => {
  const first = await started()
  await call(place, 'POST', '/studies', { text: promoting(4) })
  await enqueue(4)
  const root = join(place.folder, '.parzen/studies/s')
  const arriving = () =>
    (existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : []).some((file) =>
      /checkpoints\.incoming\/[0-9a-f]{64}$/.test(file),
    )
  const killed = work('a', { ballast: 60e6 })
  while (!arriving() && killed.child.exitCode === null) await new Promise(setImmediate)
  expect(killed.child.exitCode).toBeNull()
  await kill(killed.child)
  await kill(first)
  await started()
  const { code, text } = await work('a').ended
  expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/trial 0 continued\ntrial 0 paused\n/) })
  expect((await trials()).map(({ state }) => state)).toEqual(['complete', 'pruned', 'pruned', 'pruned'])
  expect(history(0)).toEqual(Array(LAST).fill('0@a'))
  expect(checkHistory(await events())).toEqual([])
})

it('a worker is told to end: whoever is given its trial goes on from where that was', async () => {
  await started()
  await call(place, 'POST', '/studies', { text: plain })
  const first = work('a')
  await eventually('trial 0 has done some steps', () => history(0).length >= 3)
  first.child.kill('SIGTERM')
  expect((await first.ended).text).toContain('trial 0 is the server’s again')
  // its lease would run out by itself
  await call(place, 'POST', '/studies/s/stop', { now: true })
  await call(place, 'POST', '/studies/s/resume', {})
  expect((await work('b').ended).text).toContain('trial 0, attempt 2, started')
  const done = history(0)
  const here = done.filter((step) => step === '0@a').length
  expect(here).toBeGreaterThanOrEqual(3)
  expect(done).toEqual([...Array(here).fill('0@a'), ...Array(LAST - here).fill('0@b')])
})

it('a worker’s machine is gone for good: the next one goes on from the last checkpoint that was sent', async () => {
  await started()
  const last = 40
  await call(place, 'POST', '/studies', { text: plain.replace('trials: 2', 'trials: 1') })
  const first = work('a', { last, every: '1s' })
  const there = join(place.folder, '.parzen/studies/s/trial-0000/attempt-1/checkpoints/latest.json')
  const sent = () => (existsSync(there) ? (JSON.parse(readFileSync(there, 'utf8')).history as string[]) : [])
  const once = await eventually('a checkpoint is with the server', () => sent().length)
  await eventually('a later one is', () => sent().length > once)
  await kill(first.child)
  // its training would outlive it
  process.kill(Number(readFileSync(join(machines, 'a/pid'), 'utf8')), 'SIGKILL')
  rmSync(join(machines, 'a'), { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
  const from = sent()
  expect(from).toEqual(Array(from.length).fill('0@a'))
  expect(from.length).toBeLessThan(last)
  // its lease would run out by itself
  await call(place, 'POST', '/studies/s/stop', { now: true })
  await call(place, 'POST', '/studies/s/resume', {})
  expect((await work('b', { last }).ended).text).toContain('trial 0, attempt 2, started\ntrial 0, attempt 2, complete')
  expect(history(0)).toEqual([...from, ...Array(last - from.length).fill('0@b')])
  const all = await events()
  const second = all.flatMap((event) =>
    event.type === 'trial-reported' && event.attempt === 2 ? event.reports.map(({ step }) => step) : [],
  )
  expect(second).toEqual(Array.from({ length: last - from.length }, (_, i) => from.length + 1 + i))
  expect(checkHistory(all)).toEqual([])
  expect((await place.parzen('verify', 's')).code).toBe(0)
})

it('a population trains on machines that share nothing: forks go on from parents elsewhere', async () => {
  await started()
  const last = 24
  const text = sweep(
    `sampler: { name: pbt, population: 4, interval: 3, maxStep: ${last}, resample: 0 }\nbudget: { trials: 40 }\n`,
  )
  await call(place, 'POST', '/studies', { text })
  const both = ['a', 'b'].map((machine) => work(machine, { last, parallel: 2 }).ended)
  for (const ended of both) {
    expect(await ended).toEqual({ code: 0, text: expect.not.stringContaining('begins anew') })
  }
  const all = await trials()
  expect(all.filter(({ state }) => state !== 'complete' && state !== 'pruned')).toEqual([])
  const complete = all.filter(({ state }) => state === 'complete')
  expect(complete).toHaveLength(4)
  expect(all.some(({ parent }) => parent !== null)).toBe(true)
  for (const { number } of complete) {
    const done = history(number)
    expect(done).toHaveLength(last)
    // its own steps at the end; before them its parent's, before those the parent's parent's …
    const line: number[] = []
    for (let at: number | null = number; at !== null; at = all[at]?.parent ?? null) line.push(at)
    const trialsOf = done.map((step) => Number(step.split('@')[0]))
    const inOrder = trialsOf.filter((trial, i) => trial !== trialsOf[i - 1]).reverse()
    const from = inOrder[0] === number ? 0 : 1
    expect(inOrder).toEqual(line.slice(from, from + inOrder.length))
  }
  expect(checkHistory(await events())).toEqual([])
})

it('what a worker has paused, a run on the server goes on with', async () => {
  place.write('train.mjs', train)
  place.write('sweep.yaml', `${promoting(4)}command: node train.mjs {rate} ${LAST} server 0\n`)
  expect((await place.parzen('run', '--trials', '1', '--no-serve')).code).toBe(0)
  await started()
  await call(place, 'PATCH', '/studies/s', { budget: { trials: 4 } })
  await call(place, 'POST', '/studies/s/resume', {})
  await enqueue(3)
  const worker = work('a')
  await eventually('the worker is at its second trial', async () => (await trials()).length === 3)
  worker.child.kill('SIGINT')
  expect((await worker.ended).text).toContain('trial 1 paused\ntrial 2 started\ntrial 2 paused\n')
  const { code, stderr } = await place.parzen('run', '--no-serve')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const folder = join(place.folder, '.parzen/studies/s/trial-0001/attempt-2/checkpoints')
  const done: string[] = JSON.parse(readFileSync(join(folder, 'latest.json'), 'utf8')).history
  expect([done[0], done.at(-1), done.length]).toEqual(['1@a', '1@server', LAST])
  expect(checkHistory(await events())).toEqual([])
})

it('a run beside workers leaves them what they run, and ends when that has', async () => {
  place.write('train.mjs', train)
  place.write('sweep.yaml', `${plain}command: node train.mjs {rate} ${LAST} server 0\n`)
  await started()
  await call(place, 'POST', '/studies', { text: plain })
  const worker = work('a')
  await eventually('trial 0 runs', async () => (await trials())[0]?.state === 'running')
  const { code } = await place.parzen('run', '--no-serve')
  expect(code).toBe(0)
  await worker.ended
  expect((await trials()).map(({ state, attempts }) => [state, attempts.length])).toEqual([
    ['complete', 1],
    ['complete', 1],
  ])
  expect(history(0)).toEqual(Array(LAST).fill('0@a'))
  expect(checkHistory(await events())).toEqual([])
})
