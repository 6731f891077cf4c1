import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { cleanEnvironment, eventually, type Workplace, workplace } from './cli/workplace.js'

let place: Workplace
beforeEach(() => {
  place = workplace({ 'train.mjs': train })
})
afterEach(() => place.remove())

/** 27 steps of 50 ms, going on from its checkpoint; says of each step that it did it. With SDK=yes it ends itself when told to. */
const train = `import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
const { PARZEN_DIR, PARZEN_CHECKPOINTS, PARZEN_VERDICT_FILE, PARZEN_TRIAL, SDK } = process.env
const x = Number(process.argv[2])
const checkpoint = PARZEN_CHECKPOINTS + '/step'
if (SDK) writeFileSync(PARZEN_DIR + '/sdk.json', '{"sdk":"test/1"}')
const from = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0
for (let step = from + 1; step <= 27; step++) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  appendFileSync('steps', PARZEN_TRIAL + ' ' + step + '\\n')
  mkdirSync(PARZEN_CHECKPOINTS, { recursive: true })
  // whole or not at all, whenever it is killed
  writeFileSync(checkpoint + '.draft', String(step))
  renameSync(checkpoint + '.draft', checkpoint)
  console.log(JSON.stringify({ step, loss: x + Math.exp(-step / 9) }))
  if (SDK && existsSync(PARZEN_VERDICT_FILE)) {
    writeFileSync(PARZEN_DIR + '/said', readFileSync(PARZEN_VERDICT_FILE))
    break
  }
}
`

const sweep = (pruner: string, more = '') => `study: line
objective: { metric: loss, direction: minimize }
command: node train.mjs {x}
space: { x: uniform(0, 1) }
sampler: random
pruner: ${pruner}
budget: { trials: 14, parallel: 3 }
${more}`

const json = async (...args: readonly string[]) => JSON.parse((await place.parzen(...args, '--json')).stdout)
const steps = () =>
  readFileSync(join(place.folder, 'steps'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number) as [number, number])

it('ends bad runs early, whatever they are written in, and says why', async () => {
  place.write('sweep.yaml', sweep('{ name: asha, maxStep: 27, letThrough: 0 }'))
  const { code, stdout } = await place.parzen('run')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/trial \d+ pruned: step \d+: place \d+ of \d+ at rung \d/)])
  const [study] = await json('list')
  expect(study).toMatchObject({ trials: 14, finished: 14, failed: 0, paused: 0, running: 0 })
  expect(study.pruned).toBeGreaterThan(5)
  expect(study.complete).toBeGreaterThan(0)
  expect(steps().length).toBeLessThan(0.75 * 14 * 27)
  expect((await place.parzen('analyze')).stdout).toContain(`pruned ${study.pruned} trials`)
  expect((await place.parzen('verify')).code).toBe(0)
})

it('says once, and while there is time, that it will never stop anything', async () => {
  const budget = 'trials: 5, parallel: 1'
  const file = sweep('{ name: median, metric: los }').replace(/budget: .*/, `budget: { ${budget} }`)
  place.write('sweep.yaml', file.replace('node train.mjs {x}', 'echo loss={x}'))
  const lines = (await place.parzen('run')).stdout.split('\n')
  const warning =
    'pruner median watches los, which the 3 complete trials did not report while they ran, but loss. did you mean loss?'
  expect(lines.filter((line) => line.startsWith('pruner'))).toEqual([warning])
  expect(lines[lines.indexOf(warning) - 1]).toMatch(/^trial 2 complete/)
})

it('lets a script with an SDK end itself', async () => {
  place.write(
    'sweep.yaml',
    sweep('{ name: asha, maxStep: 27, letThrough: 0 }', 'trial: { environment: { SDK: "yes" } }'),
  )
  expect((await place.parzen('run')).code).toBe(0)
  const [study] = await json('list')
  expect(study.pruned).toBeGreaterThan(5)
  const root = join(place.folder, '.parzen/studies/line')
  const said = readdirSync(root).filter((trial) => existsSync(join(root, trial, 'attempt-1/said')))
  expect(said).toHaveLength(study.pruned)
  const verdict = JSON.parse(readFileSync(join(root, said[0] as string, 'attempt-1/said'), 'utf8'))
  expect(verdict).toMatchObject({ verdict: 'prune', step: expect.any(Number), reason: expect.any(String) })
})

it('pauses, and goes on from the checkpoint with the best, also after kill -9 of the runner', async () => {
  place.write('sweep.yaml', sweep('{ name: asha, maxStep: 27, promote: true, letThrough: 0 }'))
  for (const count of [20, 60]) {
    const { process: runner, result } = place.start('run')
    await eventually('some steps', () => existsSync(join(place.folder, 'steps')) && steps().length > count)
    runner.kill('SIGKILL')
    await result
  }
  expect((await place.parzen('run')).code).toBe(0)
  const [study] = await json('list')
  expect(study).toMatchObject({ trials: 14, finished: 14, failed: 0, paused: 0, state: 'ended' })
  expect(study.complete).toBeGreaterThan(0)
  expect(study.pruned).toBeGreaterThan(5)
  // an attempt that was killed with its runner gone or told to end may repeat the step it was in, never more
  const done = new Map<number, Map<number, number>>()
  for (const [trial, step] of steps()) {
    const of = done.get(trial) ?? new Map<number, number>()
    done.set(trial, of.set(step, (of.get(step) ?? 0) + 1))
  }
  for (const of of done.values()) {
    const repeated = [...of.values()].filter((times) => times > 1).length
    expect(repeated).toBeLessThanOrEqual(3)
  }
  expect((await place.parzen('verify')).code).toBe(0)
})

it('tells a script how far it has to get until it is compared', async () => {
  // goes so far and no further, until it is told what comes of it
  const exact = `import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
const { PARZEN_CHECKPOINTS: folder, PARZEN_ATTEMPT, PARZEN_TARGET_STEP: target } = process.env
appendFileSync('targets', PARZEN_ATTEMPT + ' ' + target + '\\n')
const from = existsSync(folder + '/step') ? Number(readFileSync(folder + '/step', 'utf8')) : 0
mkdirSync(folder, { recursive: true })
writeFileSync(folder + '/step', target)
for (let step = from + 1; step <= Number(target); step++) console.log(JSON.stringify({ step, loss: 1 / step }))
if (Number(target) < 27) setInterval(() => {}, 1000)
`
  place.write('train.mjs', exact)
  place.write('sweep.yaml', sweep('{ name: asha, minStep: 3, maxStep: 27, promote: true, letThrough: 0 }'))
  expect((await place.parzen('run', '--trials', '1')).code).toBe(0)
  expect(readFileSync(join(place.folder, 'targets'), 'utf8')).toBe('1 3\n2 9\n3 27\n')
  expect(await json('list')).toMatchObject([{ complete: 1 }])
})

it('a trial paused at its very end, which goes on with nothing left to do, keeps its result', async () => {
  // prints all its steps at once, so that the verdict of the first comes when all are done, and is at work for 2 s more
  const whole = `import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
const { PARZEN_CHECKPOINTS } = process.env
if (!existsSync(PARZEN_CHECKPOINTS + '/done')) {
  mkdirSync(PARZEN_CHECKPOINTS, { recursive: true })
  writeFileSync(PARZEN_CHECKPOINTS + '/done', '')
  for (let step = 1; step <= 3; step++) console.log(JSON.stringify({ step, loss: Number(process.argv[2]) + 1 / step }))
  setTimeout(() => {}, 2000)
}
`
  place.write('train.mjs', whole)
  place.write('sweep.yaml', sweep('{ name: asha, minStep: 1, maxStep: 4, promote: true, letThrough: 0 }'))
  expect((await place.parzen('run')).code).toBe(0)
  const [study] = await json('list')
  expect(study).toMatchObject({ finished: 14, failed: 0, paused: 0, state: 'ended' })
  expect(study.complete).toBeGreaterThan(0)
})

it('shows on a trial what the pruner said of it', async () => {
  place.write('sweep.yaml', sweep('{ name: threshold, upper: 1.2, letThrough: 0.5 }'))
  expect((await place.parzen('run')).code).toBe(0)
  const rows = (await place.parzen('export', '--format', 'jsonl')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const pruned = rows.find(({ state }) => state === 'pruned')
  const page = (await place.parzen('show', 'line', '--trial', String(pruned.number))).stdout
  expect(page).toMatch(/pruner +stopped: step \d+: [\d.]+ is above 1\.2/)
})

it('ends a script that uses the TypeScript SDK by its own return', async () => {
  const sdk = new URL('../packages/platform/dist/trial/index.js', import.meta.url).href
  place.write(
    'sdk.mjs',
    `import { trial } from '${sdk}'
import { appendFileSync } from 'node:fs'
const x = trial.param('x', 0.5)
let verdict = 'continue'
for (let step = 1; step <= 27 && verdict === 'continue'; step++) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  verdict = trial.report({ step, loss: x + Math.exp(-step / 9) })
}
appendFileSync('said', trial.number + ' ' + (trial.reason ?? 'none') + ' ' + verdict + '\\n')
`,
  )
  place.write(
    'sweep.yaml',
    sweep('{ name: asha, maxStep: 27, letThrough: 0 }').replace('node train.mjs {x}', 'node sdk.mjs'),
  )
  expect((await place.parzen('run')).code).toBe(0)
  const [study] = await json('list')
  const said = readFileSync(join(place.folder, 'said'), 'utf8').trim().split('\n')
  expect(said.filter((line) => line.endsWith(' prune'))).toHaveLength(study.pruned)
  expect(said.filter((line) => line.endsWith(' none continue'))).toHaveLength(study.complete)
  const { judged } = await json(
    'show',
    'line',
    '--trial',
    said.find((line) => line.endsWith(' prune'))?.split(' ')[0] ?? '',
  )
  expect(said.some((line) => line.endsWith(`${judged.reason} prune`))).toBe(true)
  expect(study).toMatchObject({ finished: 14, failed: 0 })
  // without the sweep
  const alone = spawnSync(process.execPath, ['sdk.mjs'], { cwd: place.folder, env: cleanEnvironment() })
  expect(alone.status).toBe(0)
})

it('with several objectives, watches the metric that is named', async () => {
  const two = train.replace(
    'console.log(JSON.stringify({ step, loss: x + Math.exp(-step / 9) }))',
    'console.log(JSON.stringify({ step, loss: x + Math.exp(-step / 9), size: -x }))',
  )
  place.write('train.mjs', two)
  const objectives = 'objectives:\n  - { metric: size, direction: minimize }\n  - { metric: loss, direction: minimize }'
  const text = sweep('{ name: median, metric: loss, startupTrials: 2, letThrough: 0 }')
  place.write('sweep.yaml', text.replace(/^objective:.*$/m, objectives))
  expect((await place.parzen('run')).code).toBe(0)
  const rows = (await place.parzen('export', '--format', 'jsonl')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const xs = (state: string) => rows.filter((row) => row.state === state).map(({ params }) => params.x as number)
  expect(xs('pruned').length).toBeGreaterThan(1)
  // by the first objective it would be the other way round
  const mean = (of: readonly number[]) => of.reduce((sum, x) => sum + x, 0) / of.length
  expect(mean(xs('pruned'))).toBeGreaterThan(mean(xs('complete')))
  for (const { state, values } of rows) expect(values?.length).toBe(state === 'complete' ? 2 : undefined)
  expect((await place.parzen('verify')).code).toBe(0)
})
