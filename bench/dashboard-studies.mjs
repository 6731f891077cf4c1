/** The studies that `dashboard.bench.mjs` opens. */
import { fromUnit } from '@parzen/core'

const AT = 1.7e12
const OBJECTIVES = [{ metric: 'loss', direction: 'minimize' }]

/** Appends events to the journal of a new study, some thousand at a time. */
async function write(store, spec, events) {
  let version = 0
  let batch = [{ at: AT, type: 'study-created', spec }]
  const flush = async () => {
    if (!(await store.append(spec.name, version, batch))) throw new Error('append refused')
    version += batch.length
    batch = []
  }
  for (const make of events) {
    batch.push(...make(version + batch.length))
    if (batch.length > 5000) await flush()
  }
  await flush()
}

/** Random trials of 10 parameters, one of them conditional. */
export async function fill(store, name, count) {
  const space = { kind: { kind: 'categorical', choices: ['a', 'b', 'c'] } }
  for (let i = 0; i < 8; i++) space[`x${i}`] = { kind: 'float', low: 1e-5, high: 1, log: true }
  space.depth = { kind: 'int', low: 1, high: 9, when: { kind: ['a'] } }
  let seed = 1
  const uniform = () => {
    seed = (seed * 48271) % 2147483647
    return seed / 2147483647
  }
  const spec = {
    name,
    space,
    objectives: OBJECTIVES,
    seed: 0,
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    budget: { trials: count + 100 },
  }
  const trials = Array.from({ length: count }, (_, trial) => (seen) => {
    const params = {}
    for (const [parameter, one] of Object.entries(space))
      if (parameter !== 'depth' || params.kind === 'a') params[parameter] = fromUnit(one, uniform())
    const loss = Math.abs(Math.log(params.x0) + 4) + uniform()
    return [
      { at: AT + trial, type: 'trial-started', trial, params, seen, worker: 'bench' },
      { at: AT + trial, type: 'trial-finished', trial, outcome: { state: 'complete', values: [loss] } },
    ]
  })
  await write(store, spec, trials)
}

/** Values of a run of `curves`: 20 steps of 2 metrics. */
export function curveOf(trial) {
  const lr = fromUnit(LR, ((trial * 7919) % 2000) / 2000)
  const points = Array.from({ length: 20 }, (_, step) => {
    const loss = Math.exp(-step * lr * 3) + 0.1 * Math.sin(trial * 12.9898 + step * 78.233)
    return { step, metrics: { loss, accuracy: 1 - loss / 2 } }
  })
  return { lr, points }
}

const LR = { kind: 'float', low: 1e-5, high: 1, log: true }

/** 2,000 trials of 2 metrics and 20 steps each, as TensorBoard was measured with. */
export async function fillCurves(store, name) {
  const spec = {
    name,
    space: { lr: LR },
    objectives: OBJECTIVES,
    seed: 0,
    sampler: { name: 'random' },
    pruner: { name: 'none' },
    budget: {},
  }
  const trials = Array.from({ length: 2000 }, (_, trial) => (seen) => {
    const { lr, points } = curveOf(trial)
    const reports = points.map(({ step, metrics }) => ({ at: AT + step, step, metrics }))
    const outcome = { state: 'complete', values: [points.at(-1).metrics.loss] }
    return [
      { at: AT, type: 'trial-started', trial, params: { lr }, seen, worker: 'bench' },
      { at: AT, type: 'trial-launched', trial, attempt: 1, handle: null },
      { at: AT, type: 'trial-reported', trial, attempt: 1, reports },
      { at: AT + 20, type: 'trial-finished', trial, outcome },
    ]
  })
  await write(store, spec, trials)
}
