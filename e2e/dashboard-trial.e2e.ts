import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'
import { addressOf, problemsOf, type Server, serve } from './dashboard/site.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

const sweep = `study: line
objective: { metric: loss, direction: minimize }
command: sh train.sh {x}
space:
  x: uniform(0, 1)
  kind: { choice: [plain, tuned] }
sampler: random
budget: { trials: 12, parallel: 2 }
seed: 1
`
/** Eleven steps down to x, with a word at each. */
const train = `echo "warming up for $1"
awk -v x="$1" 'BEGIN { for (step = 0; step <= 10; step++) {
  printf "epoch %d of 10\\n", step
  printf "{\\"step\\": %d, \\"loss\\": %.6f}\\n", step, x + 10 - step } }'
`

describe.skipIf(!existsSync(chromiumPath))('one trial and its curves, in Chromium', () => {
  let place: Workplace
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let server: Server
  let page: Page
  let problems: readonly string[]

  beforeAll(async () => {
    place = workplace({ 'sweep.yaml': sweep, 'train.sh': train })
    expect((await place.parzen('run')).code).toBe(0)
    server = await serve(place.folder)
    browser = await openBrowser()
    const first = await browser.context.newPage()
    await first.goto(server.link)
    await first.close()
  })
  afterAll(async () => {
    await browser?.close()
    server?.kill('SIGKILL')
    place?.remove()
  })
  beforeEach(async () => {
    page = await browser.context.newPage()
    await page.setViewportSize({ width: 1400, height: 1000 })
    problems = problemsOf(page)
  })
  afterEach(async () => {
    await page?.close()
    expect(problems).toEqual([])
  })
  const visit = (query: string) => page.goto(`${server.url}/?study=line&${query}`)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const address = async (name: string) => (await addressOf(page)).get(name)
  const exported = async () =>
    (await place.parzen('export', 'line', '--format', 'jsonl')).stdout
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { params: { kind: string }; tags: readonly string[]; note: string; pinned: boolean },
      )

  it('keeps tags, a note and a pin where the command line finds them', async () => {
    await visit('page=trial&trial=4')
    const save = button('Save')
    await save.waitFor()
    expect(await save.isDisabled()).toBe(true)
    await page.getByLabel('tags', { exact: true }).fill('good, odd, good')
    await page.getByRole('textbox', { name: 'note' }).fill('look again')
    await save.click()
    await page.getByText('saved', { exact: true }).waitFor()
    await button('pin').click()
    await expect.poll(() => button('pin').getAttribute('aria-pressed')).toBe('true')
    expect((await exported())[4]).toMatchObject({ tags: ['good', 'odd'], note: 'look again', pinned: true })
    await page.reload()
    await expect.poll(() => page.getByRole('textbox', { name: 'note' }).inputValue()).toBe('look again')
    expect(await page.getByLabel('tags', { exact: true }).inputValue()).toBe('good, odd')
  })

  it('searches the log', async () => {
    await visit('page=trial&trial=4')
    const log = page.locator('pre.log')
    await expect.poll(() => log.textContent()).toContain('warming up for')
    await page.getByLabel('search', { exact: true }).fill('EPOCH 1')
    await expect.poll(() => log.textContent()).toBe('epoch 1 of 10\nepoch 10 of 10')
    expect(await log.locator('mark').allTextContents()).toEqual(['epoch 1', 'epoch 1'])
    await page.getByText(/^2 of \d+ lines$/).waitFor()
  })

  it('leads to the trials beside it by arrow keys, past those the filter hides, and not while one types', async () => {
    const kinds = (await exported()).map(({ params }) => params.kind)
    const tuned = kinds.flatMap((kind, number) => (kind === 'tuned' ? [number] : []))
    const [first, second] = tuned as [number, number]
    await visit(`page=trial&trial=${first}&filter=kind+%3D+tuned`)
    const heading = (number: number) => page.getByRole('heading', { name: `Trial ${number}`, exact: true })
    await heading(first).waitFor()
    await page.keyboard.press('ArrowRight')
    await heading(second).waitFor()
    expect(await address('trial')).toBe(String(second))
    await page.getByLabel('search', { exact: true }).fill('epoch')
    await page.keyboard.press('ArrowLeft')
    expect(await address('trial')).toBe(String(second))
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('ArrowLeft')
    await heading(first).waitFor()
  })

  it('zooms curves by a drag, groups them, and chooses one by a click', async () => {
    await visit('page=curves')
    const canvas = page.locator('main canvas').first()
    await canvas.waitFor()
    const chart = page.getByRole('group', { name: /^loss: arrow keys/ })
    await page.getByText('12 curves').waitFor()
    const box = (await canvas.boundingBox()) as { x: number; y: number; width: number; height: number }
    const at = (share: number) => [box.x + box.width * share, box.y + box.height / 2] as const
    await page.mouse.move(...at(0.3))
    await page.mouse.down()
    await page.mouse.move(...at(0.6), { steps: 5 })
    await page.mouse.up()
    await button('whole length').waitFor()
    const [low, high] = ((await address('zoom')) ?? '').split(',').map(Number) as [number, number]
    // about three tenths of ten steps
    expect(low).toBeGreaterThan(1.5)
    expect(high).toBeLessThan(6.5)
    expect(high - low).toBeGreaterThan(2.5)
    await button('whole length').click()
    await expect.poll(() => address('zoom')).toBe(null)

    const kinds = (await exported()).map(({ params }) => params.kind)
    await page.getByLabel('group by').selectOption('kind')
    await expect
      .poll(async () => (await page.locator('.legend').first().textContent())?.replace(/\s+/g, ''))
      .toContain(`plain(${kinds.filter((kind) => kind === 'plain').length})`)
    await page.getByLabel('band').selectOption('quantiles')
    expect([await address('group'), await address('band')]).toEqual(['kind', 'quantiles'])
    await page.getByLabel('group by').selectOption('')

    // the one the note at the pointer names is the one a click chooses
    await page.mouse.move(...at(0.5))
    const note = chart.getByText(/^trial \d+/i).first()
    await note.waitFor()
    const number = (await note.textContent())?.match(/\d+/)?.[0]
    await page.mouse.click(...at(0.5))
    await expect.poll(() => address('chosen')).toBe(number)
  })
})
