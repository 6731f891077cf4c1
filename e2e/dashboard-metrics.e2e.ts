import { existsSync, readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'
import { expectUsable, problemsOf, type Server, serve } from './dashboard/site.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

/** Of three metrics one is the objective; a trial of a large x is stopped early, and keeps what it had reported. */
const sweep = `study: several
objective: { metric: loss, direction: minimize }
command: sh train.sh {x}
space: { x: uniform(0, 1), kind: choice(a, b) }
sampler: random
budget: { trials: 12, parallel: 2 }
seed: 3
`
const train = `for step in 0 1 2; do
  awk -v x=$1 -v step=$step 'BEGIN { printf "{\\"step\\": %d, \\"loss\\": %f, \\"accuracy\\": %f, \\"val acc\\": %f}\\n", step, (x - 0.3) ^ 2 + 2 - step, 1 - x, step + x }'
done
awk -v x=$1 'BEGIN { exit x > 0.8 ? 3 : 0 }'
`

interface Row {
  readonly number: number
  readonly state: string
  readonly metrics: { readonly loss: number; readonly accuracy: number; readonly 'val acc': number }
}

describe.skipIf(!existsSync(chromiumPath))('metrics that are no objectives, in Chromium', () => {
  let place: Workplace
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let server: Server
  let rows: readonly Row[]
  const visit = (query: string) => page.goto(`${server.url}/?study=several&${query}`)
  const trialsShown = () =>
    page.locator('table.trials tbody th').evaluateAll((all) => all.map((one) => Number(one.textContent)))

  beforeAll(async () => {
    place = workplace({ 'sweep.yaml': sweep, 'train.sh': train })
    await place.parzen('run')
    const lines = (await place.parzen('export', 'several', '--format', 'jsonl')).stdout.trim().split('\n')
    rows = lines.map((line) => JSON.parse(line) as Row)
    server = await serve(place.folder)
    browser = await openBrowser()
    page = await browser.context.newPage()
    await page.setViewportSize({ width: 1400, height: 1000 })
    await page.goto(server.link)
    await page.getByRole('link', { name: 'several' }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    server?.kill('SIGKILL')
    place?.remove()
  })

  it('are columns to sort by, conditions of the filter on every page, and in the CSV, also of trials that failed', async () => {
    const problems = problemsOf(page)
    const failed = rows.filter(({ state }) => state === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    await visit('page=trials')
    await page.getByText('Columns', { exact: true }).click()
    for (const name of ['accuracy', 'val acc']) await page.getByLabel(name, { exact: true }).check()
    await page.getByText('Columns', { exact: true }).click()
    await page.getByRole('columnheader', { name: 'accuracy' }).getByRole('button').click()
    const byAccuracy = rows.toSorted((a, b) => a.metrics.accuracy - b.metrics.accuracy)
    await expect.poll(trialsShown).toEqual(byAccuracy.map(({ number }) => number))
    const limit = byAccuracy[5]?.metrics.accuracy as number
    await page.locator('#filter').fill(`accuracy > ${limit} and "val acc" is set`)
    await expect.poll(trialsShown).toEqual(byAccuracy.slice(6).map(({ number }) => number))
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV', exact: true }).click(),
    ])
    const [head = '', ...lines] = readFileSync(await download.path(), 'utf8').split('\n')
    const at = head.split(',').indexOf('accuracy')
    expect(lines.map((line) => Number(line.split(',')[at]))).toEqual(
      byAccuracy.slice(6).map(({ metrics }) => metrics.accuracy),
    )
    await page.getByRole('link', { name: 'Overview', exact: true }).click()
    await page.getByText('6 of 12 trials').waitFor()
    expect(problems).toEqual([])
  })

  it('are axes and colours, kept in the address', async () => {
    await visit('page=parallel')
    await page.getByRole('button', { name: 'show accuracy' }).click()
    await page.getByTitle(/^accuracy: click to colour/).click()
    await page.getByText('accuracy: low').waitFor()
    const address = new URL(page.url()).searchParams
    expect(address.get('order')).toBe('x,kind,loss,accuracy')
    expect(address.get('colour')).toBe('accuracy')
    await page.reload()
    await page.getByText('accuracy: low').waitFor()
    await page.getByRole('button', { name: 'hide accuracy' }).click()
    await page.getByRole('button', { name: 'show accuracy' }).waitFor()
  })

  it('say how far a trial came that has no result, on its own page and beside others', async () => {
    const failed = rows.find(({ state }) => state === 'failed') as Row
    await visit(`page=trial&trial=${failed.number}`)
    const last = (metric: string) =>
      page.getByLabel('reported last').locator('div', { hasText: metric }).locator('dd').textContent()
    await expect.poll(() => last('val acc').then(Number)).toBeCloseTo(failed.metrics['val acc'], 3)
    await expect.poll(() => last('loss').then(Number)).toBeCloseTo(failed.metrics.loss, 3)
    const complete = rows.find(({ state }) => state === 'complete') as Row
    await visit(`page=compare&chosen=${failed.number},${complete.number}`)
    const line = page.getByRole('row', { name: /^loss, reported last/ })
    await line.waitFor()
    const cells = (await line.locator('td').allTextContents()).filter((text) => text !== '')
    expect(cells.map(Number)).toEqual([expect.closeTo(failed.metrics.loss, 3)])
    await page.getByRole('cell', { name: 'no result' }).waitFor()
  })

  it.each([
    ['trials', 'page=trials&columns=loss,accuracy,val+acc&filter=accuracy+>+0.1', 'table'],
    ['parallel', 'page=parallel&order=x,accuracy,val+acc,loss&colour=accuracy', 'canvas'],
    ['matrix', 'page=relations&view=matrix&columns=accuracy,val+acc,loss&colour=accuracy', 'canvas'],
    ['trial', 'page=trial&trial=2', '.params'],
  ])('%s can be used by all, in light and dark, wide and narrow', async (name, query, ready) => {
    await expectUsable(page, {
      name: `metrics-${name}`,
      url: `${server.url}/?study=several&${query}`,
      ready: (of) => of.locator(ready).first().waitFor(),
    })
  })
})
