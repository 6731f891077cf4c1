/**
 * 1,000 workers' worth of ask, report and tell over loopback into SQLite, from a second process, beside Optuna's RDB storage
 * (SQLite as well, its own process): `node bench/server.bench.mjs [SECONDS]`; PEER_PYTHON names a Python with optuna.
 *
 * Targets (issue 5, section 1): at least 3,000 reports a second with nothing lost, counted afterwards in the journal; ask p99
 * below 50 ms at 10,000 trials.
 */
import { execFileSync, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStudy } from '../packages/core/dist/index.js'
import { listen } from '../packages/platform/dist/http/listen.js'
import { openStore } from '../packages/platform/dist/stores/open.js'

const WORKERS = 1000
const CONNECTIONS = 64
const seconds = Number(process.argv[2] ?? 10)
const PEER = `
import os, sys, tempfile, time, optuna
optuna.logging.set_verbosity(optuna.logging.ERROR)
with tempfile.TemporaryDirectory() as folder:
    study = optuna.create_study(storage="sqlite:///" + os.path.join(folder, "o.db"), sampler=optuna.samplers.RandomSampler())
    trials = [study.ask() for _ in range(20)]
    start, count = time.time(), 0
    while time.time() - start < float(sys.argv[1]):
        trials[count % 20].report(0.5, count // 20)
        count += 1
    print(f"optuna {optuna.__version__}, RDB storage (SQLite), one process, no HTTP: {count / (time.time() - start):.0f} reports a second")
`

if (process.send) await worker()
else await main()

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'parzen-server-bench-'))
  const store = await openStore(join(folder, 'parzen.db'))
  const server = await listen({
    ...{ store, root: folder, version: 'bench', port: 0, worker: 'bench', start: async () => false },
    onError: (error, where) => console.error(where, error),
  })
  await openStudy(store, specOf('reports', 'random'))
  const told = await client({ ...server, what: 'reports' })
  const kept = (await store.read('reports', 0)).flatMap((event) =>
    event.type === 'trial-reported' ? event.reports : [],
  )
  console.log(
    `reports: ${(told.reports / told.seconds).toFixed(0)} a second of ${WORKERS} workers (target 3000), p50 ${told.p50.toFixed(0)} ms, p99 ${told.p99.toFixed(0)} ms`,
  )
  console.log(`acknowledged ${told.reports}, in the journal ${kept.length}: ${told.reports - kept.length} lost`)
  for (const sampler of ['random', 'tpe', 'auto']) {
    await grow(store, sampler)
    const { p50, p99, count } = await client({ ...server, what: `asks-${sampler}` })
    const target = sampler === 'auto' ? '' : ' (target 50)'
    console.log(
      `ask, ${sampler}, 10,000 trials: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms${target}, of ${count}`,
    )
  }
  await server.close()
  await store.close()
  rmSync(folder, { recursive: true })
  const python = process.env.PEER_PYTHON
  if (python) console.log(execFileSync(python, ['-c', PEER, String(seconds)], { encoding: 'utf8' }).trim())
}

/** A study with 10,000 finished trials. */
async function grow(store, sampler) {
  const spec = specOf(`asks-${sampler}`, sampler)
  const events = [{ at: 0, type: 'study-created', spec }]
  for (let trial = 0; trial < 10_000; trial++) {
    const params = { x: ((trial * 7919) % 10_007) / 10_007, y: ((trial * 104_729) % 10_009) / 10_009 }
    const value = (params.x - 0.3) ** 2 + (params.y - 0.6) ** 2
    const seen = events.length
    events.push({ at: 0, type: 'trial-started', trial, params, seen, worker: 'bench' })
    events.push({ at: 0, type: 'trial-finished', trial, outcome: { state: 'complete', values: [value] } })
  }
  await store.append(spec.name, 0, events)
}

function specOf(name, sampler) {
  const unit = { kind: 'float', low: 0, high: 1 }
  const objectives = [{ metric: 'loss', direction: 'minimize' }]
  const pruner = { name: 'none' }
  return { name, space: { x: unit, y: unit }, objectives, seed: 1, sampler: { name: sampler }, pruner, budget: {} }
}

function client({ url, token, what }) {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), [String(seconds)], { env: { ...process.env, url, token, what } })
    child.on('message', resolve).on('error', reject)
    child.on('exit', (code) => code !== 0 && reject(new Error(`the workers ended with code ${code}`)))
  })
}

/** The second process. */
async function worker() {
  const { url, token, what } = process.env
  const agent = new Agent({ keepAlive: true, maxSockets: what === 'reports' ? CONNECTIONS : 1 })
  const took = []
  const post = (path, body) => send({ url, token, agent, path, body })
  const timed = async (path, body) => {
    const from = performance.now()
    const answer = await post(path, body)
    took.push(performance.now() - from)
    return answer
  }
  const began = performance.now()
  const isOver = () => performance.now() - began > seconds * 1000
  let reports = 0
  if (what === 'reports') {
    const begin = []
    while (begin.length < WORKERS) begin.push(...(await post('/reports/ask', { count: 100 })).trials)
    const start = performance.now()
    await Promise.all(
      begin.map(async ({ trial }) => {
        let from = 0
        while (performance.now() - start < seconds * 1000) {
          const body = { from, reports: [{ step: from, metrics: { loss: 1 / (from + 1) } }] }
          const { acknowledged } = await timed(`/reports/trials/${trial}/reports`, body)
          reports += acknowledged - from
          from = acknowledged
        }
        await post(`/reports/trials/${trial}/tell`, { outcome: { state: 'complete', values: [1] } })
      }),
    )
    process.send({ reports, seconds: (performance.now() - start) / 1000, ...quantiles(took) })
  } else {
    // the first call folds the journal; a server that runs has done that
    await post(`/${what}/ask`, {})
    while (!isOver() && took.length < 500) {
      const { trials } = await timed(`/${what}/ask`, {})
      await post(`/${what}/trials/${trials[0].trial}/tell`, { outcome: { state: 'complete', values: [0.5] } })
    }
    process.send(quantiles(took))
  }
  process.disconnect()
  agent.destroy()
}

function quantiles(took) {
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))]
  return { p50: at(0.5), p99: at(0.99), count: sorted.length }
}

function send({ url, token, agent, path, body }) {
  const text = JSON.stringify(body)
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': text.length,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/api/v1/studies${path}`, { method: 'POST', headers, agent }, (incoming) => {
      let all = ''
      incoming.setEncoding('utf8').on('data', (part) => {
        all += part
      })
      incoming.on('end', () => (incoming.statusCode === 200 ? resolve(JSON.parse(all)) : reject(new Error(all))))
    })
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}
