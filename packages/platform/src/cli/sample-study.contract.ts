import { memoryStore, type Outcome, openStudy, type Space, type Study, type StudySpec } from '@parzen/core'

const space: Space = {
  lr: { kind: 'float', low: 1e-5, high: 0.1, log: true },
  optimizer: { kind: 'categorical', choices: ['adam', 'sgd'] },
  'optimizer.sgd.momentum': { kind: 'float', low: 0, high: 0.99, when: { optimizer: ['sgd'] } },
}

export const spec: StudySpec = {
  name: 'digits',
  space,
  objectives: [{ metric: 'accuracy', direction: 'maximize' }],
  seed: 1,
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  budget: { trials: 8, parallel: 2 },
}

/** 2026-01-01T00:00:00Z */
export const START = 1_767_225_600_000

/** A study with a clock of its own, a second an event, and trials that a person chose. */
export async function sampleStudy(
  outcomes: readonly (Outcome | 'running' | 'waiting')[],
  changed: Partial<StudySpec> = {},
): Promise<Study> {
  let at = START
  const now = () => {
    at += 1000
    return at
  }
  const study = await openStudy(memoryStore(), { ...spec, ...changed }, { now, worker: 'me@here' })
  for (const [number, outcome] of outcomes.entries()) {
    const params = number % 2 === 0 ? { optimizer: 'adam' } : { optimizer: 'sgd', 'optimizer.sgd.momentum': 0.9 }
    await study.enqueue({ lr: 0.001 * (number + 1) + 1e-9, ...params })
    await study.ask()
    if (outcome === 'waiting') continue
    await study.launched(number, 1, null)
    await study.report(number, 1, { accuracy: 0.5, loss: Number.NaN })
    if (outcome === 'running') continue
    if (outcome.state === 'complete') await study.report(number, 2, { accuracy: outcome.values[0] as number })
    await study.tell(number, outcome)
  }
  return study
}

export const complete = (value: number): Outcome => ({ state: 'complete', values: [value] })
export const failed: Extract<Outcome, { state: 'failed' }> = { state: 'failed', cause: 'exit', message: 'exit code 1' }
