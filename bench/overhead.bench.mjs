/**
 * What running 1,000 trials of `true` at parallel 2 costs beside a bare `child_process.spawn` loop of the same commands
 * and `xargs -P2`, in turns in one run: `node bench/overhead.bench.mjs [TRIALS] [ROUNDS]`.
 *
 * Target (issue 2, section 5): at most twice the spawn loop, by the median of the rounds' ratios.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStudy } from '../packages/core/dist/index.js'
import { run } from '../packages/platform/dist/runner/runner.js'
import { openStore } from '../packages/platform/dist/stores/open.js'

const trials = Number(process.argv[2] ?? 1000)
const rounds = Number(process.argv[3] ?? 3)
const parallel = 2

const rows = []
for (let round = 0; round < rounds; round++) {
  const spawned = await seconds(spawnLoop)
  const folder = mkdtempSync(join(tmpdir(), 'parzen-overhead-'))
  const ran = await seconds(() => runStudy(folder))
  rmSync(folder, { recursive: true })
  const xargs = await seconds(async () => {
    execFileSync('/bin/sh', ['-c', `yes | head -n ${trials} | xargs -P${parallel} -n1 true`])
  })
  rows.push({ spawned, ran, xargs, ratio: ran / spawned })
  console.log(
    `round ${round + 1}: run() ${ran.toFixed(2)} s, spawn loop ${spawned.toFixed(2)} s, xargs ${xargs.toFixed(2)} s; run() / spawn loop ${(ran / spawned).toFixed(2)}`,
  )
}
const ratio = median(rows.map((row) => row.ratio))
const perTrial = median(rows.map((row) => (row.ran / trials) * 1000))
console.log(
  `median: ${ratio.toFixed(2)} times the spawn loop, ${perTrial.toFixed(2)} ms a trial (target: at most 2 times)`,
)
process.exitCode = ratio <= 2 ? 0 : 1

async function spawnLoop() {
  let left = trials
  const lane = async () => {
    while (left-- > 0) await new Promise((resolve) => spawn('true', { stdio: 'ignore' }).once('exit', resolve))
  }
  await Promise.all(Array.from({ length: parallel }, lane))
}

async function runStudy(folder) {
  const store = await openStore(join(folder, 'parzen.db'))
  try {
    const study = await openStudy(store, specOf(folder))
    await run({ study, store, root: folder }).done
    if (study.state.finished.length !== trials)
      throw new Error(`expected ${trials} trials, got ${study.state.finished.length}`)
  } finally {
    await store.close()
  }
}

function specOf(folder) {
  return {
    name: 'overhead',
    space: { x: { kind: 'float', low: 0, high: 1 } },
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    seed: 1,
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    budget: { trials, parallel },
    job: {
      command: ['true'],
      folder,
      executor: 'local',
      graceSeconds: 10,
      retries: {},
      resources: { cpus: 1, gpus: 0 },
      metrics: { jsonLines: true },
      environment: {},
      durability: 'process',
    },
  }
}

async function seconds(work) {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2
}
