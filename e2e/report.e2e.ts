import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'
import { expectUsable, problemsOf } from './dashboard/site.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

const sweep = `study: line
objective: { metric: loss, direction: minimize }
command: sh train.sh {x}
space:
  x: uniform(0, 1)
  label: choice("</script><script>alert(1)</script>", "b")
sampler: random
budget: { trials: 20, parallel: 2 }
seed: 1
`
const train = `for step in 1 2 3; do echo "{\\"step\\": $step, \\"loss\\": $1, \\"other\\": $step}"; done`

describe.skipIf(!existsSync(chromiumPath))('a report in one file', () => {
  let place: Workplace
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  let problems: readonly string[]
  const requests: string[] = []
  const file = () => pathToFileURL(join(place.folder, 'line.html')).href
  /** Another hash alone would not load the file again. */
  const visit = async (hash: string) => {
    await page.goto('about:blank')
    await page.goto(file() + hash)
  }

  beforeAll(async () => {
    place = workplace({ 'sweep.yaml': sweep, 'train.sh': train })
    expect((await place.parzen('run')).code).toBe(0)
    browser = await openBrowser()
    page = await browser.context.newPage()
    problems = problemsOf(page)
    page.on('request', (request) => requests.push(request.url()))
  })
  afterAll(async () => {
    await browser?.close()
    place?.remove()
  })

  it('is written by the command line, and says how large it is', async () => {
    const { code, stdout, stderr } = await place.parzen('report')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toMatch(/^line\.html: 20 trials of line, 0\.\d MB\n$/)
    // values of parameters are not readable as HTML
    expect(readFileSync(join(place.folder, 'line.html'), 'utf8')).not.toContain('alert(1)')
    const { code: other, stderr: said } = await place.parzen('report', 'lime')
    expect(other).toBe(2)
    expect(said).toContain('did you mean line?')
  })

  it('opens without a server and shows the same numbers; where one is goes into the hash', async () => {
    const best = JSON.parse((await place.parzen('best', '--json')).stdout) as { number: number; values: number[] }
    await visit('')
    await page
      .getByRole('link', { name: `trial ${best.number}`, exact: true })
      .first()
      .click()
    await page.getByRole('heading', { name: `Trial ${best.number}` }).waitFor()
    expect(page.url()).toContain(`#study=line&page=trial&trial=${best.number}`)
    expect(Number(await page.locator('.big').first().textContent())).toBeCloseTo(best.values[0] as number, 4)
    await page.getByText('complete trials were known').waitFor()
    await page.getByRole('link', { name: 'Curves' }).click()
    await page.getByRole('img', { name: 'loss of 20 trials' }).waitFor()
    await page.getByRole('img', { name: 'other of 20 trials' }).waitFor()
    await page.getByLabel('Filter').fill('x < 0.5')
    await page.getByText(/^\d+ of 20 trials$/).waitFor()
    await page.reload()
    await page.getByText(/^\d+ of 20 trials$/).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: `Trial ${best.number}` }).waitFor()
  })

  it('hides what needs a server', async () => {
    await visit('#study=line&page=trial&trial=3')
    await page.getByRole('heading', { name: 'Trial 3' }).waitFor()
    expect(await page.getByRole('button', { name: /Run it again|Stop|Resume/ }).count()).toBe(0)
    expect(await page.getByRole('heading', { name: 'Log' }).count()).toBe(0)
    await page.getByText('report of').click()
    await page.getByText('logs and kept files: `parzen serve` shows them').waitFor()
  })

  it.each(['overview', 'trials', 'curves', 'parallel', 'trial'])('%s can be used by all', async (name) => {
    await expectUsable(page, { name: `report-${name}`, url: `${file()}#study=line&page=${name}&trial=3` })
  })

  it('has asked nobody for anything', () => {
    expect(requests.filter((url) => !/^(file:|about:|data:|blob:)/.test(url))).toEqual([])
    expect(problems).toEqual([])
  })
})
