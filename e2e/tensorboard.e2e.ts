/** Event files both ways, with the real TensorBoard, its web page in a real browser, and a real torch. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cleanEnvironment, eventually, parzenPath, type Workplace, workplace } from './cli/workplace.js'
import { chromiumPath, freePort, openBrowser, startUntil } from './tensorboard/browser.js'

const path = (relative: string) => new URL(relative, import.meta.url).pathname
const python = process.env['PARZEN_TEST_PYTHON']
const hasTensorboard = python !== undefined && spawnSync(python, ['-c', 'import tensorboard, torch']).status === 0
const hasBrowser = hasTensorboard && existsSync(chromiumPath)
// in CI, where the variable is set, what is missing fails
const withTensorboard = it.skipIf(python === undefined)
const withBrowser = it.skipIf(python === undefined || (!hasBrowser && !process.env['CI']))
if (!hasTensorboard) console.log('tensorboard: PARZEN_TEST_PYTHON names no Python with torch and tensorboard')

/** Reports over four steps; complete, failed at once, and failed in a first attempt. */
const sweep = `study: demo
objective: { metric: loss, direction: minimize }
command: [sh, train.sh, '{lr}', '{model}', '{attempt}', '{trial}']
space:
  lr: loguniform(1e-5, 0.1)
  units: int(8, 64)
  shuffle: choice(true, false)
  model:
    choice:
      small: { width: int(1, 4) }
      large: {}
budget: { trials: 8, parallel: 2 }
trial: { retries: { exit: 1 } }
sampler: random
seed: 3
`
const train = `for step in 1 2 3 4; do
  awk -v lr="$1" -v s="$step" 'BEGIN { printf "{\\"step\\": %d, \\"loss\\": %.6f, \\"seconds\\": %d}\\n", s, lr + (s - 3) ^ 2 / 8, s }'
done
[ "$4" != 2 ] || [ "$3" != 1 ] || exit 3
[ "$4" != 5 ] || exit 3
`

interface Seen {
  readonly files: { readonly [name: string]: number }
  readonly runs: { readonly [run: string]: { readonly [tag: string]: readonly (readonly [number, number])[] } }
  readonly hparams: {
    readonly name: string
    readonly columns: { readonly [name: string]: { type: string; interval: number[] | null; discrete: unknown[] } }
    readonly metrics: { readonly [tag: string]: string }
    readonly rows: {
      readonly [group: string]: {
        readonly hparams: { readonly [name: string]: unknown }
        readonly metrics: { readonly [tag: string]: number }
        readonly statuses: readonly string[]
      }
    }
  }
}

interface Row {
  readonly number: number
  readonly state: string
  readonly params: { readonly [name: string]: unknown }
  readonly values: readonly number[] | null
  readonly attempts: readonly { readonly number: number }[]
  readonly metrics: { readonly [name: string]: number }
}

let place: Workplace
beforeEach(() => {
  place = workplace({ 'sweep.yaml': sweep, 'train.sh': train })
})
afterEach(() => place.remove())

const logdir = () => join(place.folder, '.parzen/studies/demo/tensorboard')
const look = (folder = logdir()): Seen =>
  JSON.parse(execFileSync(python as string, [path('tensorboard/read_logs.py'), folder], { encoding: 'utf8' }))

async function rows(study: string): Promise<Row[]> {
  const { stdout } = await place.parzen('export', study, '--format', 'jsonl')
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

/** Each trial with all it has is in what TensorBoard sees, and nothing else is. */
async function expectAll(seen: Seen): Promise<void> {
  const trials = await rows('demo')
  const attempts = trials.flatMap((trial) => trial.attempts.map(({ number }) => ({ trial, number })))
  const name = (trial: number, attempt: number) =>
    `trial-${String(trial).padStart(4, '0')}${attempt === 1 ? '' : `-attempt-${attempt}`}`
  expect(Object.keys(seen.hparams.rows).sort()).toEqual(
    attempts.map(({ trial, number }) => name(trial.number, number)).sort(),
  )
  for (const { trial, number } of attempts) {
    const run = name(trial.number, number)
    const row = seen.hparams.rows[run]
    const isLast = number === trial.attempts.length
    expect({ run, hparams: row?.hparams }).toEqual({ run, hparams: trial.params })
    expect({ run, statuses: row?.statuses }).toEqual({
      run,
      statuses: [isLast && trial.state === 'complete' ? 'STATUS_SUCCESS' : 'STATUS_FAILURE'],
    })
    const lr = trial.params['lr'] as number
    const losses = [1, 2, 3, 4].map((step) => [step, expect.closeTo(lr + (step - 3) ** 2 / 8, 5)])
    expect(seen.runs[run]?.['loss']).toEqual(losses)
    expect(row?.metrics).toEqual({
      loss: losses[3]?.[1],
      seconds: 4,
      'objective/best': losses[2]?.[1],
      'objective/last': losses[3]?.[1],
    })
  }
}

describe('the log folder of a sweep', () => {
  withTensorboard('holds every trial, parameter, metric and status for TensorBoard itself', async () => {
    expect((await place.parzen('run')).code).toBe(0)
    const seen = look()
    await expectAll(seen)
    expect(seen.hparams.name).toBe('demo')
    expect(seen.hparams.columns).toEqual({
      lr: { type: 'DATA_TYPE_FLOAT64', interval: [1e-5, 0.1], discrete: [] },
      units: { type: 'DATA_TYPE_FLOAT64', interval: [8, 64], discrete: [] },
      shuffle: { type: 'DATA_TYPE_BOOL', interval: null, discrete: [true, false] },
      model: { type: 'DATA_TYPE_STRING', interval: null, discrete: ['small', 'large'] },
      'model.small.width': { type: 'DATA_TYPE_FLOAT64', interval: [1, 4], discrete: [] },
    })
    expect(seen.hparams.metrics).toEqual({
      'objective/best': 'best loss',
      'objective/last': 'last loss',
      loss: 'loss',
      seconds: 'seconds',
    })
    // written while it ran, and the same when written again, there or elsewhere
    const before = contents(logdir())
    const again = await place.parzen('tensorboard', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ study: 'demo', trials: 8, logdir: logdir() })
    expect(contents(logdir())).toEqual(before)
    await place.parzen('tensorboard', 'demo', '--logdir', 'elsewhere')
    expect(contents(join(place.folder, 'elsewhere'))).toEqual(before)
  })

  withTensorboard('is whole after the run was killed at any moment and went on', async () => {
    for (let kill = 0; kill < 4; kill++) {
      const run = place.start('run')
      const least = kill + 1
      await eventually('some logs', () => existsSync(logdir()) && Object.keys(contents(logdir())).length > least)
      run.process.kill('SIGKILL')
      await run.result
      // what is there is readable at once
      expect(Object.values(look().files).every((records) => records > 0)).toBe(true)
    }
    expect((await place.parzen('run')).code).toBe(0)
    await expectAll(look())
  })

  it('is not written if the sweep says so, and is by hand', async () => {
    place.write('sweep.yaml', `${sweep}tensorboard: false\n`)
    await place.parzen('run')
    expect(existsSync(logdir())).toBe(false)
    const { stdout } = await place.parzen('tensorboard', 'demo')
    expect(stdout).toBe('tensorboard --logdir .parzen/studies/demo/tensorboard --samples_per_plugin scalars=100000\n')
    // the attempts of eight trials, two of them tried twice, and the columns
    expect(Object.keys(contents(logdir()))).toHaveLength(11)
  })

  it('says what to do where there is no TensorBoard', async () => {
    await place.parzen('run')
    const nowhere = { ...cleanEnvironment(), PATH: dirname(process.execPath) }
    const run = spawnSync(process.execPath, [parzenPath, 'tensorboard', '--start'], {
      cwd: place.folder,
      env: nowhere,
      encoding: 'utf8',
    })
    if (spawnSync('tensorboard', ['--version'], { env: nowhere }).error === undefined) return
    expect(run.stderr).toContain(
      'tensorboard: expected a program of this name, got no such program. `pip install tensorboard`',
    )
    expect(run.status).not.toBe(0)
  })

  withBrowser('is shown by the web page of TensorBoard, started by `parzen tensorboard --start`', async () => {
    await place.parzen('run')
    const port = await freePort()
    const env = { ...cleanEnvironment(), PATH: `${dirname(python as string)}${delimiter}${process.env['PATH']}` }
    const args = [parzenPath, 'tensorboard', 'demo', '--start', '--port', String(port)]
    const server = await startUntil(process.execPath, args, { says: /http:\/\//, cwd: place.folder, env })
    const browser = await openBrowser()
    try {
      const page = await browser.context.newPage()
      await page.goto(`http://127.0.0.1:${port}/#hparams`)
      await page.getByText('trial-0002-attempt-2').first().waitFor()
      for (const column of ['lr', 'units', 'shuffle', 'best loss', 'last loss', 'seconds']) {
        await page.getByText(column, { exact: true }).first().waitFor()
      }
      const folder = path('../artifacts')
      mkdirSync(folder, { recursive: true })
      await page.screenshot({ path: join(folder, 'tensorboard-hparams.png') })
      await page.goto(`http://127.0.0.1:${port}/#timeseries`)
      await page.reload()
      await page.getByText('objective/best').first().waitFor()
      await page.screenshot({ path: join(folder, 'tensorboard-timeseries.png') })
    } finally {
      await browser.close()
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGTERM')
      await ended
    }
  })
})

describe('a script that only writes event files', () => {
  const torchSweep = (command: string, metrics: string) => `study: torch
objective: { metric: loss, direction: minimize }
command: ${command}
space: { x: uniform(0, 1) }
budget: { trials: 3, parallel: 2 }
trial: { metrics: ${metrics} }
sampler: random
seed: 1
`
  const script = path('tensorboard/train_torch.py')

  async function expectTuned(): Promise<void> {
    const { code, stdout, stderr } = await place.parzen('run')
    expect({ code, stdout, stderr }).toMatchObject({ code: 0 })
    const trials = await rows('torch')
    expect(trials).toHaveLength(3)
    for (const { params, values, state, metrics } of trials) {
      const loss = ((params['x'] as number) - 0.25) ** 2 + 1 / 5
      expect({ state, values }).toEqual({ state: 'complete', values: [expect.closeTo(loss, 6)] })
      expect(metrics).toEqual({ loss: expect.closeTo(loss, 6), 'train/loss': expect.closeTo(2 * loss, 6) })
    }
    expect((await place.parzen('verify', 'torch')).code).toBe(0)
  }

  withTensorboard('of torch is tuned with no line changed', async () => {
    const command = `"${python} ${script} --x {x} --logdir {dir}/logs"`
    place.write('sweep.yaml', torchSweep(command, '{ tensorboard: logs, tag: val/loss }'))
    await expectTuned()
  })

  withTensorboard('also where it makes up the name of its folder', async () => {
    const command = `'cd {dir} && ${python} ${script} --x {x}'`
    place.write('sweep.yaml', torchSweep(command, '{ tensorboard: "runs/*", tag: val/loss }'))
    await expectTuned()
  })

  withTensorboard('has each scalar once and in order, though the runner is killed', async () => {
    const command = `'${python} ${script} --x {x} --epochs 40 --logdir ./runs/{trial}'`
    place.write('sweep.yaml', torchSweep(command, '{ tensorboard: "./runs/{trial}", tag: val/loss }'))
    const first = place.start('run')
    await eventually(
      'an event file',
      () => existsSync(join(place.folder, 'runs/0')) && readdirSync(join(place.folder, 'runs/0')).length > 0,
    )
    first.process.kill('SIGKILL')
    await first.result
    expect((await place.parzen('run')).code).toBe(0)
    // the copy has what the journal has
    await place.parzen('tensorboard', 'torch')
    const seen = look(join(place.folder, '.parzen/studies/torch/tensorboard'))
    for (const trial of ['trial-0000', 'trial-0001', 'trial-0002']) {
      const steps = Array.from({ length: 40 }, (_, i) => i + 1)
      expect(seen.runs[trial]?.['loss']?.map(([step]) => step)).toEqual(steps)
      expect(seen.runs[trial]?.['train/loss']?.map(([step]) => step)).toEqual(steps)
    }
  })
})

describe('old runs as a study', () => {
  it('have the parameters, values and states they were logged with', async () => {
    await place.parzen('run')
    const { code, stdout } = await place.parzen(
      'import',
      'tensorboard',
      logdir(),
      '--minimize',
      'loss',
      '--study',
      'old',
    )
    expect({ code, first: stdout.split('\n')[0] }).toEqual({
      code: 0,
      first: 'old: 10 runs with 5 parameters of .parzen/studies/demo/tensorboard',
    })
    const before = await rows('demo')
    const after = await rows('old')
    for (const { params, values, metrics } of before) {
      const found = after.find((row) => row.params['lr'] === params['lr'] && row.state === 'complete')
      if (values === null) expect(found).toBeUndefined()
      else {
        expect(found?.params).toEqual(params)
        expect(found?.values).toEqual(values)
        expect(found?.metrics).toMatchObject(metrics)
      }
    }
    const space = async (study: string) =>
      JSON.parse((await place.parzen('show', study, '--json')).stdout).spec.space as { [name: string]: object }
    expect(await space('old')).toEqual(await space('demo'))
    expect((await place.parzen('verify', 'old')).code).toBe(0)
    expect((await place.parzen('analyze', 'old')).code).toBe(0)
    const again = await place.parzen('import', 'tensorboard', logdir(), '--minimize', 'loss', '--study', 'old')
    expect(again.stderr).toContain('study old: expected a new one, got one that is in this store already')
    expect(again.code).not.toBe(0)
  })

  withTensorboard('also those of torch, with add_hparams', async () => {
    for (const [name, x] of [
      ['a', '0.5'],
      ['b', '0.75'],
    ]) {
      const args = [
        path('tensorboard/train_torch.py'),
        '--x',
        x as string,
        '--logdir',
        join(place.folder, 'runs', name as string),
      ]
      execFileSync(python as string, args, { stdio: 'ignore' })
    }
    const { stdout } = await place.parzen('import', 'tensorboard', 'runs', '--minimize', 'val/loss', '--json')
    expect(JSON.parse(stdout)).toEqual({
      study: 'runs',
      trials: 2,
      params: ['x'],
      metrics: ['hparam/loss', 'train/loss', 'val/loss'],
    })
    expect((await rows('runs')).map(({ params, values }) => ({ params, values }))).toEqual([
      { params: { x: 0.5 }, values: [0.2625] },
      { params: { x: 0.75 }, values: [0.45] },
    ])
  })

  it('are not made of nothing', async () => {
    const { code, stderr } = await place.parzen('import', 'tensorboard', '.', '--minimize', 'loss', '--study', 's')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'import: expected event files (*tfevents*) with scalars in ., got none\n',
    })
  })
})

function contents(folder: string): { [name: string]: string } {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('tfevents'))
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'base64')]))
}
