import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'
import { problemsOf, serve } from './dashboard/site.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

const sweep = (name: string, bounds: string) => `study: ${name}
objective: { metric: accuracy, direction: maximize }
constraints: ${bounds}
command: sh train.sh {x}
space: { x: uniform(0, 1) }
sampler: random
budget: { trials: 12, parallel: 2 }
seed: 1
`
/** The more accurate the slower; each metric is reported in the way of another kind of script. */
const train = `echo "latency=$(awk -v x="$1" 'BEGIN { printf "%.4f", 40 * x }')"
awk -v x="$1" 'BEGIN { printf "{\\"step\\": 1, \\"accuracy\\": %.6f}\\n", x }'
`

describe('a sweep with constraints', () => {
  let place: Workplace
  let ran: Awaited<ReturnType<Workplace['parzen']>>
  const json = async (...args: string[]) => JSON.parse((await place.parzen(...args, '--json')).stdout)

  beforeAll(async () => {
    place = workplace({
      'train.sh': train,
      'fast.yaml': sweep('fast', "{ latency: '<= 20', accuracy: '>= 0.1' }"),
      'never.yaml': sweep('never', "{ latency: '<= -1' }"),
      'silent.yaml': sweep('silent', "{ memory: '<= 1' }").replace('trials: 12', 'trials: 2'),
      'bare.yaml': sweep('bare', '{ accuracy: >= 0.9 }'),
    })
    ran = await place.parzen('run', 'fast.yaml')
  })
  afterAll(() => place?.remove())

  it('has the best trial within its bounds, and says of the others what they broke', async () => {
    expect(ran.code).toBe(0)
    const rows = (await place.parzen('export', 'fast', '--format', 'jsonl')).stdout
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { number: number; values: [number]; metrics: { latency: number }; feasible: boolean },
      )
    expect(rows.length).toBe(12)
    for (const { values, metrics, feasible } of rows) expect(feasible).toBe(metrics.latency <= 20 && values[0] >= 0.1)
    const feasible = rows.filter((row) => row.feasible)
    const broken = rows.length - feasible.length
    expect(Math.min(broken, feasible.length)).toBeGreaterThan(1)
    const best = feasible.reduce((a, b) => (b.values[0] > a.values[0] ? b : a))

    expect(ran.stdout).toContain(`12 complete (${broken} infeasible)`)
    expect(ran.stdout.match(/infeasible: latency [\d.]+, wanted <= 20/g)?.length).toBe(
      rows.filter(({ metrics }) => metrics.latency > 20).length,
    )
    expect(await json('best', 'fast')).toMatchObject({ number: best.number, value: best.values[0] })
    expect((await place.parzen('best', 'fast')).stdout).toMatch(/\n {2}latency [\d.]+ keeps <= 20\n/)
    expect(await json('list')).toMatchObject([{ study: 'fast', complete: 12, infeasible: broken }])
    expect((await place.parzen('list')).stdout).toMatch(/INFEASIBLE/)
    expect((await place.parzen('show', 'fast')).stdout).toContain(
      'maximize accuracy, with latency <= 20, accuracy >= 0.1',
    )
    expect((await json('show', 'fast')).top.length).toBe(feasible.length)
    const slow = rows.find(({ metrics }) => metrics.latency > 20)?.number
    expect((await place.parzen('show', 'fast', '--trial', String(slow))).stdout).toMatch(
      /infeasible +latency [\d.]+, wanted <= 20/,
    )
    expect((await place.parzen('verify', 'fast')).code).toBe(0)
    // the same file resumes it, another bound is another study
    expect((await place.parzen('run', 'fast.yaml')).code).toBe(0)
    place.write('fast.yaml', sweep('fast', "{ latency: '<= 30', accuracy: '>= 0.1' }"))
    const changed = await place.parzen('run', 'fast.yaml')
    expect(changed.code).toBe(2)
    expect(changed.stderr).toContain('were latency <= 20, accuracy >= 0.1, are latency <= 30, accuracy >= 0.1')
  })

  it('says how near the nearest came if none keeps the bounds', async () => {
    const { stdout } = await place.parzen('run', 'never.yaml')
    expect(stdout).toMatch(
      /12 complete \(12 infeasible\)\nno trial keeps all constraints:\n {2}latency <= -1: at best [\d.]+, trial \d+\n/,
    )
    const { code, stderr } = await place.parzen('best', 'never')
    expect(code).toBe(1)
    expect(stderr).toContain('study never: expected a feasible trial, got none of 12 complete ones\n')
  })

  it('fails trials that do not report what is constrained', async () => {
    const { stdout } = await place.parzen('run', 'silent.yaml')
    expect(stdout).toContain(
      'failed (nan): exit code 0, but metric memory was never reported: accuracy were; known: accuracy',
    )
  })

  it('says how a bound is written that YAML cannot read', async () => {
    const { code, stderr } = await place.parzen('run', 'bare.yaml')
    expect(code).toBe(2)
    expect(stderr).toBe('bare.yaml:3:26: expected quotes around a text that begins with >, as in ">= 0.9", got none\n')
  })

  it.skipIf(!existsSync(chromiumPath))(
    'shows in a browser which trials are infeasible, why, and finds them',
    async () => {
      const server = await serve(place.folder)
      const browser = await openBrowser()
      try {
        const page = await browser.context.newPage()
        const problems = problemsOf(page)
        await page.goto(server.link)
        await page.goto(`${server.url}/?study=fast`)
        const { infeasible, best } = (await json('show', 'fast')) as { infeasible: number; best: { number: number } }
        await page.getByText(`${infeasible} infeasible`, { exact: true }).waitFor()
        await page
          .getByRole('link', { name: `trial ${best.number}`, exact: true })
          .first()
          .waitFor()
        await page.getByText('wanted: latency <= 20, accuracy >= 0.1').waitFor()
        await page
          .getByRole('listitem')
          .filter({ hasText: 'infeasible' })
          .getByRole('link', { name: 'show them' })
          .click()
        const states = page.locator('.trials tbody .badge')
        await expect.poll(() => states.allTextContents()).toEqual(Array(infeasible).fill('infeasible'))
        await page.getByRole('columnheader', { name: 'latency' }).waitFor()
        await page.locator('.trials tbody th a').first().click()
        await page.getByText(/^(latency [\d.]+, wanted <= 20|accuracy [\d.]+, wanted >= 0\.1)$/).waitFor()
        expect(problems).toEqual([])
      } finally {
        await browser.close()
        server.kill('SIGKILL')
      }
    },
  )
})
