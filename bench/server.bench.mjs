/**
 * 1,000 workers' worth of ask, report and tell over loopback into SQLite, from a second process, beside Optuna's RDB storage
 * (SQLite as well, its own process): `node bench/server.bench.mjs [SECONDS]`; PEER_PYTHON names a Python with optuna.
 *
 * Targets (issue 5, section 1): at least 3,000 reports a second with nothing lost, counted afterwards in the journal; ask p99
 * below 50 ms at 10,000 trials.
 */
import { execFileSync, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStudy } from '../packages/core/dist/index.js'
import { listen } from '../packages/platform/dist/http/listen.js'
import { openStore } from '../packages/platform/dist/stores/open.js'

const WORKERS = 1000
const CONNECTIONS = 64
const seconds = Number(process.argv[2] ?? 10)
const REPORTS_OF_TRIAL = 10
const PEER = `
import os, sys, tempfile, time, optuna, sqlalchemy
optuna.logging.set_verbosity(optuna.logging.ERROR)
seconds, reports_of_trial = float(sys.argv[1]), int(sys.argv[2])
with tempfile.TemporaryDirectory() as folder:
    storage = optuna.storages.RDBStorage("sqlite:///" + os.path.join(folder, "o.db"))
    study = optuna.create_study(storage=storage, sampler=optuna.samplers.RandomSampler())
    statements = [0]
    def count_one(*_):
        statements[0] += 1
    sqlalchemy.event.listen(storage.engine, "before_cursor_execute", count_one)
    trials = [study.ask() for _ in range(20)]
    start, count = time.time(), 0
    while time.time() - start < seconds:
        trials[count % 20].report(0.5, count // 20)
        count += 1
    print(f"optuna {optuna.__version__}, RDB storage (SQLite), one process, no HTTP: {count / (time.time() - start):.0f} reports a second")
    start, count, statements[0] = time.time(), 0, 0
    while time.time() - start < seconds:
        trial = study.ask()
        x, y = trial.suggest_float("x", 0, 1), trial.suggest_float("y", 0, 1)
        for step in range(reports_of_trial):
            trial.report(x + y, step)
        study.tell(trial, x + y)
        count += 1
    print(f"optuna, the same: {count / (time.time() - start):.1f} trials a second of ask, 2 parameters, {reports_of_trial} reports, tell; {statements[0] / count:.0f} statements a trial")
`

if (process.send) await worker()
else await main()

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'parzen-server-bench-'))
  const store = await openStore(join(folder, 'parzen.db'))
  const asking = ['random', 'tpe', 'auto']
  for (const sampler of asking) await grow(store, sampler)
  // as `parzen serve` does, which opens studies before anybody asks
  const server = await listen({
    ...{ store, root: folder, version: 'bench', port: 0, worker: 'bench', isEager: true, start: async () => false },
    onError: (error, where) => console.error(where, error),
  })
  for (const name of ['reports', 'trials']) await openStudy(store, specOf(name, 'random'))
  const told = await client({ ...server, what: 'reports' })
  const kept = (await store.read('reports', 0)).flatMap((event) =>
    event.type === 'trial-reported' ? event.reports : [],
  )
  console.log(
    `reports: ${(told.reports / told.seconds).toFixed(0)} a second of ${WORKERS} workers (target 3000), p50 ${told.p50.toFixed(0)} ms, p99 ${told.p99.toFixed(0)} ms`,
  )
  console.log(`acknowledged ${told.reports}, in the journal ${kept.length}: ${told.reports - kept.length} lost`)
  const { trials, seconds: took } = await client({ ...server, what: 'trials' })
  console.log(
    `trials: ${(trials / took).toFixed(0)} a second of ask, 2 parameters, ${REPORTS_OF_TRIAL} reports, tell, over HTTP`,
  )
  for (const sampler of asking) {
    const { first, p50, p99, count } = await client({ ...server, what: `asks-${sampler}` })
    const times = `first ${first.toFixed(0)} ms, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (target 50)`
    console.log(`ask, ${sampler}, 10,000 trials: ${times}, of ${count}`)
  }
  await server.close()
  await store.close()
  rmSync(folder, { recursive: true })
  const python = process.env.PEER_PYTHON
  if (python)
    console.log(
      execFileSync(python, ['-c', PEER, String(seconds), String(REPORTS_OF_TRIAL)], { encoding: 'utf8' }).trim(),
    )
}

/** A study with 10,000 finished trials. */
async function grow(store, sampler) {
  const spec = specOf(`asks-${sampler}`, sampler)
  // not of long ago: such studies are opened, but do not learn before they are asked
  const at = Date.now()
  const events = [{ at, type: 'study-created', spec }]
  for (let trial = 0; trial < 10_000; trial++) {
    const params = { x: ((trial * 7919) % 10_007) / 10_007, y: ((trial * 104_729) % 10_009) / 10_009 }
    const value = (params.x - 0.3) ** 2 + (params.y - 0.6) ** 2
    const seen = events.length
    events.push({ at, type: 'trial-started', trial, params, seen, worker: 'bench' })
    events.push({ at, type: 'trial-finished', trial, outcome: { state: 'complete', values: [value] } })
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
  const { post, close } = connections({ url, token, count: what.startsWith('asks') ? 1 : CONNECTIONS })
  const took = []
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
  } else if (what === 'trials') {
    let trials = 0
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (!isOver()) {
          const { trial } = (await post('/trials/ask', {})).trials[0]
          for (let from = 0; from < REPORTS_OF_TRIAL; from++) {
            await post(`/trials/trials/${trial}/reports`, { from, reports: [{ step: from, metrics: { loss: 0.5 } }] })
          }
          await post(`/trials/trials/${trial}/tell`, { outcome: { state: 'complete', values: [0.5] } })
          trials++
        }
      }),
    )
    process.send({ trials, seconds: (performance.now() - began) / 1000 })
  } else {
    while (!isOver() && took.length <= 500) {
      const { trials } = await timed(`/${what}/ask`, {})
      await post(`/${what}/trials/${trials[0].trial}/tell`, { outcome: { state: 'complete', values: [0.5] } })
    }
    process.send({ first: took[0], ...quantiles(took.slice(1)) })
  }
  process.disconnect()
  close()
}

function quantiles(took) {
  const sorted = took.toSorted((a, b) => a - b)
  const at = (share) => sorted[Math.floor(share * (sorted.length - 1))]
  return { p50: at(0.5), p99: at(0.99), count: sorted.length }
}

/**
 * POSTs over so many connections that are kept open, by hand: Node's own client takes as much of the processor as the server,
 * and both share this machine.
 */
function connections({ url, token, count }) {
  const { hostname, port } = new URL(url)
  const free = []
  const waiting = []
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(port, hostname).setNoDelay(true).setEncoding('latin1')
    const connection = { socket, answer: undefined }
    let text = ''
    socket.on('error', (error) => connection.answer?.reject(error))
    socket.on('data', (part) => {
      text += part
      const body = text.indexOf('\r\n\r\n') + 4
      if (body < 4 || text.length < body + Number(/\r\ncontent-length: (\d+)/i.exec(text)[1])) return
      const { resolve, reject } = connection.answer
      if (text.startsWith('HTTP/1.1 200')) resolve(JSON.parse(Buffer.from(text.slice(body), 'latin1')))
      else reject(new Error(text))
      text = ''
      if (waiting.length > 0) waiting.shift()(connection)
      else free.push(connection)
    })
    free.push(connection)
    return socket
  })
  return {
    post(path, body) {
      const text = JSON.stringify(body)
      return new Promise((resolve, reject) => {
        const send = (connection) => {
          connection.answer = { resolve, reject }
          connection.socket.write(
            `POST /api/v1/studies${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
          )
        }
        const connection = free.pop()
        if (connection) send(connection)
        else waiting.push(send)
      })
    },
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
