/**
 * How fast the dashboard is: `node bench/dashboard.bench.mjs` after `npm run build`; needs Chromium (PARZEN_TEST_CHROMIUM or
 * /usr/bin/chromium). PEER_TENSORBOARD names a `tensorboard` that opens the same curves beside it (some minutes more).
 *
 * Studies of 5,000 and 50,000 random trials, and one of 2,000 with curves, in a store of their own, served by `parzen serve`, opened in
 * headless Chromium with its cache off; medians of 5. Targets: issue 5, section 3.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'
import { root } from '../scripts/prepare.mjs'
import { fill, fillCurves } from './dashboard-studies.mjs'
import { openTensorboard } from './dashboard-tensorboard.mjs'

const { openStore } = await import('../packages/platform/dist/stores/open.js')
const TIMES = 5
const FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))'
const folder = mkdtempSync(join(tmpdir(), 'parzen-dashboard-bench-'))

const store = await openStore(join(folder, '.parzen/parzen.db'))
await fill(store, 'five', 5000)
await fill(store, 'fifty', 50_000)
await fillCurves(store, 'curves')
await store.close?.()
const server = spawn(process.execPath, [join(root, 'packages/platform/bin/parzen.mjs'), 'serve', '--json'], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [line] = await once(createInterface({ input: server.stdout }), 'line')
const { url, link } = JSON.parse(line)
const browser = await chromium.launch({
  executablePath: process.env['PARZEN_TEST_CHROMIUM'] ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--enable-precise-memory-info',
  ],
})
const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
const page = await context.newPage()
const protocol = await context.newCDPSession(page)
let bytes = 0
try {
  await protocol.send('Network.enable')
  await protocol.send('Network.setCacheDisabled', { cacheDisabled: true })
  protocol.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  await page.goto(link)
  await page.getByRole('link', { name: 'five' }).waitFor()
  await overview()
  await curves()
  await live('five', 'overview')
  await live('five', 'trials')
  await trials()
  await live('fifty', 'trials')
  const tensorboard = process.env['PEER_TENSORBOARD']
  if (tensorboard) say('tensorboard, the same 2,000 runs', await openTensorboard(tensorboard, context, folder))
} finally {
  await browser.close()
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** With what the server works out: kept from the time before, and after another trial anew. */
async function overview() {
  const open = async () => {
    bytes = 0
    const from = performance.now()
    await page.goto(`${url}/?study=five`)
    await seen(`document.querySelector('canvas[aria-label*="best"]')`)
    const drawn = performance.now() - from
    await seen(`document.querySelector('main').innerText.includes('10 more')`)
    return { drawn, all: performance.now() - from, bytes }
  }
  await open()
  const known = await repeat(open)
  const anew = await repeat(async () => {
    await post('five', '/trials/0/note', { note: String(performance.now()) })
    return open()
  })
  const of = (opened, key) => `${median(opened.map((one) => one[key])).toFixed(0)} ms`
  say(
    '5,000 trials, Overview',
    `${of(known, 'drawn')} until the trials are drawn, ${of(known, 'all')} with the analysis (target 1000), ${of(anew, 'all')} if that is made anew, ${(known[0].bytes / 1e6).toFixed(2)} MB (target 1)`,
  )
}

async function curves() {
  const opened = await repeat(async () => {
    bytes = 0
    const from = performance.now()
    await page.goto(`${url}/?study=curves&page=curves`)
    await seen(`document.querySelectorAll('canvas[aria-label$="of 2000 trials"]').length === 2`)
    return performance.now() - from
  })
  say(
    '2,000 runs x 2 curves x 20 points, Curves',
    `${median(opened).toFixed(0)} ms until quiet (target 1500), ${(bytes / 1e6).toFixed(2)} MB`,
  )
}

/** From the moment a worker sends the result of a trial until the page shows it. */
async function live(study, name) {
  await page.goto(`${url}/?study=${study}&page=${name}`)
  const shows = {
    overview: (trial) => `document.querySelectorAll('.tile .value')[1]?.innerText === '${trial + 1}'`,
    trials: (trial) => `document.querySelector('#trial-${trial} .state-complete')`,
  }[name]
  await page.waitForSelector(name === 'overview' ? 'canvas[aria-label*="best"]' : '.trials tbody th')
  const times = await repeat(async () => {
    const { trials } = await post(study, '/ask', {})
    const { trial, params } = trials[0]
    await seen(name === 'overview' ? 'true' : `document.querySelector('#trial-${trial}')`)
    const from = performance.now()
    const told = post(study, `/trials/${trial}/tell`, {
      outcome: { state: 'complete', values: [5 + params.x0] },
    })
    await seen(shows(trial))
    await told
    return performance.now() - from
  })
  const count = { five: '5,000', fifty: '50,000' }[study]
  say(
    `${count} trials, ${name}`,
    `a finished trial appears after ${median(times).toFixed(0)} ms${study === 'five' ? ' (target 300)' : ''}`,
  )
}

async function trials() {
  const first = await repeat(async () => {
    const from = performance.now()
    await page.goto(`${url}/?study=fifty&page=trials`)
    await seen(`document.querySelector('.trials tbody th')`)
    return performance.now() - from
  })
  const timed = async (act) =>
    median(
      await repeat((i) =>
        page.evaluate(`(async (i) => {
      const from = performance.now()
      ${act}
      await ${FRAMES}
      return performance.now() - from
    })(${i})`),
      ),
    ).toFixed(0)
  const scroll = await timed(`document.querySelector('.tall').scrollTop = 300000 * (i + 1)`)
  const sort = await timed(`document.querySelectorAll('.trials thead button')[2].click()`)
  const filter = await timed(`
    const input = document.querySelector('#filter')
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, 'x0 < 0.' + (i + 1))
    input.dispatchEvent(new Event('input', { bubbles: true }))`)
  await protocol.send('HeapProfiler.enable')
  await protocol.send('HeapProfiler.collectGarbage')
  const heap = await page.evaluate('performance.memory.usedJSHeapSize')
  say(
    '50,000 trials, Trials',
    `first rows after ${median(first).toFixed(0)} ms; scroll ${scroll} ms, sort ${sort} ms, filter ${filter} ms (target 200); ${(heap / 1e6).toFixed(0)} MB of heap (target 300)`,
  )
}

/** Looked for at each frame, since a locator looks every half second; two more frames, and what was found is on the screen. */
function seen(condition) {
  return page.evaluate(`new Promise((done) => {
    const look = () => ((${condition}) ? ${FRAMES}.then(done) : requestAnimationFrame(look))
    look()
  })`)
}

async function post(study, path, data) {
  const reply = await context.request.post(`${url}/api/v1/studies/${study}${path}`, { data })
  if (!reply.ok()) throw new Error(`${path}: ${await reply.text()}`)
  return reply.json()
}

async function repeat(act) {
  const found = []
  for (let i = 0; i < TIMES; i++) found.push(await act(i))
  return found
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

function say(what, figures) {
  console.log(`${what}: ${figures}`)
}
