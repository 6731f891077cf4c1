import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventually, type Workplace, workplace } from './cli/workplace.js'

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

const sweep = (space: string, more = '') => `study: line
objective: { metric: loss, direction: minimize }
command: sh train.sh {x}
space: { ${space} }
sampler: tpe
seed: 1
${more}`

const json = async (...args: readonly string[]) => JSON.parse((await place.parzen(...args, '--json')).stdout)

it('edits a study while it runs: space, budget and parallelism, each at once', async () => {
  place.write('train.sh', 'sleep 0.1; echo "{\\"loss\\": $1}"')
  place.write('sweep.yaml', sweep('x: uniform(0, 1)', 'budget: { trials: 1000, parallel: 1 }'))
  const { result } = place.start('run')
  await eventually('a dozen trials', () => existsSync(join(place.folder, '.parzen/studies/line/trial-0012')))
  place.write(
    'sweep.yaml',
    sweep('x: uniform(0.2, 3), extra: choice(a, b)', 'budget: { trials: 40, parallel: 3 }\nearlier: { extra: a }'),
  )
  const edit = await place.parzen('edit')
  expect([edit.code, edit.stdout]).toEqual([
    0,
    expect.stringMatching(
      /^line: edited: x was uniform\(0, 1\), is uniform\(0\.2, 3\); extra is new; \d+ of \d+ earlier trials still count\n$/,
    ),
  ])
  const { code, stdout } = await result
  expect([code, stdout]).toEqual([0, expect.stringContaining('40 of 40 trials')])
  const trials = (await place.parzen('export', '--format', 'jsonl')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const later = trials.filter(({ params }) => 'extra' in params)
  expect(later.length).toBeGreaterThan(10)
  for (const { params } of later) expect(params.x).toBeGreaterThanOrEqual(0.2)
  expect(Math.max(...later.map(({ params }) => params.x))).toBeGreaterThan(1)
  expect((await place.parzen('verify')).code).toBe(0)
})

it('refuses an edit that loses most trials until it is meant, and goes on after `run` alone otherwise', async () => {
  place.write('sweep.yaml', sweep('x: uniform(0, 1)', 'budget: { trials: 12 }'))
  await place.parzen('run')
  place.write('sweep.yaml', sweep('x: uniform(0.95, 1)', 'budget: { trials: 14 }'))
  const refused = await place.parzen('run')
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining('study line: expected an edit that keeps most trials, got one after which'),
  ])
  expect((await json('list'))[0]).toMatchObject({ trials: 12 })
  const meant = await place.parzen('run', '--edit')
  expect([meant.code, meant.stdout]).toEqual([0, expect.stringContaining('14 of 14 trials')])
  place.write('sweep.yaml', sweep('x: uniform(0, 2)', 'budget: { trials: 16 }'))
  const wider = await place.parzen('run')
  expect(wider.stdout).toContain(
    'line: edited: x was uniform(0.95, 1), is uniform(0, 2); 14 of 14 earlier trials still count\n',
  )
})

it('begins with an earlier study, and with what its user believes', async () => {
  place.write('sweep.yaml', sweep('x: uniform(0, 1)', 'budget: { trials: 20 }'))
  await place.parzen('run')
  const best = await json('best')
  const more = 'budget: { trials: 8 }'
  place.write('next.yaml', sweep('x: uniform(0, 1)', more).replace('study: line', 'study: next\nfrom: line'))
  const next = await place.parzen('run', 'next.yaml')
  expect(next.stdout).toContain('from line: 5 settings to be tried first\n')
  expect((await json('show', 'next', '--trial', '0')).params).toEqual(best.params)
  const comparable = await place.parzen('run', 'next.yaml', '--name', 'third', '--from', 'line', '--comparable')
  expect(comparable.stdout).toContain('from line: 20 results known\n')
  place.write(
    'belief.yaml',
    sweep('x: uniform(0, 1)', `${more}\nprior: { x: 0.31 }`).replace('study: line', 'study: belief'),
  )
  await place.parzen('run', 'belief.yaml')
  expect((await json('show', 'belief', '--trial', '0')).params).toEqual({ x: 0.31 })
  place.write('wrong.yaml', sweep('x: uniform(0, 1)', 'prior: { x: 3 }'))
  expect((await place.parzen('run', 'wrong.yaml')).stderr).toContain(
    'wrong.yaml:7:13: prior.x: expected a value of uniform(0, 1), got 3',
  )
  expect((await place.parzen('run', 'next.yaml', '--name', 'fourth', '--from', 'lime')).stderr).toContain(
    'did you mean line?',
  )
})
