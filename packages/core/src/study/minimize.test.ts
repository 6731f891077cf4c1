import { describe, expect, expectTypeOf, test } from 'vitest'
import { memoryStore } from '../journal/memory-store.js'
import type { SamplerFactory } from '../samplers/sampler.js'
import { choice, space, type TypedSpace, uniform } from '../space/build.js'
import { type Minimized, type MinimizeOptions, minimize } from './minimize.js'
import { verify } from './verify.js'

const line = space({ x: uniform(-5, 5) })

describe('minimize', () => {
  test('finds the least value, with the nested parameters and their types', async () => {
    const branches = space({ x: uniform(-5, 5), shift: choice({ by: { amount: uniform(0, 1) }, none: null }) })
    const result = await minimize(
      ({ x, shift }) => {
        expectTypeOf(x).toEqualTypeOf<number>()
        return (x - 3) ** 2 + (shift.choice === 'by' ? shift.amount : 1)
      },
      { space: branches, maxTrials: 60, seed: 3 },
    )
    expectTypeOf(result.best.nested.shift.choice).toEqualTypeOf<'by' | 'none'>()
    expect(result.trials).toHaveLength(60)
    const values = result.trials.map(({ outcome }) => (outcome?.state === 'complete' ? outcome.values[0] : Infinity))
    expect(result.best.value).toBe(Math.min(...(values as number[])))
    expect(result.best.params).toEqual(result.trials[result.best.number]?.params)
    expect(result.best.nested.x).toBe(result.best.params['x'])
    expect(result.study.state.ended).toBe('60 trials done')
  })

  test('maximizes on request, and stops at a target', async () => {
    const { best, trials } = await minimize(({ x }) => x, {
      space: line,
      direction: 'maximize',
      target: 4,
      sampler: 'random',
    })
    expect(best.value).toBeGreaterThanOrEqual(4)
    expect(trials.length).toBe(best.number + 1)
  })

  test('the same seed gives the same trials, and the journal replays', async () => {
    const store = memoryStore()
    const run = (name: string) => minimize(({ x }) => x ** 2, { space: line, maxTrials: 30, seed: 7, store, name })
    const [a, b] = [await run('a'), await run('b')]
    expect(a.trials.map((trial) => trial.params)).toEqual(b.trials.map((trial) => trial.params))
    expect(verify(await store.read('a', 0))).toEqual({ checked: 30, mismatches: [], foreign: [] })
  })

  test('a failed trial is not the end of the study', async () => {
    const { trials, best } = await minimize(
      ({ x }, { number }) => {
        if (number === 0) throw new Error('boom')
        if (number === 1) return Number.NaN
        if (number === 2) return undefined as unknown as number
        if (number === 3) return Promise.reject('text')
        return x
      },
      { space: line, maxTrials: 5 },
    )
    expect(trials.map((trial) => trial.outcome)).toEqual([
      { state: 'failed', cause: 'exit', message: 'boom' },
      { state: 'failed', cause: 'nan', message: 'the result was NaN' },
      { state: 'failed', cause: 'exit', message: 'expected a number from the objective, got nothing' },
      { state: 'failed', cause: 'exit', message: 'text' },
      { state: 'complete', values: [best.value] },
    ])
  })

  test('says so if no trial gave a value', async () => {
    const never = minimize(
      () => {
        throw new Error('no data')
      },
      { space: line, maxTrials: 2 },
    )
    await expect(never).rejects.toThrow(
      'minimize: expected at least one trial with a value, got none of 2. the last one: no data',
    )
  })

  test('runs as many at once as asked, exactly the budget', async () => {
    let running = 0
    let most = 0
    const numbers: number[] = []
    const { trials } = await minimize(
      async ({ x }, { number }) => {
        most = Math.max(most, ++running)
        numbers.push(number)
        for (let i = 0; i < 50; i++) await Promise.resolve()
        running--
        return x
      },
      { space: line, maxTrials: 23, parallel: 4 },
    )
    expect(most).toBe(4)
    expect(trials).toHaveLength(23)
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, i) => i))
  })

  test.each([
    ['a step below 0', -1, 1, 'report: expected a step >= 0, got -1'],
    ['a step that is no number', 'a', 1, 'report: expected a step >= 0, got "a"'],
    ['text as a metric', 1, { loss: '0.5' }, 'report: expected a number for loss, got "0.5"'],
    ['nothing', 1, {}, 'report: expected numbers by name, got {  }'],
    ['what is no metrics', 1, undefined, 'report: expected numbers by name, got nothing'],
  ])('a report of %s fails its trial, whether it is waited for or not', async (_, step, metrics, message) => {
    const { trials } = await minimize(
      async ({ x }, { number, report }) => {
        if (number === 0) return x
        const reported = report(step as number, metrics as number)
        if (number === 1) await reported
        return x
      },
      { space: line, maxTrials: 3 },
    )
    expect(trials.slice(1).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 2 }, () => ({ state: 'failed', cause: 'exit', message })),
    )
  })

  test('a metric returned that is no number fails its trial', async () => {
    const { trials } = await minimize(
      ({ x }, { number }) => ({ value: x, metrics: number === 0 ? {} : { speed: 'fast' as never } }),
      { space: line, maxTrials: 2 },
    )
    expect(trials[1]?.outcome).toEqual({
      ...{ state: 'failed', cause: 'exit' },
      message: 'report: expected a number for speed, got "fast"',
    })
  })

  test('keeps reports, metrics and constraints', async () => {
    const { trials, best } = await minimize(
      async ({ x }, trial) => {
        trial.report(0, x)
        await trial.report(1, { value: 2 * x, loss: 3 })
        return { value: trial.number, constraints: [trial.number === 0 ? 1 : -1], metrics: { size: 5 } }
      },
      { space: line, maxTrials: 2 },
    )
    const [first] = trials
    const x = first?.params['x'] as number
    expect(first?.reports.map(({ step, metrics }) => [step, metrics])).toEqual([
      [0, { value: x }],
      [1, { value: 2 * x, loss: 3 }],
      [2, { size: 5 }],
    ])
    // the first is better, but not feasible
    expect(best.number).toBe(1)
  })

  test('an abort ends it at once; a later call tries the interrupted trial again and goes on', async () => {
    const store = memoryStore()
    const controller = new AbortController()
    const first = await minimize(
      ({ x }, { number }) => {
        if (number < 3) return x
        controller.abort()
        return new Promise<number>(() => {})
      },
      { space: line, maxTrials: 6, store, signal: controller.signal },
    )
    expect(first.trials.map((trial) => trial.state)).toEqual(['complete', 'complete', 'complete', 'waiting'])

    const seen: number[] = []
    const second = await minimize(
      ({ x }, { number }) => {
        seen.push(number)
        return x
      },
      { space: line, maxTrials: 6, store },
    )
    expect(seen).toEqual([3, 4, 5])
    expect(second.trials.map((trial) => trial.state)).toEqual(Array(6).fill('complete'))
    const uninterrupted = await minimize(({ x }) => x, { space: line, maxTrials: 6 })
    expect(second.trials.map((trial) => trial.params)).toEqual(uninterrupted.trials.map((trial) => trial.params))
  })

  test('an aborted signal starts nothing', async () => {
    const never = minimize(({ x }) => x, { space: line, maxTrials: 5, signal: AbortSignal.abort() })
    await expect(never).rejects.toThrow('minimize: expected at least one trial with a value, got none of 0')
  })

  test('more trials than before go on where it ended', async () => {
    const store = memoryStore()
    const upTo = (maxTrials: number): Promise<Minimized<{ x: number }>> =>
      minimize(({ x }) => x, { space: line, maxTrials, store })
    expect((await upTo(3)).trials).toHaveLength(3)
    expect((await upTo(5)).trials).toHaveLength(5)
  })

  test('takes a sampler of ones own and tells each finished trial', async () => {
    const middle: SamplerFactory = () => ({ observe() {}, suggest: () => ({ params: { x: 0.5 } }) })
    const told: number[] = []
    const { best } = await minimize(({ x }) => x, {
      space: line,
      maxTrials: 3,
      sampler: middle,
      onTrial: (trial) => told.push(trial.number),
    })
    expect(best).toEqual({ number: 0, params: { x: 0.5 }, nested: { x: 0.5 }, value: 0.5 })
    expect(told).toEqual([0, 1, 2])
  })

  test('an error of the caller ends all workers and comes out', async () => {
    let calls = 0
    const broken = minimize(
      async ({ x }) => {
        calls++
        return x
      },
      {
        space: line,
        maxTrials: 1000,
        parallel: 3,
        onTrial: () => {
          throw new Error('mine')
        },
      },
    )
    await expect(broken).rejects.toThrow('mine')
    expect(calls).toBeLessThan(10)
  })

  test('refuses what is no space and budgets that are none', async () => {
    const raw = { x: uniform(0, 1) } as unknown as TypedSpace<{ x: number }>
    await expect(minimize(({ x }) => x, { space: line })).rejects.toThrow(
      'minimize: expected something that ends it, got no limit. give maxTrials, maxSeconds, target, patience, gain or a signal',
    )
    await expect(minimize(({ x }) => x, { space: line, maxSeconds: Number.NaN })).rejects.toThrow(
      'minimize: expected maxSeconds to be a finite number, got NaN',
    )
    await expect(minimize(({ x }) => x, { space: raw })).rejects.toThrow(
      'minimize: expected a space made with space({ … }), got { x }',
    )
    await expect(minimize(({ x }) => x, { space: line, maxTrials: 0 })).rejects.toThrow(
      'minimize: expected maxTrials to be a whole number above 0, got 0',
    )
    const untyped = (options: unknown) =>
      minimize(({ x }: { x: number }) => x, options as MinimizeOptions<{ x: number }>)
    await expect(untyped({ space: line, maxTrials: 3, direction: 'max' })).rejects.toThrow(
      'direction: expected minimize or maximize, got "max"',
    )
    await expect(untyped({ space: line, maxTrials: 3, seeed: 1 })).rejects.toThrow(
      'minimize: expected known options, got "seeed". did you mean seed?',
    )
    await expect(untyped(undefined)).rejects.toThrow('minimize: expected a space made with space({ … }), got nothing')
  })
})

test('stops trials that report too little to hope for', async () => {
  let steps = 0
  const { best, trials } = await minimize(
    async ({ x }, trial) => {
      for (let step = 1; step <= 9; step++) {
        steps++
        if ((await trial.report(step, Math.abs(x) + 1 / step)) !== 'continue') return 'pruned'
      }
      return Math.abs(x)
    },
    { space: line, maxTrials: 30, sampler: 'random', pruner: { name: 'asha', maxStep: 9, letThrough: 0 } },
  )
  const pruned = trials.filter(({ state }) => state === 'pruned')
  expect(pruned.length).toBeGreaterThan(10)
  expect(pruned[0]?.outcome).toMatchObject({ reason: expect.stringContaining('at rung 0') })
  expect(steps).toBeLessThan(0.7 * 30 * 9)
  expect(best.value).toBe(Math.min(...trials.map(({ params }) => Math.abs(params['x'] as number))))
})

test('names a pruner that does not exist', async () => {
  await expect(minimize(() => 1, { space: line, maxTrials: 1, pruner: 'medium' })).rejects.toThrow(
    'pruner: expected one of none, median,',
  )
})

test('trains a population in turns: pauses are no ends, and forks go on from the models of their parents', async () => {
  const models = new Map<number, { step: number; x: number }>()
  let steps = 0
  const { trials, best } = await minimize(
    async ({ lr }, trial) => {
      const from = models.get(trial.attempt > 1 ? trial.number : (trial.parent ?? -1)) ?? { step: 0, x: 1 }
      const model = { ...from }
      models.set(trial.number, model)
      while (model.step < 20) {
        steps++
        model.step++
        model.x *= 1 - lr
        if ((await trial.report(model.step, model.x)) !== 'continue') return 'pruned'
      }
      return model.x
    },
    {
      space: space({ lr: uniform(0.01, 0.2) }),
      maxTrials: 60,
      sampler: { name: 'pbt', population: 4, interval: 4, maxStep: 20 },
    },
  )
  const forks = trials.filter(({ memo }) => memo !== undefined)
  expect(trials.length - forks.length).toBe(4)
  expect(forks.length).toBeGreaterThan(0)
  expect(trials.filter(({ state }) => state === 'complete')).toHaveLength(4)
  expect(trials.some(({ attempts }) => attempts.length > 1)).toBe(true)
  // what is copied or was there before a pause is not trained again
  expect(steps).toBeLessThan(trials.length * 20)
  const constants = trials.slice(0, 4).map(({ params }) => (1 - (params['lr'] as number)) ** 20)
  expect(best.value).toBeLessThan(Math.min(...constants))
})
