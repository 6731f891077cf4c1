/** The Python package: its own tests, and real sweeps of scripts that use it. */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StudyEvent } from '@parzen/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../packages/platform/src/stores/open.js'
import { cleanEnvironment, eventually, parzenPath, type Workplace, workplace } from './cli/workplace.js'

const client = fileURLToPath(new URL('../clients/python', import.meta.url))
/** One with torch and scikit-learn, for what is tested with the real ones. */
const scientific = process.env['PARZEN_TEST_PYTHON']
if (!scientific)
  console.log('e2e/python: scikit-learn and the wheel skipped, PARZEN_TEST_PYTHON names no Python with both')
const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) console.log('e2e/python: skipped, there is no python3')

const sweep = `study: s
objective: { metric: loss, direction: minimize }
command: python3 train.py
space: { lr: uniform(0.1, 0.4), kind: { choice: { plain: {}, tuned: { depth: int(1, 3) } } } }
budget: { trials: 2, parallel: 2 }
sampler: random
trial: { retries: { killed: 1 }, environment: { PYTHONPATH: ${client} } }
`

/** Reports 60 steps, of which the first half waits for the file `go`; kills itself half-way in its first attempt if told so. */
const train = `import os, signal, time
from parzen import trial

lr = trial.params(lr=0.1).lr
for step in range(1, 61):
    trial.report(step=step, loss=1 / step + lr, wild=float("inf"))
    if step == 30:
        open(f"half-{trial.number}-{trial.attempt}", "w").close()
        while not os.path.exists("go"): time.sleep(0.01)
        if os.path.exists("suicide") and trial.attempt == 1: os.kill(os.getpid(), signal.SIGKILL)
trial.artifact("model.txt", str(lr))
`

const digits = `study: digits
objective: { metric: accuracy, direction: maximize }
command: ${scientific} train.py
space: { alpha: loguniform(1e-6, 1), penalty: choice(l1, l2) }
sampler: random
pruner: { name: asha, maxStep: 9, minStep: 1, eta: 3, promote: true, letThrough: 0 }
budget: { trials: 8, parallel: 2 }
trial: { environment: { PYTHONPATH: ${client} } }
`

const trainDigits = `from sklearn.datasets import load_digits
from sklearn.linear_model import SGDClassifier
from parzen import trial
from parzen.integrations.sklearn import partial_fit

x, y = load_digits(return_X_y=True)
x /= 16
model = SGDClassifier(alpha=trial.params.alpha, penalty=trial.params.penalty, random_state=trial.seed)
partial_fit(model, x[:1300], y[:1300], epochs=9, batch_size=8, score=lambda m: {"accuracy": m.score(x[1300:], y[1300:])})
`

const aboutPackage = `import importlib.metadata, json, os, parzen
from parzen import trial
folder = os.path.dirname(parzen.__file__)
about = importlib.metadata.metadata("parzen")
print(json.dumps({
    "trial": repr(trial),
    "typed": os.path.exists(os.path.join(folder, "py.typed")),
    "integrations": sorted(n[:-3] for n in os.listdir(os.path.join(folder, "integrations")) if n[0] != "_"),
    "name": about["Name"], "version": about["Version"], "needs": importlib.metadata.requires("parzen"),
    "python": about["Requires-Python"], "licence": about["License-Expression"] or about["License"],
}))`

let place: Workplace
beforeEach(() => {
  place = workplace({ 'sweep.yaml': sweep, 'train.py': train })
})
afterEach(() => place.remove())

const exists = (name: string) => {
  try {
    readFileSync(join(place.folder, name))
    return true
  } catch {
    return false
  }
}

async function reportsOf(attempt: number): Promise<number[][]> {
  const store = await openStore(join(place.folder, '.parzen/parzen.db'))
  const events = await store.read('s', 0)
  await store.close()
  return [0, 1].map((trial) =>
    events
      .filter((event): event is Extract<StudyEvent, { type: 'trial-reported' }> => event.type === 'trial-reported')
      .filter((event) => event.trial === trial && event.attempt === attempt)
      // beside what decides, the journal has the last of each other metric; the rest of those is in the series
      .flatMap((event) => event.reports.flatMap(({ step, metrics }) => ('loss' in metrics ? [step] : []))),
  )
}

const steps = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

describe.skipIf(!hasPython)('the Python package', () => {
  it('passes its own tests', () => {
    const env = { ...cleanEnvironment(), PARZEN_COMMAND: `${process.execPath} ${parzenPath}`, PYTHONPATH: client }
    const { status, stderr } = spawnSync(
      scientific ?? 'python3',
      ['-m', 'unittest', 'discover', '-s', join(client, 'tests')],
      {
        env,
        encoding: 'utf8',
      },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/\nRan \d{2,} tests in .*\n\nOK/) })
  })

  it('reports each step once and in order, also when the runner is killed with -9 in the middle', async () => {
    const first = place.start('run', 'sweep.yaml')
    await eventually('both are half-way', () => exists('half-0-1') && exists('half-1-1'))
    first.process.kill('SIGKILL')
    await first.result
    place.write('go', '')
    const { code, stderr } = await place.parzen('run', 'sweep.yaml')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(await reportsOf(1)).toEqual([steps(60), steps(60)])
    expect(await reportsOf(2)).toEqual([[], []])
    const folder = join(place.folder, '.parzen/studies/s/trial-0000/attempt-1')
    expect(JSON.parse(readFileSync(join(folder, 'sdk.json'), 'utf8'))).toEqual({ sdk: 'python/0.1.0' })
    expect(Number(readFileSync(join(folder, 'artifacts/model.txt'), 'utf8'))).toBeGreaterThan(0.1)
  })

  it('reports what a training that is killed with -9 had reported, and its next attempt from the start', async () => {
    place.write('suicide', '')
    place.write('go', '')
    const { code, stdout } = await place.parzen('run', 'sweep.yaml')
    expect(code, stdout).toBe(0)
    expect(await reportsOf(1)).toEqual([steps(30), steps(30)])
    expect(await reportsOf(2)).toEqual([steps(60), steps(60)])
  })

  it('lets a script run unchanged where nobody tunes', async () => {
    place.write('go', '')
    const child = spawn('python3', ['train.py'], {
      cwd: place.folder,
      env: { ...cleanEnvironment(), PYTHONPATH: client },
      stdio: 'inherit',
    })
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    expect(Number(readFileSync(join(place.folder, 'parzen-trial/artifacts/model.txt'), 'utf8'))).toBe(0.1)
  })

  it.skipIf(!scientific)(
    'pauses and promotes trainings of scikit-learn, which go on from their checkpoints',
    async () => {
      place.write('sweep.yaml', digits)
      place.write('train.py', trainDigits)
      const { code, stderr } = await place.parzen('run', 'sweep.yaml')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const store = await openStore(join(place.folder, '.parzen/parzen.db'))
      const events = await store.read('digits', 0)
      await store.close()
      const reports = events.filter((event) => event.type === 'trial-reported')
      const promoted = events.filter((event) => event.type === 'trial-promoted').map(({ trial }) => trial)
      expect(promoted.length).toBeGreaterThan(0)
      for (const trial of promoted) {
        const mine = reports
          .filter((event) => event.trial === trial)
          .flatMap((event) => event.reports.map(({ step }) => step))
        // no epoch twice, none left out
        expect(mine).toEqual(steps(mine.length))
      }
      const [study] = JSON.parse((await place.parzen('list', '--json')).stdout)
      expect(study).toMatchObject({ finished: 8, failed: 0, paused: 0 })
      expect(study.best.value).toBeGreaterThan(0.85)
    },
  )

  it.skipIf(!scientific)('is a wheel that a fresh Python installs without a network', () => {
    const run = (command: string, ...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(command, args, { cwd: place.folder, encoding: 'utf8' })
      expect({ command, args, status, stderr: status === 0 ? '' : stderr }).toEqual({
        command,
        args,
        status: 0,
        stderr: '',
      })
      return stdout
    }
    const offline = ['--no-index', '--no-deps', '--quiet', '--disable-pip-version-check']
    // a build leaves folders where the sources are
    cpSync(client, join(place.folder, 'source'), { recursive: true })
    run(scientific as string, '-m', 'pip', 'wheel', ...offline, '--no-build-isolation', '-w', 'wheels', './source')
    const [wheel, ...others] = readdirSync(join(place.folder, 'wheels'))
    expect([wheel, others]).toEqual(['parzen-0.1.0-py3-none-any.whl', []])
    run(scientific as string, '-m', 'venv', 'fresh')
    const fresh = join(place.folder, 'fresh/bin/python')
    run(fresh, '-m', 'pip', 'install', ...offline, join('wheels', wheel as string))
    expect(JSON.parse(run(fresh, '-I', '-W', 'error', '-c', aboutPackage))).toEqual({
      trial: '<trial outside a sweep>',
      typed: true,
      integrations: ['keras', 'lightgbm', 'lightning', 'sklearn', 'xgboost'],
      name: 'parzen',
      version: '0.1.0',
      needs: null,
      python: '>=3.8',
      licence: 'Apache-2.0',
    })
  })
})
