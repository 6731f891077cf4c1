/**
 * Time and memory of one suggestion, for each sampler, beside Optuna if PEER_PYTHON is a Python that has it.
 *
 * node bench/suggest.bench.mjs [--samplers tpe,random] [--trials 100,1000] [--parameters 10,40] [--json]
 * A suggestion is `observe` of the trial before it and `suggest`, in process, on a history of random trials.
 * reference: a fixed typed-array computation timed in turn with the samplers, so that ratios survive a busy machine.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const core = process.env['PARZEN_CORE'] ?? new URL('../packages/core/dist/index.js', import.meta.url).href
const { samplerByName, samplerNames, isActive, fromUnit } = await import(core)

const REPEATS = 60
/** These take too long, or do not learn from so many trials: no figure. */
const MOST_TRIALS = { gp: 300 }

/** Building Optuna's history of more takes minutes. */
const MOST_PEER_TRIALS = 3000

/** 4 uniform, 3 log-uniform, 1 int, 2 categorical (3 and 5 choices), `count` / 10 times. */
export function mixedSpace(count) {
  const space = {}
  for (let i = 0; i < count / 10; i++) {
    for (let k = 0; k < 4; k++) space[`u${i}${k}`] = { kind: 'float', low: -5, high: 5 }
    for (let k = 0; k < 3; k++) space[`l${i}${k}`] = { kind: 'float', low: 1e-5, high: 1, log: true }
    space[`i${i}`] = { kind: 'int', low: 1, high: 20 }
    space[`c${i}`] = { kind: 'categorical', choices: ['a', 'b', 'c'] }
    space[`d${i}`] = { kind: 'categorical', choices: ['a', 'b', 'c', 'd', 'e'] }
  }
  return space
}

function loss(params) {
  let sum = 0
  for (const v of Object.values(params)) sum += typeof v === 'number' ? Math.atan(v) ** 2 : v.charCodeAt(0) % 7
  return sum
}

/** A small generator: the bench needs none of the core's. */
function stream(seed) {
  let a = seed | 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function record(number, params) {
  const outcome = { state: 'complete', values: [loss(params)] }
  return { number, state: 'complete', params, outcome, seen: 0, worker: '', startedAt: 0, reports: [], attempts: [] }
}

function randomTrials(space, count) {
  const rng = stream(7)
  return Array.from({ length: count }, (_, number) => {
    const params = {}
    for (const [name, p] of Object.entries(space)) if (isActive(p, params)) params[name] = fromUnit(p, rng())
    return record(number, params)
  })
}

/** ms of 24 × 1,000 × 10 normal kernels: the plain work of one suggestion at 1,000 trials. */
function reference() {
  const [candidates, trials, d] = [24, 1000, 10]
  const rng = stream(3)
  const X = Float64Array.from({ length: trials * d }, rng)
  const start = performance.now()
  let sum = 0
  for (let c = 0; c < candidates; c++) {
    for (let k = 0; k < trials; k++) {
      let q = 0
      for (let i = 0; i < d; i++) q += (X[c * d + i] - X[k * d + i]) ** 2
      sum += Math.exp(-q)
    }
  }
  const ms = performance.now() - start
  if (!(sum > 0)) throw new Error('reference: expected a positive sum')
  return ms
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

/** The 10th percentile: what it costs when the machine is not busy with others in between. */
function low(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)]
}

function measure(name, space, trials) {
  const sampler = samplerByName({ name })({ space, directions: ['minimize'], seed: 1 })
  sampler.observe(randomTrials(space, trials))
  const ms = []
  const references = []
  for (let k = 0; k < REPEATS; k++) {
    const number = trials + k
    if (k % 2 === 0) references.push(reference())
    const start = performance.now()
    const suggestion = sampler.suggest([], { number, rng: stream(number) })
    if (!suggestion) return undefined
    const finished = [record(number, suggestion.params)]
    sampler.observe(finished)
    ms.push(performance.now() - start)
  }
  const size = { parameters: Object.keys(space).length, trials }
  return { name, ...size, ms: median(ms), low: low(ms), ratio: low(ms) / low(references) }
}

/** Heap and buffers of a sampler that has observed 20,000 trials, by trial; in a process of its own for a clean heap. */
function bytesPerTrial(name) {
  const space = mixedSpace(10)
  const count = 20_000
  const sampler = samplerByName({ name })({ space, directions: ['minimize'], seed: 1 })
  const used = () => {
    globalThis.gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  let trials = randomTrials(space, 1)
  sampler.observe(trials)
  sampler.suggest([], { number: 1, rng: stream(1) })
  const before = used()
  trials = randomTrials(space, count)
  sampler.observe(trials)
  sampler.suggest([], { number: count, rng: stream(1) })
  // the study holds the records anyway: what counts is what the sampler keeps beside them
  trials = undefined
  const after = used()
  sampler.suggest([], { number: count, rng: stream(1) })
  return (after - before) / count
}

function optuna(space, trials) {
  const python = process.env['PEER_PYTHON']
  if (!python) return undefined
  const script = fileURLToPath(new URL('./optuna-suggest.py', import.meta.url))
  const job = JSON.stringify({ space, trials, repeats: 15 })
  const run = spawnSync(python, [script, job], { encoding: 'utf8', env: { ...process.env, OMP_NUM_THREADS: '1' } })
  if (run.status !== 0) throw new Error(`optuna: ${run.stderr}`)
  return JSON.parse(run.stdout).ms
}

export function run({
  samplers = samplerNames,
  trials = [100, 1000, 3000, 10_000],
  parameters = [10, 40],
  peers = true,
} = {}) {
  const rows = []
  for (const count of parameters) {
    const space = mixedSpace(count)
    // the first run of each kernel is compiled code's warm-up
    for (const name of samplers) measure(name, space, 100)
    for (const n of trials) {
      const peer = peers && n <= MOST_PEER_TRIALS ? optuna(space, n) : undefined
      for (const name of samplers) {
        if (n > (MOST_TRIALS[name] ?? Infinity)) continue
        const row = measure(name, space, n)
        if (row) rows.push({ ...row, ...(peer === undefined ? {} : { optuna: peer }) })
      }
    }
  }
  return rows
}

export function memory(samplers = samplerNames) {
  const self = fileURLToPath(import.meta.url)
  return samplers.map((name) => ({
    name,
    bytes: Number(execFileSync(process.execPath, ['--expose-gc', self, '--memory-of', name], { encoding: 'utf8' })),
  }))
}

export function table(rows, bytes) {
  const lines = [
    'sampler      parameters   trials   median ms    p10 ms   p10 of reference   Optuna median ms   times faster',
  ]
  for (const { name, parameters, trials, ms, low: best, ratio, optuna: peer } of rows) {
    const cells = [
      name.padEnd(12),
      String(parameters).padStart(10),
      String(trials).padStart(8),
      ms.toFixed(3).padStart(11),
      best.toFixed(3).padStart(9),
      ratio.toFixed(2).padStart(18),
      (peer === undefined ? '–' : peer.toFixed(2)).padStart(18),
      (peer === undefined ? '–' : (peer / ms).toFixed(1)).padStart(14),
    ]
    lines.push(cells.join(' '))
  }
  for (const { name, bytes: size } of bytes) lines.push(`${name}: ${Math.round(size)} bytes a finished trial`)
  return lines.join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      samplers: { type: 'string' },
      trials: { type: 'string' },
      parameters: { type: 'string' },
      json: { type: 'boolean' },
      'memory-of': { type: 'string' },
    },
  })
  if (values['memory-of']) console.log(bytesPerTrial(values['memory-of']))
  else {
    const numbers = (text) => text?.split(',').map(Number)
    const samplers = values.samplers?.split(',')
    const rows = run({ samplers, trials: numbers(values.trials), parameters: numbers(values.parameters) })
    const bytes = memory(samplers)
    console.log(values.json ? JSON.stringify({ rows, bytes }) : table(rows, bytes))
  }
}
