/** The curves of `fillCurves` in TensorBoard's own page, beside ours: its loader, its server, its Time Series tab. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { appendEvent, fileVersion } from '../packages/platform/dist/tensorboard/attempt-log.js'
import { recordBuffer } from '../packages/platform/dist/tensorboard/record.js'
import { curveOf } from './dashboard-studies.mjs'

const RUNS = 2000
/** The page is quiet when for so long nothing was asked, changed, or worked on for more than 50 ms. */
const QUIET_MILLISECONDS = 5000
const WATCH = `
  window.lastActivity = 0
  const now = () => { window.lastActivity = performance.now() }
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.lastActivity = Math.max(window.lastActivity, startTime + duration)
  }).observe({ entryTypes: ['resource', 'longtask'] })
  document.addEventListener('DOMContentLoaded', () =>
    new MutationObserver(now).observe(document, { subtree: true, childList: true, attributes: true, characterData: true }))
`

function writeRuns(logs) {
  for (let run = 0; run < RUNS; run++) {
    const records = recordBuffer()
    appendEvent(records, fileVersion(0))
    for (const { step, metrics } of curveOf(run).points) {
      const values = Object.entries(metrics).map(([tag, simpleValue]) => ({ tag, simpleValue }))
      appendEvent(records, { wallTime: 1.7e9 + step, step, summary: { values } })
    }
    const folder = join(logs, `run-${String(run).padStart(4, '0')}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'events.out.tfevents.1700000000.bench'), records.take())
  }
}

/** @returns {Promise<string>} what it took */
export async function openTensorboard(command, context, folder) {
  const logs = join(folder, 'tensorboard')
  writeRuns(logs)
  const port = await freePort()
  const from = performance.now()
  const server = spawn(command, ['--logdir', logs, '--port', String(port), '--host', '127.0.0.1'], { stdio: 'ignore' })
  try {
    const address = `http://127.0.0.1:${port}`
    for (;;) {
      const runs = await fetch(`${address}/data/runs`)
        .then((reply) => reply.json())
        .catch(() => [])
      if (runs.length === RUNS) break
      await new Promise((done) => setTimeout(done, 100))
    }
    const loaded = performance.now() - from
    const page = await context.newPage()
    await page.addInitScript(WATCH)
    await page.goto(`${address}/#timeseries`)
    const last = await page.evaluate(`new Promise((done) => {
      const look = () => performance.now() - window.lastActivity > ${QUIET_MILLISECONDS} ? done(window.lastActivity) : setTimeout(look, 100)
      look()
    })`)
    const nodes = await page.evaluate('document.querySelectorAll("*").length')
    await page.close()
    return `${(loaded / 1000).toFixed(1)} s until its server has read them, then ${(last / 1000).toFixed(1)} s until its Time Series tab is quiet, ${nodes} nodes`
  } finally {
    server.kill()
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
