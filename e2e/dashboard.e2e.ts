import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'
import { expectUsable, problemsOf, type Server, serve } from './dashboard/site.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

const sweep = `study: line
objective: { metric: loss, direction: minimize }
command: sh train.sh {x}
space:
  x: uniform(0, 1)
  kind: { choice: { plain: {}, tuned: { depth: int(1, 3) } } }
sampler: random
budget: { trials: 40, parallel: 2 }
seed: 1
`

describe.skipIf(!existsSync(chromiumPath))('the dashboard in Chromium', () => {
  let place: Workplace
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let server: Server
  let problems: readonly string[]

  const visit = (query: string) => page.goto(`${server.url}/${query}`)

  beforeAll(async () => {
    place = workplace({ 'sweep.yaml': sweep })
    expect((await place.parzen('run')).code).toBe(0)
    server = await serve(place.folder)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    server?.kill('SIGKILL')
    place?.remove()
  })
  const open = async () => {
    page = await browser.context.newPage()
    problems = problemsOf(page)
  }
  afterEach(async () => page?.close())

  it('lets a browser in by the link, once, and nobody else', async () => {
    await open()
    await visit('')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('open the link that `parzen serve`')
    await page.goto(server.link)
    await page.getByRole('link', { name: 'line' }).waitFor()
    expect(page.url()).toBe(`${server.url}/`)
    expect((await page.textContent('table'))?.replace(/\s+/g, ' ')).toContain('40/40')
    const other = await openBrowser()
    try {
      const elsewhere = await other.context.newPage()
      await elsewhere.goto(server.link)
      await elsewhere.getByRole('alert').waitFor()
    } finally {
      await other.close()
    }
  })

  it.each([
    ['studies', ''],
    ['overview', '?study=line'],
    ['trials', '?study=line&page=trials'],
    ['curves', '?study=line&page=curves'],
    ['parameters', '?study=line&page=parallel'],
    ['trial', '?study=line&page=trial&trial=7'],
  ])('%s can be used by all, in light and dark, wide and narrow', async (name, query) => {
    await open()
    await expectUsable(page, { name: `dashboard-${name}`, url: `${server.url}/${query}` })
    expect(problems).toEqual([])
  })

  it('shows the same numbers as the command line, and keeps all that it shows in its address', async () => {
    const best = JSON.parse((await place.parzen('best', '--json')).stdout) as { number: number; values: number[] }
    await open()
    await visit('?study=line')
    await page.getByRole('link', { name: `trial ${best.number}` }).click()
    await page.getByRole('heading', { name: `Trial ${best.number}` }).waitFor()
    expect(Number(await page.locator('.big').textContent())).toBeCloseTo(best.values[0] as number, 4)
    await page.getByRole('link', { name: 'Trials' }).click()
    await page.getByLabel('Filter').fill('x < 0.5 and kind = tuned')
    await page.getByRole('button', { name: 'loss', exact: true }).click()
    const rows = JSON.parse(
      `[${(await place.parzen('export', '--format', 'jsonl')).stdout.trim().split('\n').join(',')}]`,
    ) as {
      number: number
      params: { x: number; kind: string }
      values: number[]
    }[]
    const wanted = rows
      .filter(({ params }) => params.x < 0.5 && params.kind === 'tuned')
      .sort((a, b) => (a.values[0] as number) - (b.values[0] as number))
    await page.getByText(`${wanted.length} of 40 trials`).waitFor()
    const shown = () => page.locator('.trials tbody th').allTextContents()
    expect(await shown()).toEqual(wanted.map(({ number }) => String(number)))
    await page.reload()
    await page.getByText(`${wanted.length} of 40 trials`).waitFor()
    expect(await shown()).toEqual(wanted.map(({ number }) => String(number)))
    await page.getByLabel('Filter').fill('x <')
    await page.getByText('expected name = value, got x <').waitFor()
  })

  it('filters every page by what is brushed on an axis', async () => {
    await open()
    await page.setViewportSize({ width: 1400, height: 900 })
    await visit('?study=line&page=parallel')
    const canvas = page.locator('canvas').first()
    await canvas.waitFor()
    const box = (await canvas.boundingBox()) as { x: number; y: number; width: number; height: number }
    // the first axis, x, from its lower end to its middle
    await page.mouse.move(box.x + 60, box.y + box.height - 44)
    await page.mouse.down()
    await page.mouse.move(box.x + 60, box.y + box.height / 2, { steps: 5 })
    await page.mouse.up()
    const filter = await page.getByLabel('Filter').inputValue()
    expect(filter).toMatch(/^x >= 0[.\d]* and x <= 0\.[45]\d*$/)
    await page.getByRole('link', { name: 'Overview' }).click()
    expect(await page.getByLabel('Filter').inputValue()).toBe(filter)
  })

  it('follows a running study, stops it, and recovers when the server was killed', async () => {
    place.write('long.yaml', sweep.replace('study: line', 'study: long').replace('trials: 40', 'trials: 1000'))
    place.write('train.sh', 'while [ -e hold ]; do sleep 0.02; done; sleep 0.05; echo "{\\"loss\\": $1}"')
    const run = place.start('run', 'long.yaml')
    await open()
    await visit('')
    await page.getByRole('link', { name: 'long' }).click()
    const done = () => page.locator('.tile .value').nth(1).textContent().then(Number)
    await expect.poll(done).toBeGreaterThan(2)
    const port = new URL(server.url).port
    server.kill('SIGKILL')
    await page.getByText('no word from the server').waitFor()
    const before = await done()
    server = await serve(place.folder, '--port', port)
    await expect.poll(done, { timeout: 20_000 }).toBeGreaterThan(before + 5)
    await page.getByText('no word from the server').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Stop' }).click()
    expect((await run.result).code).not.toBe(null)
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    const [long] = JSON.parse((await place.parzen('list', '--json')).stdout).filter(
      (one: { study: string }) => one.study === 'long',
    )
    expect(long.state).toBe('stopped')
    await expect.poll(done).toBe(long.finished)
  })
})
