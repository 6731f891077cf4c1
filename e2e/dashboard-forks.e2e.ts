import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { eventually, type Result, type Workplace, workplace } from './cli/workplace.js'
import { expectUsable, problemsOf, type Server, serve } from './dashboard/site.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

const LAST = 24
const sweep = `study: population
objective: { metric: loss, direction: minimize }
command: node train.mjs {rate}
space: { rate: 'loguniform(1e-3, 0.3)', momentum: 'uniform(0, 1)', width: 'choice(8, 16)' }
sampler: { name: pbt, population: 5, interval: 4, maxStep: ${LAST}, resample: 0 }
budget: { trials: 60, parallel: 3 }
seed: 2
`
const train = `import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
const { PARZEN_CHECKPOINTS } = process.env
const rate = Number(process.argv[2])
const checkpoint = PARZEN_CHECKPOINTS + '/state.json'
const state = existsSync(checkpoint) ? JSON.parse(readFileSync(checkpoint, 'utf8')) : { theta: 1, step: 0 }
mkdirSync(PARZEN_CHECKPOINTS, { recursive: true })
while (state.step < ${LAST}) {
  await new Promise((resolve) => setTimeout(resolve, 150))
  state.theta *= 1 - rate
  state.step++
  writeFileSync(checkpoint + '.draft', JSON.stringify(state))
  renameSync(checkpoint + '.draft', checkpoint)
  console.log(JSON.stringify({ step: state.step, loss: state.theta, accuracy: 1 - state.theta / 2 }))
}
`

interface Row {
  readonly number: number
  readonly state: string
  readonly parent: number | null
  readonly metrics: { readonly loss?: number }
}
interface Schedule {
  readonly changing: readonly string[]
  readonly pieces: readonly { trial: number; from: number; to: number; params: { rate: number } }[]
}

describe.skipIf(!existsSync(chromiumPath))('forks and what they go on from, in Chromium', () => {
  let place: Workplace
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let server: Server
  let run: Promise<Result>
  let page: Page
  let problems: readonly string[]

  beforeAll(async () => {
    place = workplace({ 'sweep.yaml': sweep, 'train.mjs': train })
    run = place.start('run').result
    await eventually('a store', () => existsSync(join(place.folder, '.parzen/parzen.db')))
    server = await serve(place.folder)
    browser = await openBrowser()
    const first = await browser.context.newPage()
    await first.goto(server.link)
    await first.close()
  })
  afterAll(async () => {
    await browser?.close()
    server?.kill('SIGKILL')
    await run
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

  const visit = (query: string) => page.goto(`${server.url}/?study=population&${query}`)
  const rows = async () =>
    (await place.parzen('export', '--format', 'jsonl')).stdout
      .trim()
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Row]))
  const scheduleOf = async (trial: number) =>
    JSON.parse((await place.parzen('show', '--trial', String(trial), '--schedule')).stdout) as Schedule
  /** A fork of a fork if there is one, else any that has trained. */
  const someFork = async () => {
    const forks = (await rows()).filter(({ parent, metrics }) => parent !== null && metrics.loss !== undefined)
    const all = await rows()
    return (forks.find(({ parent }) => all[parent as number]?.parent !== null) ?? forks[0]) as Row
  }
  /** Steps and trials as the page has them. */
  const shownPieces = () =>
    page
      .locator('table.schedule tbody tr')
      .evaluateAll((all) =>
        all.map((row) => Array.from(row.querySelectorAll('td'), (cell) => Number(cell.textContent)).slice(0, 3)),
      )
  const toldPieces = async (trial: number) =>
    (await scheduleOf(trial)).pieces.map((piece) => [piece.from, piece.to, piece.trial])

  it('shows while it trains where a fork went on, and how far it has got', async () => {
    const fork = await eventually('a fork that has begun', async () =>
      (await rows()).find(({ parent }) => parent !== null),
    )
    await visit(`page=trial&trial=${fork.number}`)
    await page.getByText(`went on from the checkpoint of trial ${fork.parent}`).waitFor()
    // its curve is there behind its parent's before it has ended
    await page.getByRole('img', { name: /^loss of/ }).waitFor()
    await eventually('the end of it', async () => /complete|pruned/.test((await rows())[fork.number]?.state ?? ''))
    await expect.poll(shownPieces, { timeout: 60_000 }).toEqual(await toldPieces(fork.number))
    const { code } = await run
    expect(code).toBe(0)
  })

  it('gives its schedule as a table and as a file', async () => {
    const fork = await someFork()
    const schedule = await scheduleOf(fork.number)
    expect(schedule.changing).toEqual(['rate', 'momentum'])
    await visit(`page=trial&trial=${fork.number}`)
    await page.getByRole('img', { name: 'rate of 1 trial' }).waitFor()
    await page.getByRole('img', { name: 'momentum of 1 trial' }).waitFor()
    expect(await shownPieces()).toEqual(await toldPieces(fork.number))
    const at = schedule.pieces.at(-1)?.from
    await page.getByText(`went on from the checkpoint of trial ${fork.parent} at step ${at}`).waitFor()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'download JSON' }).click(),
    ])
    expect(file.suggestedFilename()).toBe(`population-trial-${fork.number}-schedule.json`)
    expect(JSON.parse(readFileSync(await file.path(), 'utf8'))).toEqual(schedule)
    // a trial that is no fork has none
    await visit('page=trial&trial=0')
    await page.getByRole('heading', { name: 'Curves' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Schedule' }).count()).toBe(0)
  })

  it('says whose step it is, by keys, of a fork that is drawn alone', async () => {
    const fork = await someFork()
    const { pieces } = await scheduleOf(fork.number)
    const [first] = pieces as [Schedule['pieces'][number]]
    await visit(`page=curves&metrics=loss&filter=trial+%3D+${fork.number}`)
    await page.getByText('1 curves').waitFor()
    await page.getByText('○ forked; dashed, what it went on from').waitFor()
    await page.getByRole('group', { name: /^loss: arrow keys/ }).focus()
    const tip = page.locator('.tip')
    await page.keyboard.press('ArrowLeft')
    await tip.getByText(/, step \d+$/).waitFor()
    for (let key = 0; key < 50; key++) await page.keyboard.press('ArrowLeft')
    await tip.getByText(/, step 1$/).waitFor()
    await tip.getByText(`of trial ${first.trial}, from which trial ${fork.number} goes on`).waitFor()
    const inherited = Number(await tip.locator('strong').first().textContent())
    // its table is of its own reports alone
    await page.getByText('as a table').click()
    const cells = page.locator('.curves-table tbody tr').first().locator('td')
    const greatest = Number(await cells.nth(3).textContent())
    expect(greatest).toBeLessThan(inherited)
  })

  it('is in a report too', async () => {
    const fork = await someFork()
    expect((await place.parzen('report', '-o', 'population.html')).code).toBe(0)
    const file = pathToFileURL(join(place.folder, 'population.html')).href
    await page.goto(`${file}#study=population&page=trial&trial=${fork.number}`)
    await page.getByRole('heading', { name: 'Schedule' }).waitFor()
    expect(await shownPieces()).toEqual(await toldPieces(fork.number))
    await page.getByText('dashed: before it was forked').waitFor()
    await page.getByRole('img', { name: /^loss of/ }).waitFor()
  })

  it.each(['trial', 'curves'])('%s can be used by all, in light and dark, wide and narrow', async (name) => {
    const fork = await someFork()
    await expectUsable(page, {
      name: `forks-${name}`,
      url: `${server.url}/?study=population&page=${name}&trial=${fork.number}`,
      ready: (of) => of.getByRole('img', { name: /^loss of/ }).waitFor(),
    })
  })
})
