/**
 * How fast the dashboard is: `node bench/dashboard.bench.mjs` after `npm run build`; needs Chromium (PARZEN_TEST_CHROMIUM or
 * /usr/bin/chromium).
 *
 * Studies of 5,000 and 50,000 random trials, and one of 2,000 with curves, in a store of their own, served by `parzen serve`, opened in headless Chromium; medians of 5.
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

const { openStore } = await import('../packages/platform/dist/stores/open.js')
const folder = mkdtempSync(join(tmpdir(), 'parzen-dashboard-bench-'))
const address = join(folder, '.parzen/parzen.db')

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

const store = await openStore(address)
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
try {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } })
  const page = await context.newPage()
  const protocol = await context.newCDPSession(page)
  await protocol.send('Network.enable')
  await protocol.send('Network.setCacheDisabled', { cacheDisabled: true })
  let bytes = 0
  protocol.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  await page.goto(link)
  await page.getByRole('link', { name: 'five' }).waitFor()
  const opened = []
  const drawn = []
  for (let i = 0; i < 5; i++) {
    bytes = 0
    const from = performance.now()
    await page.goto(`${url}/?study=five`)
    await page.getByRole('img', { name: /best/ }).waitFor()
    drawn.push(performance.now() - from)
    await page.getByText('10 more').waitFor()
    opened.push(performance.now() - from)
  }
  console.log(
    `5,000 trials, Overview: ${median(drawn).toFixed(0)} ms until the trials are drawn, ${median(opened).toFixed(0)} ms with the analysis, ${(bytes / 1e6).toFixed(2)} MB the last time`,
  )
  const quiet = []
  for (let i = 0; i < 5; i++) {
    bytes = 0
    const from = performance.now()
    await page.goto(`${url}/?study=curves&page=curves`)
    // looked for at each frame, since a locator looks every half second; both drawn when two more are over
    await page.evaluate(`new Promise((done) => {
      const look = () =>
        document.querySelectorAll('canvas[aria-label$="of 2000 trials"]').length === 2
          ? requestAnimationFrame(() => requestAnimationFrame(done))
          : requestAnimationFrame(look)
      look()
    })`)
    quiet.push(performance.now() - from)
  }
  console.log(
    `2,000 runs x 2 curves x 20 points, Curves until quiet: ${median(quiet).toFixed(0)} ms, ${(bytes / 1e6).toFixed(2)} MB the last time`,
  )
  const first = []
  for (let i = 0; i < 5; i++) {
    const from = performance.now()
    await page.goto(`${url}/?study=fifty&page=trials`)
    await page.locator('.trials tbody th').first().waitFor()
    first.push(performance.now() - from)
  }
  console.log(`50,000 trials, Trials until the first rows: ${median(first).toFixed(0)} ms`)
  const timed = async (act) => {
    const times = []
    for (let i = 0; i < 5; i++) times.push(await page.evaluate(`(${act})(${i})`))
    return median(times).toFixed(0)
  }
  const frame = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))'
  const scroll = await timed(
    `async (i) => { const box = document.querySelector('.tall'); const from = performance.now(); box.scrollTop = 300000 * (i + 1); await ${frame}; return performance.now() - from }`,
  )
  const sort = await timed(
    `async () => { const from = performance.now(); document.querySelectorAll('.trials thead button')[2].click(); await ${frame}; return performance.now() - from }`,
  )
  const filter = await timed(
    `async (i) => { const input = document.querySelector('#filter'); const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set; const from = performance.now(); set.call(input, 'x0 < 0.' + (i + 1)); input.dispatchEvent(new Event('input', { bubbles: true })); await ${frame}; return performance.now() - from }`,
  )
  await protocol.send('HeapProfiler.enable')
  await protocol.send('HeapProfiler.collectGarbage')
  const heap = await page.evaluate('performance.memory.usedJSHeapSize')
  console.log(
    `50,000 trials: scroll ${scroll} ms, sort ${sort} ms, filter ${filter} ms, ${(heap / 1e6).toFixed(0)} MB of heap`,
  )
} finally {
  await browser.close()
  server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
