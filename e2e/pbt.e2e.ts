import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventually, type Workplace, workplace } from './cli/workplace.js'

let place: Workplace
beforeEach(() => {
  place = workplace({ 'train.mjs': train, 'sweep.yaml': sweep })
})
afterEach(() => place.remove())

const LAST = 24

/** Its checkpoint holds every step that led to it, with the trial that did it; and what it trains. */
const train = `import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
const { PARZEN_CHECKPOINTS, PARZEN_TRIAL } = process.env
const rate = Number(process.argv[2])
const checkpoint = PARZEN_CHECKPOINTS + '/state.json'
const state = existsSync(checkpoint) ? JSON.parse(readFileSync(checkpoint, 'utf8')) : { theta: 1, history: [] }
mkdirSync(PARZEN_CHECKPOINTS, { recursive: true })
while (state.history.length < ${LAST}) {
  await new Promise((resolve) => setTimeout(resolve, 150))
  state.theta *= 1 - rate
  state.history.push(Number(PARZEN_TRIAL))
  writeFileSync(checkpoint + '.draft', JSON.stringify(state))
  renameSync(checkpoint + '.draft', checkpoint)
  console.log(JSON.stringify({ step: state.history.length, loss: state.theta }))
}
`

const sweep = `study: population
objective: { metric: loss, direction: minimize }
command: node train.mjs {rate}
space: { rate: 'loguniform(1e-3, 0.3)' }
sampler: { name: pbt, population: 6, interval: 3, maxStep: ${LAST}, resample: 0 }
budget: { trials: 60, parallel: 3 }
seed: 2
`

interface Row {
  readonly number: number
  readonly state: string
  readonly parent: number | null
  readonly params: { readonly rate: number }
  readonly attempts: readonly { readonly number: number }[]
}

async function rows(): Promise<Row[]> {
  const { stdout } = await place.parzen('export', '--format', 'jsonl')
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

/** Which trial did each step of a complete one, as its last checkpoint says. */
function historyOf({ number, attempts }: Row): number[] {
  const trial = `.parzen/studies/population/trial-${String(number).padStart(4, '0')}`
  const path = join(place.folder, trial, `attempt-${attempts.length}/checkpoints/state.json`)
  return JSON.parse(readFileSync(path, 'utf8')).history
}

async function isWholePopulation(): Promise<void> {
  const all = await rows()
  const complete = all.filter(({ state }) => state === 'complete')
  const forks = all.filter(({ parent }) => parent !== null)
  expect(complete).toHaveLength(6)
  expect(all.filter(({ state }) => state !== 'complete' && state !== 'pruned')).toEqual([])
  expect(forks.length).toBeGreaterThan(0)
  expect(complete.some(({ parent }) => parent !== null)).toBe(true)
  for (const { parent, params } of forks) {
    const ratio = params.rate / (all[parent as number] as Row).params.rate
    expect([1.2, 1 / 1.2].some((factor) => Math.abs(ratio / factor - 1) < 1e-9) || params.rate === 0.3).toBe(true)
  }
  for (const row of complete) {
    const history = historyOf(row)
    expect(history).toHaveLength(LAST)
    // the trial itself at the end; before it its parent, before that the parent's parent …
    const trials = history.filter((trial, i) => trial !== history[i - 1]).reverse()
    const line: number[] = []
    for (let at: number | null = row.number; at !== null; at = (all[at] as Row).parent) line.push(at)
    // a fork whose parent was at its end had nothing left to do
    const from = trials[0] === row.number ? 0 : 1
    expect(trials).toEqual(line.slice(from, from + trials.length))
    expect(trials.length).toBeGreaterThanOrEqual(Math.min(2, line.length - from))
    // the schedule says what trained each step that is in the checkpoint
    const { changing, pieces } = await scheduleOf(row.number)
    expect(pieces.flatMap((piece) => Array(piece.to - piece.from).fill(piece.trial))).toEqual(history)
    for (const piece of pieces) expect(piece.params).toEqual((all[piece.trial] as Row).params)
    expect(changing).toEqual(new Set(pieces.map(({ params }) => params.rate)).size > 1 ? ['rate'] : [])
  }
  expect((await place.parzen('verify')).code).toBe(0)
}

it('forks go on from what their parents have learnt, with fewer slots than trainings', async () => {
  const { code, stdout } = await place.parzen('run')
  expect([code, stdout]).toEqual([0, expect.stringContaining('gives way to a fork of a better one')])
  await isWholePopulation()
  const fork = (await rows()).find(({ parent }) => parent !== null) as Row
  const { stdout: page } = await place.parzen('show', '--trial', String(fork.number))
  const { pieces } = await scheduleOf(fork.number)
  const from = pieces.at(-1)?.from
  expect(page).toMatch(new RegExp(`goes on from +trial ${fork.parent} at step ${from}\n`))
  expect(page).toMatch(/^ {2}AFTER STEP {2}TO STEP {2}TRIAL +rate$/m)
  for (const piece of pieces)
    expect(page).toMatch(new RegExp(`^ +${piece.from} +${piece.to} +${piece.trial} +0\\.`, 'm'))
  expect(page).toContain('loss by step, ▲ forked')
  const { code: refused, stderr } = await place.parzen('show', '--schedule')
  expect([refused, stderr]).toEqual([
    2,
    expect.stringMatching(/^show --schedule: expected --trial with it, got none. the best is --trial \d+\n$/),
  ])
})

interface Schedule {
  readonly changing: readonly string[]
  readonly pieces: readonly { trial: number; from: number; to: number; params: Row['params'] }[]
}

async function scheduleOf(trial: number): Promise<Schedule> {
  return JSON.parse((await place.parzen('show', '--trial', String(trial), '--schedule')).stdout)
}

it('survives kill -9 of the runner at any moment', async () => {
  for (const count of [8, 12, 15]) {
    const { process: runner, result } = place.start('run')
    const folder = join(place.folder, `.parzen/studies/population/trial-${String(count).padStart(4, '0')}`)
    await eventually(`trial ${count}, or the end`, () => existsSync(folder) || runner.exitCode !== null)
    runner.kill('SIGKILL')
    await result
  }
  expect((await place.parzen('run')).code).toBe(0)
  await isWholePopulation()
})

it('killed in the midst of a copy, it copies again: no fork begins with a part of a checkpoint', async () => {
  // large enough that a copy takes a while, and of no use if it is cut short: then it is no JSON
  place.write('train.mjs', train.replace('history: [] }', "history: [], ballast: 'x'.repeat(8e6) }"))
  const root = join(place.folder, '.parzen/studies/population')
  const inCopy = () =>
    (existsSync(root) ? readdirSync(root) : []).filter((trial) =>
      existsSync(join(root, trial, 'attempt-1/checkpoints.draft')),
    )
  const { process: runner, result } = place.start('run')
  // a copy takes some milliseconds: looked for at every turn of the event loop
  while (inCopy().length === 0 && runner.exitCode === null) await new Promise(setImmediate)
  expect(runner.exitCode).toBeNull()
  runner.kill('SIGKILL')
  await result
  expect((await place.parzen('run')).code).toBe(0)
  expect(inCopy()).toEqual([])
  await isWholePopulation()
})
