import { existsSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'
import { addressOf, expectUsable, problemsOf, type Server, serve } from './dashboard/site.js'
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
const two = `study: two
objectives:
  - { metric: loss, direction: minimize }
  - { metric: cost, direction: minimize }
command: sh two.sh {x} {y}
space: { x: uniform(0, 1), y: uniform(0, 1) }
sampler: random
budget: { trials: 30, parallel: 2 }
seed: 2
`

const three = `study: three
objectives:
  - { metric: loss, direction: minimize }
  - { metric: cost, direction: minimize }
  - { metric: size, direction: maximize }
command: sh three.sh {x} {y}
space: { x: uniform(0, 1), y: uniform(0, 1) }
sampler: random
budget: { trials: 12, parallel: 2 }
seed: 3
`

interface Row {
  readonly number: number
  readonly state: string
  readonly params: { readonly x: number; readonly kind: string; readonly depth?: number }
}

describe.skipIf(!existsSync(chromiumPath))('how values hang together, in Chromium', () => {
  let place: Workplace
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let server: Server
  let problems: readonly string[]
  let rows: readonly Row[]

  beforeAll(async () => {
    place = workplace({
      'sweep.yaml': sweep,
      'two.yaml': two,
      'three.yaml': three,
      'three.sh':
        'awk -v x="$1" -v y="$2" \'BEGIN { printf "{\\"loss\\": %.6f, \\"cost\\": %.6f, \\"size\\": %.6f}\\n", x, 1 - x + y / 4, y }\'',
      'train.sh':
        'awk -v x="$1" \'BEGIN { if (x > 0.9) { print "the loss is not finite" > "/dev/stderr"; exit 3 } printf "{\\"loss\\": %.6f}\\n", (x - 0.3) ^ 2 }\'',
      'two.sh':
        'awk -v x="$1" -v y="$2" \'BEGIN { printf "{\\"loss\\": %.6f, \\"cost\\": %.6f}\\n", x + y / 4, (1 - x) ^ 2 + y }\'',
    })
    await place.parzen('run')
    for (const file of ['two.yaml', 'three.yaml']) expect((await place.parzen('run', file)).code).toBe(0)
    const lines = (await place.parzen('export', 'line', '--format', 'jsonl')).stdout.trim().split('\n')
    rows = lines.map((line) => JSON.parse(line) as Row)
    server = await serve(place.folder)
    browser = await openBrowser()
    const first = await browser.context.newPage()
    await first.goto(server.link)
    await first.getByRole('link', { name: 'line' }).waitFor()
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
    expect(problems).toEqual([])
    await page?.close()
  })
  const visit = (query: string) => page.goto(`${server.url}/?${query}`)
  const filter = () => page.locator('#filter').inputValue()
  /** Drags in the picture between two places, in shares of its width and height. */
  const drag = async (from: readonly [number, number], to: readonly [number, number]) => {
    const canvas = page.locator('main canvas').first()
    await canvas.waitFor()
    const box = (await canvas.boundingBox()) as { x: number; y: number; width: number; height: number }
    const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const
    await page.mouse.move(...at(from))
    await page.mouse.down()
    await page.mouse.move(...at(to), { steps: 5 })
    await page.mouse.up()
  }

  it.each([
    ['overview', 'study=line&chosen=3', '.gains'],
    ['overview-front', 'study=two', 'canvas'],
    ['parallel', 'study=line&page=parallel&filter=x+<+0.7&colour=kind', 'canvas'],
    ['slice', 'study=line&page=relations', 'canvas'],
    ['dependence', 'study=line&page=relations&view=dependence', '.reading'],
    ['contour', 'study=line&page=relations&view=contour&parameter=x&with=kind', '.reading'],
    ['matrix', 'study=two&page=relations&view=matrix', 'canvas'],
    ['front', 'study=two&page=relations&view=front', 'canvas'],
    ['cube', 'study=three&page=relations&view=front&turn=200&tilt=40', 'canvas'],
  ])('%s can be used by all, in light and dark, wide and narrow', async (name, query, ready) => {
    await expectUsable(page, {
      name: `dashboard-relations-${name}`,
      url: `${server.url}/?${query}`,
      ready: (of) => of.locator(ready).first().waitFor(),
    })
  })

  it('composes what is brushed on several axes, on every page, and takes it back piece by piece', async () => {
    await visit('study=line&page=parallel')
    // axes: x, kind, kind.tuned.depth, loss; from the low end of x to its middle
    const middle = (i: number, width: number) => (64 + (i / 3) * (width - 128)) / width
    const { width } = (await page.locator('main canvas').first().boundingBox()) as { width: number }
    await drag([middle(0, width), 0.88], [middle(0, width), 0.46])
    await expect.poll(filter).toMatch(/^x >= 0[.\d]* and x <= 0\.[45]\d*$/)
    const x = await filter()
    // the upper half of kind is its second choice
    await drag([middle(1, width), 0.4], [middle(1, width), 0.06])
    await expect.poll(filter).toBe(`${x} and kind in (tuned)`)
    // and of x again: it takes the place of the first
    await drag([middle(0, width), 0.89], [middle(0, width), 0.2])
    await expect.poll(filter).toMatch(/^kind in \(tuned\) and x >= 0[.\d]* and x <= 0\.[678]\d*$/)
    const most = Number(/x <= ([\d.]+)/.exec(await filter())?.[1])
    const least = Number(/x >= ([\d.]+)/.exec(await filter())?.[1])
    const passing = rows.filter(({ params }) => params.kind === 'tuned' && params.x >= least && params.x <= most)
    for (const name of ['Overview', 'Trials', 'Curves', 'Relations', 'Parameters']) {
      await page.getByRole('navigation', { name: 'pages' }).getByRole('link', { name }).click()
      await page.getByText(`${passing.length} of 40 trials`).waitFor()
    }
    // where depth is not set: below its axis
    await page.getByRole('button', { name: 'remove kind in (tuned)' }).click()
    await page.getByRole('button', { name: /^remove x >=/ }).click()
    await expect.poll(filter).toBe('')
    await drag([middle(2, width), 0.99], [middle(2, width), 0.93])
    await expect.poll(filter).toBe('kind.tuned.depth not set')
    await page.getByText(`${rows.filter(({ params }) => params.kind === 'plain').length} of 40 trials`).waitFor()
  })

  it('moves, hides and colours by axes without a mouse, and keeps that in the address', async () => {
    await visit('study=line&page=parallel')
    const order = () => page.locator('.axis-header > button:first-child').allTextContents()
    await page.getByRole('button', { name: 'x', exact: true }).focus()
    expect(await order()).toEqual(['x', 'kind', 'kind.tuned.depth', 'loss'])
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await order()).toEqual(['kind', 'kind.tuned.depth', 'x', 'loss'])
    await page.keyboard.press('Enter')
    expect((await addressOf(page)).get('colour')).toBe('x')
    await page.keyboard.press('Delete')
    expect(await order()).toEqual(['kind', 'kind.tuned.depth', 'loss'])
    await page.reload()
    await page.getByRole('button', { name: 'show x' }).click()
    expect(await order()).toEqual(['kind', 'kind.tuned.depth', 'loss', 'x'])
  })

  it('goes from trial to trial by keys: space chooses, enter opens', async () => {
    await visit('study=line')
    const timeline = page.getByRole('region', { name: 'Timeline' })
    await timeline.getByRole('img', { name: /^timeline of 40 attempts in 2 slots/ }).waitFor()
    await timeline.getByRole('group').focus()
    await page.keyboard.press('Home')
    await timeline.getByText('trial 0', { exact: true }).waitFor()
    await page.keyboard.press('Space')
    expect((await addressOf(page)).get('chosen')).toBe('0')
    await page.getByRole('list', { name: 'chosen trials' }).getByText('trial 0').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Trial 0' }).waitFor()
    expect((await addressOf(page)).get('chosen')).toBe('0')
  })

  it('tells failures by cause with their last words, and leads to them', async () => {
    const failed = rows.filter(({ state }) => state === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    await visit('study=line')
    const card = page.getByRole('region', { name: 'Failures' })
    await card.getByText(`${failed.length} ended with an error`).waitFor()
    await card.getByText('the loss is not finite').waitFor()
    await card.getByRole('link', { name: 'show them' }).click()
    await page.getByText(`${failed.length} of 40 trials`).waitFor()
    expect(await filter()).toBe('cause = exit')
  })

  it('shows the front that the command line finds, and chooses on it', async () => {
    const analysis = JSON.parse((await place.parzen('analyze', 'two', '--json')).stdout) as {
      front: { trials: { trial: number; values: number[] }[] }
    }
    const numbers = analysis.front.trials.map(({ trial }) => trial)
    await visit('study=two&page=relations&view=front')
    const picture = page.getByRole('img', { name: new RegExp(`a front of ${numbers.length} among 30`) })
    await picture.waitFor()
    // from left to right the front begins with the least loss
    await page.getByRole('group').first().focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('Space')
    expect((await addressOf(page)).get('chosen')).toBe(String(numbers[0]))
    await page.getByRole('button', { name: 'only these' }).click()
    expect(await filter()).toBe(`trial in (${numbers[0]})`)
    await page.getByText('1 of 30 trials').waitFor()
  })

  it('turns a front of three objectives by the pointer and by keys, and points out a trial in all its pictures', async () => {
    await visit('study=three&page=relations&view=front')
    const cube = page.getByRole('img', { name: /^loss, cost, size as a cube: a front of \d+ among 12 complete trials/ })
    await cube.waitFor()
    await drag([0.5, 0.5], [0.3, 0.55])
    await expect.poll(async () => (await addressOf(page)).get('turn')).toMatch(/^\d+$/)
    const turn = Number((await addressOf(page)).get('turn'))
    expect(turn).toBeGreaterThan(30)
    expect((await addressOf(page)).get('chosen')).toBeNull()
    await page.getByLabel('turn').press('ArrowRight')
    await expect.poll(async () => Number((await addressOf(page)).get('turn'))).toBeGreaterThan(turn)
    // what follows the pointer in the other pictures
    const overlays = () =>
      page
        .locator('.plot .sheets > canvas + canvas')
        .evaluateAll((all) => all.map((one) => (one as unknown as { toDataURL(): string }).toDataURL()))
    const before = await overlays()
    expect(before.length).toBe(4)
    await page.locator('.plot').first().focus()
    await page.keyboard.press('Home')
    await expect.poll(async () => (await overlays()).filter((one, i) => one !== before[i]).length).toBe(4)
    await page
      .locator('.tip[aria-live=polite]')
      .getByText(/^trial \d+/)
      .waitFor()
  })

  it('says what a model makes of one parameter, and of two', async () => {
    await visit('study=line&page=relations&view=dependence')
    await page
      .getByText(/^Gaussian process of \d+ trials/)
      .first()
      .waitFor()
    expect(await page.getByRole('img', { name: /^loss by x of/ }).count()).toBe(1)
    await page.getByRole('link', { name: 'with another' }).first().click()
    await page.getByText(/averaged over \d+ of them/).waitFor()
    await page.getByLabel('show').selectOption('uncertainty')
    await page.getByText('sd of the prediction').waitFor()
  })

  it('narrows the space to a brush, after saying what that changes', async () => {
    await visit('study=line&page=parallel&filter=x+>=+0.1+and+x+<=+0.5+and+kind+in+(tuned)+and+loss+<+0.2')
    await page.getByRole('button', { name: 'Narrow the space' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('left out: loss < 0.2').waitFor()
    const cells = await dialog.locator('tbody tr').allTextContents()
    expect(cells).toEqual(['xuniform(0, 1)uniform(0.1, 0.5)', 'kindchoice(plain, tuned)choice(tuned)'])
    const kept = rows.filter(
      ({ state, params }) => state !== 'waiting' && params.kind === 'tuned' && params.x >= 0.1 && params.x <= 0.5,
    )
    await dialog.getByText(`${kept.length} of 40 finished trials lie in it`).waitFor()
    await dialog.getByRole('button', { name: 'Narrow', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    const { spec } = (await page.evaluate("fetch('/api/v1/studies/line').then((reply) => reply.json())")) as {
      spec: { space: { [name: string]: object } }
    }
    expect(spec.space['x']).toEqual({ kind: 'float', low: 0.1, high: 0.5 })
    expect(spec.space['kind']).toMatchObject({ choices: ['tuned'] })
    expect((await place.parzen('verify', 'line')).code).toBe(0)
  })
})
