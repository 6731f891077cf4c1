/** The Python package: its own tests, and real sweeps of scripts that use it. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StudyEvent } from '@parzen/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../packages/platform/src/stores/open.js'
import { cleanEnvironment, eventually, parzenPath, type Workplace, workplace } from './cli/workplace.js'

const client = fileURLToPath(new URL('../clients/python', import.meta.url))
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
      .flatMap((event) => event.reports.map(({ step }) => step)),
  )
}

const steps = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

describe.skipIf(!hasPython)('the Python package', () => {
  it('passes its own tests', () => {
    const env = { ...cleanEnvironment(), PARZEN_COMMAND: `${process.execPath} ${parzenPath}`, PYTHONPATH: client }
    const { status, stderr } = spawnSync('python3', ['-m', 'unittest', 'discover', '-s', join(client, 'tests')], {
      env,
      encoding: 'utf8',
    })
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
})
