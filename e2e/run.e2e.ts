import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, findStudy, openStudy, type Study, type StudySpec, type TrialRecord } from '@parzen/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunnerEvent, run } from '../packages/platform/src/runner/runner.js'
import { recordReader } from '../packages/platform/src/stores/attempt-records.js'
import { attemptFolder } from '../packages/platform/src/stores/folders.js'
import { openStore } from '../packages/platform/src/stores/open.js'
import type { Repository } from '../packages/platform/src/stores/series.js'
import { leftovers, printed, shellStudy, startRunner } from './fixtures/kill-loop.js'

let root: string
let store: Repository
let study: Study
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'parzen-run-'))
  store = await openStore(join(root, 'parzen.db'))
})
afterEach(async () => {
  expect(leftovers(root)).toEqual([])
  expect(checkHistory(await store.read('s', 0))).toEqual([])
  await store.close()
  rmSync(root, { recursive: true, force: true })
})

const specOf = (trials: number, job: object, more: Partial<StudySpec> = {}) =>
  shellStudy('s', root, { budget: { trials, parallel: 2 }, ...more }, job)

async function runStudy(spec: StudySpec, onEvent?: (event: RunnerEvent) => void): Promise<string | undefined> {
  study = await openStudy(store, spec)
  return run({ study, store, root, ...(onEvent ? { onEvent } : {}) }).done
}
const outcomes = () => study.state.trials.map(({ outcome }) => outcome)
const folderOf = (trial: number, attempt = 1) => attemptFolder(root, 's', { trial, attempt })

/** Polls for at most 30 s. */
async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('waited 30 s in vain')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('what a process sees', () => {
  it('is its parameters in every form, and its place', async () => {
    const space: StudySpec['space'] = {
      optimizer: { kind: 'categorical', choices: ['sgd'] },
      'optimizer.sgd.momentum': { kind: 'categorical', choices: [0.5], when: { optimizer: ['sgd'] } },
    }
    const command =
      'env | grep ^PARZEN_ | grep -v ^PARZEN_TEST_ | sort; cat "$PARZEN_PARAMS_FILE"; echo {args} {seed}; echo loss=1'
    expect(await runStudy(specOf(1, { command }, { space }))).toBe('1 trial done')
    const dir = folderOf(0)
    expect(readFileSync(join(dir, 'stdout.log'), 'utf8').split('\n')).toEqual([
      'PARZEN_ATTEMPT=1',
      'PARZEN_ATTEMPT_KEY=parzen-s-t0-a1',
      `PARZEN_CHECKPOINTS=${dir}/checkpoints`,
      `PARZEN_DIR=${dir}`,
      'PARZEN_PARAMS={"optimizer":{"choice":"sgd","momentum":0.5}}',
      `PARZEN_PARAMS_FILE=${dir}/params.json`,
      'PARZEN_PARAMS_FLAT={"optimizer":"sgd","optimizer.sgd.momentum":0.5}',
      'PARZEN_SEED=7',
      'PARZEN_STUDY=s',
      'PARZEN_TRIAL=0',
      `PARZEN_VERDICT_FILE=${dir}/verdict.json`,
      '{"optimizer":{"choice":"sgd","momentum":0.5}}',
      '--optimizer=sgd --optimizer.sgd.momentum=0.5 7',
      'loss=1',
      '',
    ])
  })

  it('is a GPU of its own', async () => {
    const command = 'echo $CUDA_VISIBLE_DEVICES >> devices; echo loss=1; sleep 0.1'
    await runStudy(specOf(6, { command, resources: { cpus: 1, gpus: 1 }, devices: ['x', 'y'] }))
    expect(new Set(readFileSync(join(root, 'devices'), 'utf8').trim().split('\n'))).toEqual(new Set(['x', 'y']))
    const launches = (await store.read('s', 0)).flatMap((event) =>
      event.type === 'trial-launched'
        ? [`+${event.trial}`]
        : event.type === 'trial-finished'
          ? [`-${event.trial}`]
          : [],
    )
    const using = new Map<string, string>()
    for (const launch of launches) {
      const trial = launch.slice(1)
      const [device] = JSON.parse(readFileSync(join(folderOf(Number(trial)), 'devices.json'), 'utf8')) as [string]
      if (launch.startsWith('-')) using.delete(trial)
      else {
        expect([...using.values()]).not.toContain(device)
        using.set(trial, device)
      }
    }
  })

  it('is what an earlier attempt has left in checkpoints', async () => {
    const command = `
      if [ -e "$PARZEN_CHECKPOINTS/state" ]; then echo "loss=$(cat "$PARZEN_DIR/checkpoints/state")"
      else mkdir "$PARZEN_CHECKPOINTS"; echo 42 > "$PARZEN_CHECKPOINTS/state"; exit 1; fi`
    await runStudy(specOf(1, { command, retries: { exit: 1 } }))
    expect(outcomes()).toEqual([{ state: 'complete', values: [42] }])
    expect(study.state.trials[0]?.attempts.map(({ cause, fault }) => [cause, fault])).toEqual([
      ['exit', 'user'],
      [undefined, undefined],
    ])
  })
})

describe('bad input', () => {
  it('a command that does not exist ends the run, and the trial waits for a better one', async () => {
    await expect(runStudy(specOf(50, { command: ['parzen-no-such', '{x}'] }))).rejects.toThrow(
      'command: expected one that can be started, got parzen-no-such: not found. correct it and run again: the trial was kept for that',
    )
    await expect(runStudy(specOf(50, { command: 'parzen-no-such {x}' }))).rejects.toThrow(
      'command: expected one that can be started, got exit code 127 (command not found): /bin/sh: 1: parzen-no-such: not found. correct it and run again: the trial was kept for that',
    )
    expect(study.state.finished).toEqual([])
    const causes = study.state.trials.map(({ attempts }) => attempts.map(({ cause, message }) => [cause, message]))
    expect(causes.length, JSON.stringify(causes)).toBeLessThanOrEqual(2)
    expect(await runStudy(specOf(4, { command: 'echo loss=1' }))).toBe('4 trials done')
    expect(outcomes()).toEqual(Array.from({ length: 4 }, () => ({ state: 'complete', values: [1] })))
  })

  it('a metric that never appears fails the trial and is named', async () => {
    expect(await runStudy(specOf(1, { command: `echo '{"los": 1, "n": 2}'; echo losss=3` }))).toBe('1 trial done')
    expect(outcomes()).toEqual([
      {
        state: 'failed',
        cause: 'nan',
        message: 'exit code 0, but metric loss was never reported: los, n were; did you mean los?',
      },
    ])
  })

  it('a script that never works is given up, and the rest of the budget waits for a better one', async () => {
    const warnings: string[] = []
    const onEvent = (event: RunnerEvent) => event.type === 'warning' && warnings.push(event.message)
    expect(await runStudy(specOf(20, { command: 'echo no such data >&2; exit 1' }), onEvent)).toBeUndefined()
    expect(warnings).toEqual([expect.stringContaining('10 trials have failed and none gave a result: stopped')])
    expect(study.state.stop?.by).toBe('parzen, after 10 failures without a result')
    const { length: spent } = study.state.finished
    expect(spent).toBeGreaterThanOrEqual(10)
    expect(spent).toBeLessThan(20)
    expect(await runStudy(specOf(20, { command: 'echo loss=1' }))).toBe('20 trials done')
    expect(outcomes().filter((outcome) => outcome?.state === 'complete').length).toBe(20 - spent)
  })

  it('two lines for one step are both kept and the last counts', async () => {
    await runStudy(specOf(1, { command: 'echo step=1 loss=3; echo step=1 loss=2' }))
    expect(outcomes()).toEqual([{ state: 'complete', values: [2] }])
    expect(study.state.trials[0]?.reports.map(({ step, metrics }) => [step, metrics['loss']])).toEqual([
      [1, 3],
      [1, 2],
    ])
  })

  it('numbers that are none fail the trial', async () => {
    await runStudy(specOf(1, { command: 'echo loss=1; echo loss=nan' }))
    expect(outcomes()).toEqual([{ state: 'failed', cause: 'nan', message: 'metric loss was NaN' }])
  })

  it('100 MB without a newline costs neither memory nor the metric, and the log is cut', async () => {
    const before = process.memoryUsage.rss()
    await runStudy(specOf(1, { command: 'head -c 100000000 /dev/zero | tr "\\0" x; echo; echo loss=1' }))
    expect(outcomes()).toEqual([{ state: 'complete', values: [1] }])
    expect(process.memoryUsage.rss() - before).toBeLessThan(60e6)
    expect(statSync(join(folderOf(0), 'stdout.log')).size).toBeLessThan(64 * 2 ** 20 + 100)
  })

  it('a timeout ends children that ignore TERM', async () => {
    const command = `trap '' TERM; (trap '' TERM; sleep 100) & setsid sleep 100 & sleep 100`
    await runStudy(specOf(1, { command, timeoutSeconds: 0.3, graceSeconds: 0.2 }))
    expect(outcomes()).toEqual([{ state: 'failed', cause: 'timeout', message: 'not done after 0.3 s' }])
  })

  it('an unknown placeholder is refused before anything is started', async () => {
    await expect(runStudy(specOf(1, { command: 'train {y}' }))).rejects.toThrow(
      'command: expected a parameter or one of args, params, trial, seed, dir, study, attempt in braces, got {y}.',
    )
    expect(study.state.trials).toEqual([])
  })

  it('a failing command fails its trials with its last words', async () => {
    await runStudy(specOf(2, { command: 'echo loss=1; echo Traceback >&2; echo "ValueError: no" >&2; exit 3' }))
    const failed = { state: 'failed', cause: 'exit', message: 'exit code 3: Traceback | ValueError: no' }
    expect(outcomes()).toEqual([failed, failed])
  })
})

it('keeps up with 10,000 metric lines a second', async () => {
  const script = `for (let s = 0; s < 20; s++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    let text = ''
    for (let i = 0; i < 1000; i++) text += 'step=' + (s * 1000 + i) + ' loss=' + i + '\\n'
    process.stdout.write(text)
  }`
  let whileRunning = 0
  await runStudy(specOf(1, { command: ['node', '--input-type=module', '-e', script] }), (event) => {
    if (event.type === 'reported') whileRunning = event.trial.reports.length
  })
  const trial = study.state.trials[0] as TrialRecord
  const steps: number[] = []
  for await (const records of recordReader(store.series, 's')(trial, 1, 0))
    steps.push(...records.map(({ step }) => step))
  expect(steps).toEqual(Array.from({ length: 20_000 }, (_, i) => i))
  expect(whileRunning).toBeGreaterThan(1000)
  // the journal has every step up to 1024, a share of the later ones, and the last
  expect(trial.reports.slice(0, 1024).map(({ step }) => step)).toEqual(steps.slice(0, 1024))
  expect(trial.reports.length).toBeLessThan(4000)
  expect(trial.reports.at(-1)).toMatchObject({ step: 19_999, metrics: { loss: 999 } })
})

it('warns of an option that would lack its value, and knows a form in which it does not', async () => {
  const space: StudySpec['space'] = {
    optimizer: { kind: 'categorical', choices: ['sgd', 'adam'] },
    'optimizer.sgd.momentum': { kind: 'categorical', choices: [0.5], when: { optimizer: ['sgd'] } },
  }
  const warnings = async (option: string) => {
    const said: string[] = []
    const command = `printf '%s ' {optimizer} ${option}; echo loss=1`
    await runStudy(
      specOf(2, { command }, { space, sampler: { name: 'grid' } }),
      (event) => event.type === 'warning' && said.push(event.message),
    )
    return said
  }
  expect(await warnings('{-m optimizer.sgd.momentum}')).toEqual([])
  expect([0, 1].map((trial) => readFileSync(join(folderOf(trial), 'stdout.log'), 'utf8')).sort()).toEqual([
    'adam loss=1\n',
    'sgd -m 0.5 loss=1\n',
  ])
  expect(await warnings('-m {optimizer.sgd.momentum}')).toEqual([
    'command: -m is without a value in trials that have no optimizer.sgd.momentum. write {-m optimizer.sgd.momentum}, which is left out then',
  ])
})

it('takes no result of another study of its name that ran in the same folder', async () => {
  const job = { command: 'echo {x} >> xs; echo loss={x}' }
  await runStudy(specOf(3, job))
  const before = outcomes()
  await store.close()
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(root, `parzen.db${suffix}`), { force: true })
  store = await openStore(join(root, 'parzen.db'))
  await runStudy(specOf(3, job, { seed: 8 }))
  expect(readFileSync(join(root, 'xs'), 'utf8').trim().split('\n')).toHaveLength(6)
  for (const { params, outcome } of study.state.trials) {
    expect(outcome).toEqual({ state: 'complete', values: [params['x']] })
    expect(before).not.toContainEqual(outcome)
  }
})

it('a process killed by somebody else is tried again as often as `killed` says', async () => {
  const command = `if [ $PARZEN_ATTEMPT = 1 ]; then kill -9 $$; fi; echo loss=1`
  await runStudy(specOf(1, { command, retries: { killed: 1 } }))
  expect(outcomes()).toEqual([{ state: 'complete', values: [1] }])
  expect(study.state.trials[0]?.attempts.map(({ cause, fault }) => [cause, fault])).toEqual([
    ['killed', 'user'],
    [undefined, undefined],
  ])
})

describe('stopping', () => {
  const slow = { command: 'echo $PARZEN_TRIAL >> starts; sleep 0.5; echo loss=1' }

  it('lets what runs finish when drained', async () => {
    study = await openStudy(store, specOf(20, slow))
    const running = run({ study, store, root })
    await until(() => study.state.trials.some(({ state }) => state === 'running'))
    running.drain()
    expect(await running.done).toBeUndefined()
    expect(study.state.running.size).toBe(0)
    const causes = study.state.trials.map(({ attempts }) => attempts.map(({ cause, message }) => [cause, message]))
    expect(causes.length, JSON.stringify(causes)).toBeLessThanOrEqual(2)
  })

  it('ends what runs when interrupted, and the next run continues it', async () => {
    study = await openStudy(store, specOf(3, slow))
    const running = run({ study, store, root })
    await until(() => [...study.state.running.values()].filter(({ state }) => state === 'running').length === 2)
    running.interrupt()
    expect(await running.done).toBeUndefined()
    expect(leftovers(root)).toEqual([])
    expect(study.state.trials.map(({ state, attempts }) => [state, attempts.length, attempts[0]?.cause])).toEqual([
      ['waiting', 2, 'killed'],
      ['waiting', 2, 'killed'],
    ])
    expect(await runStudy(specOf(3, slow))).toBe('3 trials done')
    expect(outcomes()).toEqual(Array.from({ length: 3 }, () => ({ state: 'complete', values: [1] })))
  })

  it('heeds another process that asks the study or a trial to stop', async () => {
    study = await openStudy(store, specOf(20, { command: 'sleep 100' }))
    const running = run({ study, store, root })
    await until(() => study.state.trials.filter(({ state }) => state === 'running').length === 2)
    const other = await openStore(join(root, 'parzen.db'))
    const asking = await findStudy(other, 's')
    await asking.commit(() => ({ events: [{ type: 'trial-stop-requested', trial: 0, by: 'ann' }], result: undefined }))
    await until(() => study.state.finished.length === 1)
    expect(study.state.trials[0]?.outcome).toEqual({ state: 'failed', cause: 'killed', message: 'stopped by ann' })
    await asking.commit(() => ({ events: [{ type: 'study-stop-requested', by: 'ann', now: true }], result: undefined }))
    await other.close()
    expect(await running.done).toBeUndefined()
    expect(study.state.finished).toHaveLength(1)
  })
})

describe('two runners', () => {
  it('never run one study at once; after the death of one the other takes over at once', async () => {
    const spec = specOf(2, { command: 'echo $PARZEN_TRIAL >> starts; sleep 2; echo loss=1' })
    const specFile = join(root, 'spec.json')
    writeFileSync(specFile, JSON.stringify(spec))
    const first = startRunner(specFile, join(root, 'parzen.db'))
    await printed(first, 2)
    await expect(runStudy(spec)).rejects.toThrow(
      `study s: expected nobody else to be running it, got process ${first.child.pid} on ${hostname()}. \`parzen stop s\` ends that run`,
    )
    first.child.kill('SIGKILL')
    await first.ended
    const events: string[] = []
    expect(await runStudy(spec, ({ type }) => events.push(type))).toBe('2 trials done')
    expect(events.slice(0, 2)).toEqual(['adopted', 'adopted'])
    expect(readFileSync(join(root, 'starts'), 'utf8').split('\n').sort()).toEqual(['', '0', '1'])
    expect(outcomes()).toEqual(Array.from({ length: 2 }, () => ({ state: 'complete', values: [1] })))
  })
})
