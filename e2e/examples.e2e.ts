import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const path = (relative: string) => new URL(`../${relative}`, import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'parzen-examples-e2e-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

function run(command: string, args: readonly string[], environment: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...environment } })
    let [output, errors] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output, errors }))
  })
}

const node = (args: readonly string[]) => run(process.execPath, args)
const parzen = (args: readonly string[], environment: Record<string, string> = {}) =>
  run(process.execPath, [path('packages/platform/bin/parzen.mjs'), ...args], environment)

/** A line of `export --format jsonl`, as far as it is looked at here. */
interface Row {
  readonly number: number
  readonly state: string
  readonly params: Record<string, unknown>
  readonly values: readonly number[] | null
  readonly metrics: Record<string, number>
  readonly cause: string | null
  readonly message: string | null
  readonly parent: number | null
  readonly attempts: readonly unknown[]
}

async function rows(study: string, store: string): Promise<readonly Row[]> {
  const { output } = await parzen(['export', study, '--format', 'jsonl', '--store', store])
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

async function best(study: string, store: string): Promise<Row> {
  return JSON.parse((await parzen(['best', study, '--json', '--store', store])).output) as Row
}

const asArgs = (params: Record<string, unknown>) => Object.entries(params).map(([name, value]) => `--${name}=${value}`)
const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? ''

describe('examples/digits', () => {
  const train = path('examples/digits/train.mjs')
  const sweep = path('examples/digits/sweep.yaml')

  it('ends with a better model than the defaults of the script, which its arguments train again', async () => {
    const store = join(folder, 'digits.db')
    const { code, errors } = await parzen(['run', sweep, '--store', store, '--quiet'])
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    const trials = await rows('digits', store)
    expect(trials.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i))
    const failed = trials.filter(({ state }) => state !== 'complete')
    for (const { cause, message } of failed) {
      expect(cause).toBe('exit')
      expect(message).toMatch(/^exit code 3: train\.mjs: the loss became (NaN|Infinity) in epoch \d+$/)
    }
    // diverging is part of the space, but not most of it
    expect(failed.length).toBeLessThan(20)

    const defaults = JSON.parse(lastLine((await node([train])).output))
    const found = await best('digits', store)
    console.log(`digits: defaults ${defaults.accuracy} (test ${defaults.test_accuracy}), best of 40`, found.metrics)
    expect(found.values?.[0]).toBeGreaterThan(defaults.accuracy)

    const again = JSON.parse(lastLine((await node([train, ...asArgs(found.params)])).output))
    const { step: _, ...metrics } = again
    expect(metrics).toEqual(found.metrics)
  })

  it('says what is wrong with an argument, and that a training diverged', async () => {
    expect(await node([train, '--bach=3'])).toEqual({
      code: 2,
      output: '',
      errors: 'train.mjs: --bach: not a setting, or not one of what else was chosen\n',
    })
    expect(await node([train, '--batch=0'])).toMatchObject({
      code: 2,
      errors: 'train.mjs: --batch: expected a whole number from 1, got "0"\n',
    })
    const wild = ['--layers=3', '--activation=elu', '--optimizer=sgd', '--optimizer.sgd.lr=1e300']
    expect(await node([train, ...wild])).toEqual({
      code: 3,
      output: '',
      errors: 'train.mjs: the loss became NaN in epoch 1\n',
    })
  })
})

describe('npm run demo', () => {
  const demo = path('scripts/demo.mjs')
  const options = ['--trials', '3', '--store', join(folder, 'demo.db')]

  it('searches, compares on held-out images and says how to look around; again, it is a new study', async () => {
    const first = await node([demo, ...options])
    // one link to the dashboard of each search, and nothing else
    expect(first).toMatchObject({
      code: 0,
      errors: expect.stringMatching(/^(dashboard: http:\/\/127\.0\.0\.1:\d+\/\?t=[\w-]+\n){2}$/),
    })
    const expected = [
      /^Parzen, 3 trials: parzen run examples\/digits\/sweep\.yaml/m,
      /^starting digits-1: 3 trials$/m,
      /^random search, 3 trials: parzen run examples\/digits\/sweep\.yaml --sampler random$/m,
      /^starting digits-1-random: 3 trials$/m,
      /^ {2}the script's defaults +93\.\d % +\d\d\.\d % ± \d\.\d +\d+\.\d errors in 599$/m,
      /^ {2}random search, best of 3 +\d+\.\d % +\d+\.\d % ± \d+\.\d +\d+\.\d errors in 599$/m,
      /^ {2}Parzen, best of 3 +\d+\.\d % +\d+\.\d % ± \d+\.\d +\d+\.\d errors in 599$/m,
      /^On held-out images Parzen's model is (\d+\.\d points (better|worse) than|as good as) the defaults,$/m,
      /^and (\d+\.\d points (better|worse) than|as good as) that of random search with the same 3 trials\.$/m,
      /^ {2}npx parzen best digits-1 --store .*demo\.db$/m,
    ]
    for (const pattern of expected) expect(first.output).toMatch(pattern)

    const second = await node([demo, ...options])
    expect(second.code).toBe(0)
    expect(second.output).toMatch(/^starting digits-2: 3 trials$/m)
  })

  it('is continued after Ctrl-C', async () => {
    const again = ['--trials', '4', '--parallel', '1', '--store', join(folder, 'interrupted.db')]
    // a process group of its own: Ctrl-C in a terminal reaches every process of it
    const child = spawn(process.execPath, [demo, ...again], { detached: true })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!/^trial 0 /m.test(output) && /^trial 0 /m.test(output + text)) process.kill(-(child.pid as number), 'SIGINT')
      output += text
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(code).toBe(130)
    expect(output).toMatch(/\nCut short\. `npm run demo` goes on from here\.\n$/)

    const continued = await node([demo, ...again])
    expect(continued.code).toBe(0)
    expect(continued.output).toMatch(/^Going on with digits-1, which was cut short\.$/m)
    expect(continued.output).toMatch(/^continuing digits-1: [123] of 4 trials done/m)
    expect(continued.output).toMatch(/^4 of 4 trials in .*: 4 complete$/m)
    expect(continued.output).toMatch(/^On held-out images/m)
  })

  it('explains itself, and refuses what it does not know', async () => {
    const { code, output } = await node([demo, '--help'])
    expect(code).toBe(0)
    expect(output).toMatch(/^npm run demo \[-- options\]\n/)
    const wrong = await node([demo, '--trials', 'many'])
    expect(wrong.code).toBe(2)
    expect(wrong.errors).toMatch(/^demo: --trials: expected a whole number from 1, got "many"\n/)
  })
})

const python = process.env['PARZEN_TEST_PYTHON']
if (!python) console.log('examples/sklearn, examples/pytorch: skipped, PARZEN_TEST_PYTHON names no Python with both')

describe.skipIf(!python).each([
  { name: 'sklearn', trials: 8, wholeOutput: /^accuracy=0\.\d{4} test_accuracy=0\.\d{4}\n$/ },
  {
    name: 'pytorch',
    trials: 8,
    wholeOutput: /^(epoch \d+: loss=\d+\.\d{4} accuracy=0\.\d{4}\n){10}test_accuracy=0\.\d{4}\n$/,
  },
])('examples/$name', ({ name, trials, wholeOutput }) => {
  // random draws depend on the seed alone: this is about the example, not about a sampler's luck
  it('is tuned by its arguments and what it prints, to a better model than its defaults', async () => {
    const train = path(`examples/${name}/train.py`)
    const store = join(folder, `${name}.db`)
    const options = ['--trials', String(trials), '--sampler', 'random', '--store', store, '--quiet']
    const { code, errors } = await parzen(['run', path(`examples/${name}/sweep.yaml`), ...options], {
      PYTHON: python ?? '',
    })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })

    const { output } = await run(python ?? '', [train])
    expect(output).toMatch(wholeOutput)
    const value = (metric: string, text: string) =>
      Number([...text.matchAll(new RegExp(`\\b${metric}=(\\S+)`, 'g'))].at(-1)?.[1])
    const found = await best(name, store)
    console.log(`${name}: defaults ${lastLine(output)}, best of ${trials}`, found.metrics)
    expect(found.values?.[0]).toBeGreaterThan(value('accuracy', output))

    const again = (await run(python ?? '', [train, ...asArgs(found.params)])).output
    expect(found.metrics['accuracy']).toBe(value('accuracy', again))
    expect(found.metrics['test_accuracy']).toBe(value('test_accuracy', again))
  })
})

describe.skipIf(!python)('examples/checkpoints', () => {
  const sweep = (name: string) => path(`examples/checkpoints/${name}.yaml`)
  const sweeps = async (file: string, store: string, ...options: readonly string[]) => {
    const { code, errors } = await parzen(['run', file, '--store', store, '--quiet', ...options], {
      PYTHON: python ?? '',
    })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
  }
  /** Epochs of each trial as they were reported, over all its attempts. */
  const epochs = async (study: string, store: string) => {
    const { output } = await parzen(['export', study, '--format', 'series', '--store', store])
    const found: { [trial: number]: number[] } = {}
    for (const line of output.trim().split('\n')) {
      const [trial, , step, , metric] = line.split(',')
      if (metric !== 'accuracy') continue
      found[Number(trial)] ??= []
      found[Number(trial)]?.push(Number(step))
    }
    return found
  }
  const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i)

  it('goes on after a pause where it was: no epoch is left out or done twice', async () => {
    const store = join(folder, 'asha.db')
    // one that nobody is better than: it is paused at its rungs and goes on when nothing else is left to do
    await sweeps(sweep('asha'), store, '--trials', '1', '--sampler', 'random')
    expect(await epochs('checkpoints-asha', store)).toEqual({ 0: range(1, 27) })
    const [trial] = await rows('checkpoints-asha', store)
    expect([trial?.state, (trial?.attempts.length ?? 0) > 1]).toEqual(['complete', true])
    const { output } = await parzen(['logs', 'checkpoints-asha', '0', '--store', store])
    expect(output).toMatch(/^goes on after epoch \d+$/m)
  })

  it('forks a population: each fork goes on from an epoch of its parent', async () => {
    const store = join(folder, 'population.db')
    const smaller = readFileSync(sweep('population'), 'utf8')
      .replace('population: 6', 'population: 3')
      .replace('parallel: 2', 'parallel: 3')
      .replace('train.py', path('examples/checkpoints/train.py'))
      .replace('../../clients/python', path('clients/python'))
    const file = join(folder, 'population.yaml')
    writeFileSync(file, smaller)
    await sweeps(file, store)
    const trials = await rows('checkpoints-population', store)
    expect(trials.filter(({ state }) => state === 'complete')).toHaveLength(3)
    const forks = trials.filter(({ parent }) => parent !== null)
    expect(forks.length).toBeGreaterThan(0)
    const done = await epochs('checkpoints-population', store)
    for (const { number, parent } of forks) {
      const own = done[number] ?? []
      // one whose parent was at its end has nothing left to do
      if (own.length > 0) expect(own).toEqual(range(own[0] as number, own.at(-1) as number))
      if (own.length > 0) expect(done[parent as number]).toContain((own[0] as number) - 1)
    }
  })
})
