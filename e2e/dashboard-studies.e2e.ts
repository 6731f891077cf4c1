import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'
import { addressOf, expectUsable, problemsOf, type Server, serve, violations } from './dashboard/site.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

const sweep = (name: string) => `study: ${name}
objective: { metric: loss, direction: minimize }
command: sh train.sh {x}
space:
  x: uniform(0, 1)
  kind: { choice: { plain: {}, tuned: { depth: int(1, 3) } } }
sampler: random
budget: { trials: 30, parallel: 2 }
seed: 1
`
/** Waits while there is a file `hold`; tells a curve that ends at (x − 0.3)². */
const train = `while [ -e hold ]; do sleep 0.02; done
for step in 0 1 2; do
  awk -v x=$1 -v step=$step 'BEGIN { printf "{\\"step\\": %d, \\"loss\\": %f, \\"cost\\": %f}\\n", step, (x - 0.3) ^ 2 + 2 - step, x }'
done
`

interface Row {
  readonly number: number
  readonly state: string
  readonly params: { readonly [name: string]: unknown }
  readonly cause: string | null
  readonly tags: readonly string[]
  readonly pinned: boolean
}

describe.skipIf(!existsSync(chromiumPath))('studies, new study, trials and comparison in Chromium', () => {
  let place: Workplace
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let server: Server
  let page: Page
  let problems: readonly string[]

  const visit = (query: string) => page.goto(`${server.url}/${query}`)
  const button = (name: string | RegExp): Locator => page.getByRole('button', { name, exact: typeof name === 'string' })
  const rowsOf = async (study: string): Promise<Row[]> => {
    const { stdout } = await place.parzen('export', study, '--format', 'jsonl')
    return stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row)
  }
  const shown = () => page.locator('.trials tbody th').allTextContents()

  beforeAll(async () => {
    place = workplace({
      'train.sh': train,
      'one.yaml': sweep('one'),
      'two.yaml': sweep('two').replace('seed: 1', 'seed: 2'),
    })
    expect((await place.parzen('run', 'one.yaml')).code).toBe(0)
    expect((await place.parzen('run', 'two.yaml')).code).toBe(0)
    server = await serve(place.folder, '--allow-define')
    browser = await openBrowser()
    page = await browser.context.newPage()
    await page.goto(server.link)
    await page.close()
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
  afterEach(async () => {
    await page?.close()
    expect(problems).toEqual([])
  })

  it.each([
    ['studies', '?studies=one'],
    ['new', '?page=new'],
    ['studies-compare', '?page=compare&studies=one,two'],
    ['trials', '?study=one&page=trials&chosen=1,2'],
    ['compare', '?study=one&page=compare&chosen=1,2,3'],
  ])('%s can be used by all, in light and dark, wide and narrow', async (name, query) => {
    await open()
    await expectUsable(page, { name: `dashboard-${name}`, url: `${server.url}/${query}` })
  })

  it('starts a sweep from the form, steers it, and compares what came out', async () => {
    place.write('hold', '')
    await open()
    await visit('')
    await page.getByRole('link', { name: 'New study' }).click()
    // the form writes the text
    await page.getByLabel('name', { exact: true }).first().fill('formed')
    await page.getByLabel('command', { exact: true }).fill('sh train.sh {x}')
    await page.getByLabel('metric', { exact: true }).fill('loss')
    await page.getByLabel('direction of loss').selectOption('minimize')
    for (const name of ['batch', 'dropout']) await button(`remove ${name}`).click()
    const first = page.getByRole('list', { name: 'parameters', exact: true }).getByLabel('name').first()
    await first.fill('x')
    await first.press('Enter')
    await page.getByLabel('x logarithmic').uncheck()
    await page.getByLabel('x from').fill('0')
    await page.getByLabel('trials', { exact: true }).fill('12')
    await page.getByLabel('at the same time').fill('2')
    const text = page.getByLabel('sweep file', { exact: true })
    expect(await text.inputValue()).toContain('# its name in the store')
    // what is wrong is said where it is wrong, and nothing can be started
    await page.getByLabel('x to').fill('-1')
    const problem = page.getByRole('list', { name: 'problems' })
    await problem
      .getByText('space.x')
      .or(problem.getByText(/^line \d+ x: /))
      .waitFor()
    const line = (await text.inputValue()).split('\n').findIndex((one) => one.includes('x: uniform(0, -1)')) + 1
    await button(`line ${line}`).waitFor()
    expect(await button('Start formed').count()).toBe(0)
    // and the text writes the form
    await text.fill((await text.inputValue()).replace('uniform(0, -1)', 'uniform(0, 0.5)'))
    await expect.poll(() => page.getByLabel('x to').inputValue()).toBe('0.5')
    // a list may be meant as a choice: it is asked, and its values are kept when it is made one
    await text.fill((await text.inputValue()).replace('uniform(0, 0.5)', '[0.25, 0.5]'))
    await problem.getByText(/a list of 2 constants.* choice\(0\.25, 0\.5\)/).waitFor()
    await page.getByLabel('kind of x').selectOption('choice')
    await expect.poll(() => page.getByLabel('values of x').inputValue()).toBe('0.25, 0.5')
    await page.getByLabel('kind of x').selectOption('constant')
    await page.getByLabel('value of x').fill('[0.125, 0.5]')
    await page.getByLabel('value of x').press('Enter')
    await expect.poll(() => page.getByLabel('kind of x').inputValue()).toBe('choice')
    expect(await text.inputValue()).toContain('x: choice(0.125, 0.5)')
    await text.fill((await text.inputValue()).replace('choice(0.125, 0.5)', 'uniform(0, 0.5)'))
    await page.getByLabel('x to').waitFor()
    await button('Start formed').click()
    await page.getByRole('link', { name: 'Trials', exact: true }).click()
    // the two that run wait for `hold`
    await button(/^running 2/).waitFor()
    expect((await shown()).sort()).toEqual(['0', '1'])

    await page.getByLabel('choose trial 0').check()
    await button('Enqueue a variant').click()
    const dialog = page.getByRole('dialog')
    const [asked] = await rowsOf('formed')
    expect(Number(await dialog.getByLabel('x', { exact: true }).inputValue())).toBe(asked?.params['x'])
    await dialog.getByLabel('x', { exact: true }).fill('7')
    await dialog.getByText('x: expected a value of uniform(0, 0.5), got 7').waitFor()
    expect(await dialog.getByRole('button', { name: 'Enqueue' }).isDisabled()).toBe(true)
    expect(await violations(page)).toEqual([])
    await dialog.getByLabel('x', { exact: true }).fill('0.125')
    await dialog.getByRole('button', { name: 'Enqueue' }).click()
    await dialog.waitFor({ state: 'detached' })
    await button(/^Stop/).last().click()
    await button(/^failed 1/).waitFor()
    rmSync(join(place.folder, 'hold'))

    // 12 are started, one of them the variant, one ended by hand
    await button(/^complete 11/).waitFor({ timeout: 60_000 })
    const rows = await rowsOf('formed')
    expect(rows.length).toBe(12)
    expect(rows.filter(({ params }) => params['x'] === 0.125).length).toBe(1)
    expect(rows[0]).toMatchObject({ state: 'failed', cause: 'killed' })
    await page.getByRole('link', { name: 'Overview' }).click()
    await page
      .getByText(/ended: /)
      .first()
      .waitFor()
  })

  it('chooses, tags, pins, sorts and filters trials, by keys as well', async () => {
    await open()
    await visit('?study=one&page=trials&sort=trial')
    const grid = page.getByRole('grid')
    await grid.focus()
    for (const key of ['ArrowDown', 'ArrowDown', ' ', 'ArrowDown', 'Shift+ArrowDown'])
      await grid.press(key === ' ' ? 'Space' : key)
    const chosen = await page.locator('.trials tr[aria-selected="true"] th').allTextContents()
    expect(chosen.length).toBe(3)
    expect((await addressOf(page)).get('chosen')).toBe(chosen.join(','))
    await button('Tags, note').click()
    await page.getByRole('textbox', { name: 'Tags' }).fill('good, odd')
    await page.getByRole('textbox', { name: 'Note' }).fill('look again')
    await button('Save').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await button('Pin').click()
    await button('Unpin').waitFor()
    await expect.poll(async () => (await shown()).slice(0, 3)).toEqual(chosen)
    await page.getByLabel('Filter').fill('tag = odd')
    await expect.poll(shown).toEqual(chosen)
    const tagged = (await rowsOf('one')).filter(({ tags }) => tags.includes('odd'))
    expect(tagged.map(({ number, pinned }) => [String(number), pinned])).toEqual(chosen.map((one) => [one, true]))
    await page.getByLabel('Filter').fill('')
    // pinned ones lead, in whatever order
    await button('loss').click()
    await expect.poll(async () => new Set((await shown()).slice(0, 3))).toEqual(new Set(chosen))
    // columns are in the address, and in what is exported
    await page.getByText('Columns', { exact: true }).click()
    await page.getByLabel('kind.tuned.depth').uncheck()
    expect(await page.getByRole('columnheader', { name: 'kind.tuned.depth' }).count()).toBe(0)
    await page.reload()
    await grid.waitFor()
    expect(await page.getByRole('columnheader', { name: 'kind.tuned.depth' }).count()).toBe(0)
    const [download] = await Promise.all([page.waitForEvent('download'), button('CSV').click()])
    const lines = readFileSync(await download.path(), 'utf8').split('\n')
    expect(lines[0]).toBe('trial,state,loss,x,kind,seconds,tag')
    expect(lines.length).toBe(31)
    expect(lines.slice(1).map((one) => one.split(',')[0])).toEqual(await allShown(page))
    await grid.press('Enter')
  })

  it('compares trials: what differs, whether it is real, and runs them again', async () => {
    await open()
    await visit('?study=one&page=compare')
    await button('the best 5').click()
    const table = page.getByRole('region', { name: 'trials side by side' }).getByRole('table')
    const rows = await rowsOf('one')
    const numbers = ((await addressOf(page)).get('chosen') ?? '').split(',').map(Number)
    const differing = new Set(numbers.map((number) => rows[number]?.params['kind'])).size > 1
    expect((await table.locator('tr.differs', { hasText: /^kind/ }).count()) > 0).toBe(differing)
    // `cost` was reported, and is no objective
    await table.getByText('cost', { exact: true }).waitFor()
    await page
      .getByText(/(is better than|is probably better than|as good as each other)/)
      .first()
      .waitFor()
    await button('only what differs').click()
    expect((await addressOf(page)).get('same')).toBe('yes')
    await page.getByLabel('metric').selectOption('cost')
    await page.getByRole('img', { name: /cost/ }).waitFor()
    await button('Run each 3 more times').click()
    await page.getByText('15 queued').waitFor()
    const [one] = (
      JSON.parse((await place.parzen('list', '--json')).stdout) as { study: string; queued: number }[]
    ).filter(({ study }) => study === 'one')
    expect(one?.queued).toBe(15)
  })

  it('keeps studies in order: tags, archive, budget, delete with a way back, compare', async () => {
    await open()
    await visit('')
    const row = (name: string) =>
      page.locator('.studies tbody tr', { has: page.getByRole('link', { name, exact: true }) })
    await button('tags and note of two').click()
    await page.getByRole('textbox', { name: 'Tags' }).fill('paper')
    await button('Save').click()
    await page.getByRole('group', { name: 'tags' }).getByRole('button', { name: 'paper' }).click()
    await expect.poll(() => page.locator('.studies tbody th').count()).toBe(1)
    await visit('')
    await button('settings of two').click()
    expect(await page.getByLabel('trials', { exact: true }).inputValue()).toBe('30')
    await page.getByLabel('trials', { exact: true }).fill('33')
    await button('Save').click()
    await row('two').getByText('30/33').waitFor()
    // on this server it can be started too, and ends at its new budget
    await row('two').getByRole('button', { name: 'Start here' }).click()
    await row('two').getByText('33/33').waitFor({ timeout: 30_000 })
    await button('archive: two').click()
    await row('two').waitFor({ state: 'detached' })
    await page.getByLabel('show').selectOption('archived')
    await button('take from the archive: two').click()
    await page.getByLabel('show').selectOption('active')
    await button('delete two').click()
    await row('two').waitFor({ state: 'detached' })
    await button('Undo').click()
    await row('two').waitFor()
    for (const name of ['one', 'two']) await page.getByLabel(`choose ${name}`).check()
    await page.getByRole('link', { name: 'Compare' }).click()
    await page.getByRole('img', { name: /best minimize loss so far of one: .*, two: / }).waitFor()
    await page.getByLabel('across').selectOption('time')
    expect((await addressOf(page)).get('x')).toBe('time')
  })

  it('edits sampler and pruner, and begins a new study like another', async () => {
    await open()
    await visit('?study=one')
    await button('Settings').click()
    await page.getByLabel('sampler', { exact: true }).selectOption('tpe')
    await page.getByLabel('options of the sampler').fill('startup: 4')
    await button('Save').click()
    await page.getByText('expected one of its options, got "startup"').waitFor()
    expect(problems).toEqual([expect.stringContaining('status of 400')])
    problems = problemsOf(page)
    await page.getByLabel('options of the sampler').fill('startupTrials: 4')
    await page.getByLabel('pruner', { exact: true }).selectOption('asha')
    await page.getByLabel('options of the pruner').fill('maxStep: 9, promote')
    expect(await button('Save').isDisabled()).toBe(true)
    await page.getByLabel('options of the pruner').fill('maxStep: 9')
    await button('Save').click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const { spec } = JSON.parse((await place.parzen('show', 'one', '--json')).stdout)
    expect(spec).toMatchObject({
      sampler: { name: 'tpe', startupTrials: 4 },
      pruner: { name: 'asha', maxStep: 9 },
    })
    await page.getByRole('link', { name: 'New like this' }).click()
    await page.getByRole('button', { name: 'Start one-2' }).waitFor()
    const text = await page.getByLabel('sweep file', { exact: true }).inputValue()
    expect(text).toContain('study: one-2')
    expect(text).toContain('startupTrials: 4')
    expect(await page.getByLabel('name', { exact: true }).first().inputValue()).toBe('one-2')
    expect((await addressOf(page)).get('like')).toBeNull()
    expect(await page.getByLabel('options of the pruner').inputValue()).toBe('maxStep: 9')
    await page.getByLabel('options of the pruner').fill('maxStep: 27, reduction: 4')
    await page.getByLabel('options of the pruner').press('Enter')
    await expect
      .poll(() => page.getByLabel('sweep file', { exact: true }).inputValue())
      .toMatch(/pruner:\n {2}name: asha\n {2}maxStep: 27\n {2}reduction: 4\n/)
  })

  it('gives the file where the server runs no commands, and makes studies whose trials are asked for', async () => {
    const shut = await serve(place.folder, '--port', '0')
    try {
      await open()
      await page.goto(shut.link)
      await page.goto(`${shut.url}/?page=new`)
      await page.getByLabel('a sweep file').setInputFiles(join(place.folder, 'one.yaml'))
      await page.getByText('A study of this name is there').waitFor()
      await page.getByLabel('name', { exact: true }).first().fill('asked')
      await page.getByText('This server runs no commands').waitFor()
      const [download] = await Promise.all([page.waitForEvent('download'), button('Download asked.yaml').click()])
      expect(readFileSync(await download.path(), 'utf8')).toBe(sweep('asked'))
      await page.getByLabel('command', { exact: true }).fill('')
      await button('Create asked').click()
      await page.getByRole('heading', { name: 'asked' }).waitFor()
      expect((await place.parzen('list', '--json')).stdout).toContain('"study":"asked"')
    } finally {
      shut.kill('SIGKILL')
    }
  })
})

/** Every row, scrolled through. */
async function allShown(page: Page): Promise<string[]> {
  const found = new Set<string>()
  for (let top = 0; top <= 2000; top += 200) {
    await page.locator('.tall').evaluate((box, to) => {
      box.scrollTop = to
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    }, top)
    for (const number of await page.locator('.trials tbody th').allTextContents()) found.add(number)
  }
  return [...found]
}
