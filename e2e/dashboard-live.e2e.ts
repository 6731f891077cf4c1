import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'
import { addressOf, problemsOf, type Server, serve } from './dashboard/site.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

/** Tells a curve that ends at (x − 0.3)²; waits before its end while there is a file `hold`. */
const train = `for step in 0 1 2; do
  awk -v x=$1 -v step=$step 'BEGIN { printf "{\\"step\\": %d, \\"loss\\": %f}\\n", step, (x - 0.3) ^ 2 + 2 - step }'
done
while [ -e hold ]; do sleep 0.02; done
`
const trials = 24

interface Row {
  readonly number: number
  readonly state: string
  readonly params: { readonly x: number }
  readonly values: readonly number[] | null
  readonly cause: string | null
}

describe.skipIf(!existsSync(chromiumPath))('a sweep from its form to its export, in Chromium', () => {
  let place: Workplace
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let server: Server
  let page: Page

  const button = (name: string | RegExp): Locator => page.getByRole('button', { name, exact: typeof name === 'string' })
  const to = (name: string) => page.getByRole('link', { name, exact: true }).click()
  const choose = (number: number) => page.getByLabel(`choose trial ${number}`, { exact: true })
  const filter = () => page.getByLabel('Filter').inputValue()
  const rowsOf = async (): Promise<Row[]> =>
    (await place.parzen('export', 'live', '--format', 'jsonl')).stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row)
  const countOf = async (state: string): Promise<number> =>
    (await button(new RegExp(`^${state} \\d`)).count()) === 0
      ? 0
      : Number((await button(new RegExp(`^${state} \\d`)).textContent())?.match(/\d+/)?.[0])

  beforeAll(async () => {
    place = workplace({ 'train.sh': train })
    server = await serve(place.folder, '--allow-define')
    browser = await openBrowser()
    page = await browser.context.newPage()
    await page.setViewportSize({ width: 1400, height: 1000 })
    await page.goto(server.link)
  })
  afterAll(async () => {
    await browser?.close()
    server?.kill('SIGKILL')
    place?.remove()
  })

  it('starts, watches, brushes, stops, enqueues, outlives its server, compares and exports', {
    timeout: 90_000,
  }, async () => {
    const problems = problemsOf(page)
    await to('New study')
    await page.getByLabel('name', { exact: true }).first().fill('live')
    await page.getByLabel('command', { exact: true }).fill('sh train.sh {x}')
    await page.getByLabel('metric', { exact: true }).fill('loss')
    await page.getByLabel('direction of loss').selectOption('minimize')
    for (const name of ['batch', 'dropout']) await button(`remove ${name}`).click()
    const first = page.getByRole('list', { name: 'parameters', exact: true }).getByLabel('name').first()
    await first.fill('x')
    await first.press('Enter')
    await page.getByLabel('x logarithmic').uncheck()
    await page.getByLabel('x from').fill('0')
    await page.getByLabel('x to').fill('1')
    await page.getByLabel('trials', { exact: true }).fill(String(trials))
    await page.getByLabel('at the same time').fill('2')
    await button('Start live').click()

    // trials come in on the open page, until two are held
    await to('Trials')
    await expect.poll(() => countOf('complete'), { timeout: 30_000 }).toBeGreaterThan(3)
    place.write('hold', '')
    await expect.poll(async () => (await rowsOf()).filter(({ state }) => state === 'running').length).toBe(2)
    const settled = (await rowsOf()).length
    await page
      .getByText(`${settled} trials`)
      .or(page.getByText(`${settled} of ${settled} trials`))
      .first()
      .waitFor()

    // the lower half of x on Parameters is what Trials shows
    await to('Parameters')
    const canvas = page.locator('main canvas').first()
    await canvas.waitFor()
    const box = (await canvas.boundingBox()) as { x: number; y: number; width: number; height: number }
    await page.mouse.move(box.x + 64, box.y + box.height * 0.88)
    await page.mouse.down()
    await page.mouse.move(box.x + 64, box.y + box.height * 0.46, { steps: 5 })
    await page.mouse.up()
    await expect.poll(filter).toMatch(/^x >= 0[.\d]* and x <= 0\.\d+$/)
    const [low, high] = ((await filter()).match(/[\d.]+/g) ?? []).map(Number) as [number, number]
    const brushed = await filter()
    await to('Trials')
    expect(await filter()).toBe(brushed)
    const within = (await rowsOf()).filter(({ params: { x } }) => x >= low && x <= high)
    await expect
      .poll(async () => (await page.locator('.trials tbody th').allTextContents()).map(Number).sort((a, b) => a - b))
      .toEqual(within.map(({ number }) => number))
    await page.getByLabel('Filter').fill('')

    // one that runs is ended by hand
    const running = (await rowsOf()).filter(({ state }) => state === 'running').map(({ number }) => number)
    const [ended] = running as [number]
    await choose(ended).check()
    await page.locator('.chosen-bar').getByRole('button', { name: 'Stop' }).click()
    await expect.poll(async () => (await rowsOf())[ended]).toMatchObject({ state: 'failed', cause: 'killed' })
    await button(/^failed 1/).waitFor()

    // and its variant waits for its turn
    await button('Enqueue a variant').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('x', { exact: true }).fill('0.3125')
    await dialog.getByRole('button', { name: 'Enqueue' }).click()
    await dialog.waitFor({ state: 'detached' })

    // the page says that its server is gone, and goes on with the next one
    expect(problems).toEqual([])
    const port = new URL(server.url).port
    server.kill('SIGKILL')
    await page.getByText('no word from the server').waitFor()
    rmSync(join(place.folder, 'hold'))
    server = await serve(place.folder, '--allow-define', '--port', port)
    await page.getByText('no word from the server').waitFor({ state: 'detached', timeout: 20_000 })
    const before = (await rowsOf()).filter(({ state }) => state === 'complete').length
    expect(before).toBeGreaterThan(3)
    // what a lost connection says in the console is no problem of the page
    const later = problemsOf(page)
    await button('Start here').click({ timeout: 40_000 })
    await to('Overview')
    await page
      .getByText(/ended: /)
      .first()
      .waitFor({ timeout: 40_000 })
    await to('Trials')
    const rows = await rowsOf()
    await expect.poll(() => countOf('complete')).toBe(rows.filter(({ state }) => state === 'complete').length)
    expect(rows.filter(({ params: { x } }) => x === 0.3125).map(({ state }) => state)).toEqual(['complete'])
    expect(rows[ended]).toMatchObject({ state: 'failed', cause: 'killed' })
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, i) => i))
    expect(rows.every(({ state }) => state === 'complete' || state === 'failed')).toBe(true)

    // two are compared: the page's values are the store's
    await choose(ended).uncheck()
    const [a, b] = rows.filter(({ state }) => state === 'complete') as [Row, Row]
    for (const { number } of [a, b]) await choose(number).check()
    await page.locator('.chosen-bar').getByRole('link', { name: 'Compare' }).click()
    expect((await addressOf(page)).get('chosen')).toBe(`${a.number},${b.number}`)
    await page.getByRole('region', { name: 'trials side by side' }).getByRole('table').waitFor()
    await page
      .getByText(/(is better than|is probably better than|as good as each other)/)
      .first()
      .waitFor()

    // the file of the page holds what `parzen export` writes
    await to('Trials')
    const [download] = await Promise.all([page.waitForEvent('download'), button('CSV').click()])
    const ofPage = table(readFileSync(await download.path(), 'utf8'))
    const ofCommand = table((await place.parzen('export', 'live', '--format', 'csv')).stdout)
    const columns = {
      trial: 'number',
      state: 'state',
      loss: 'values.loss',
      x: 'params.x',
      optimizer: 'params.optimizer',
    }
    // of a trial that failed the table shows what it had reported last
    const wanted = ofCommand
      .map((line): Line => (line['state'] === 'complete' ? line : { ...line, 'values.loss': line['metrics.loss'] }))
      .map((line) => Object.values(columns).map((column) => line[column]))
    expect(wanted.length).toBe(rows.length)
    expect(
      ofPage
        .sort((one, other) => Number(one['trial']) - Number(other['trial']))
        .map((line) => Object.keys(columns).map((column) => line[column])),
    ).toEqual(wanted)
    expect(later).toEqual([])
  })
})

type Line = { readonly [column: string]: string | undefined }

/** Lines of a CSV without quotes, by the names of its columns. */
function table(text: string): Line[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/)
  const names = head.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i], value])))
}
