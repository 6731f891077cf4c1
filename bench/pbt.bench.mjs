/**
 * Population-based training beside searches for constants, at equal cost in steps: `node bench/pbt.bench.mjs [SEEDS]`.
 *
 * The task: stochastic gradient descent on a quadratic in 10 dimensions (curvatures 0.01 to 1, gradients with noise of sd 1), 400 steps; the learning rate
 * is tuned. Large rates are right at the beginning and small ones at the end, so no constant is as good as a schedule.
 * In the same order of trials: eight at a time, a step each in turn.
 */
import { memoryStore, openStudy, parentOf } from '../packages/core/dist/index.js'

const seeds = Number(process.argv[2] ?? 20)
const LAST = 400
const curvatures = Array.from({ length: 10 }, (_, i) => 10 ** ((-2 * i) / 9))

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** mulberry32: what the trainings draw has nothing to do with what is measured. */
function generator(seed) {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

async function search(sampler, seed, steps = Infinity) {
  const study = await openStudy(memoryStore(), {
    name: 'bench',
    space: { lr: { kind: 'float', low: 1e-4, high: 1, log: true } },
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    seed,
    sampler,
    pruner: { name: 'none' },
    budget: steps < Infinity ? { trials: Math.floor(steps / LAST) } : {},
  })
  const states = new Map()
  const running = []
  let cost = 0
  for (;;) {
    while (running.length < 8) {
      const next = (await study.promote()) ?? (await study.ask())?.number
      if (next === undefined) break
      if (!states.has(next)) {
        const parent = states.get(parentOf(study.state.trials[next]))
        states.set(next, {
          x: parent ? [...parent.x] : curvatures.map(() => 3),
          step: parent?.step ?? 0,
          random: generator(seed * 1000 + next),
        })
      }
      running.push(next)
    }
    if (running.length === 0) break
    for (const trial of [...running]) {
      const state = states.get(trial)
      const { lr } = study.state.trials[trial].params
      state.x = state.x.map((x, i) => x - lr * (curvatures[i] * x + normal(state.random)))
      state.step++
      cost++
      const loss = Math.min(
        1e9,
        state.x.reduce((sum, x, i) => sum + 0.5 * curvatures[i] * x * x, 0),
      )
      const verdict = await study.report(trial, state.step, { loss })
      if (verdict === 'continue' && state.step < LAST) continue
      running.splice(running.indexOf(trial), 1)
      if (verdict === 'pause') await study.pause(trial, study.state.trials[trial].attempts.length)
      else
        await study.tell(
          trial,
          verdict === 'prune' ? { state: 'pruned', reason: '' } : { state: 'complete', values: [loss] },
        )
    }
  }
  return { best: study.state.best.value, cost }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const found = { pbt: [], random: [], auto: [] }
const costs = []
for (let seed = 1; seed <= seeds; seed++) {
  const ours = await search({ name: 'pbt', population: 16, interval: 20, maxStep: LAST }, seed)
  found.pbt.push(ours.best)
  costs.push(ours.cost)
  for (const name of ['random', 'auto']) found[name].push((await search({ name }, seed, ours.cost)).best)
}
console.log(`${seeds} seeds, ${median(costs)} steps each (median)`)
for (const [name, values] of Object.entries(found)) {
  const worse = values.filter((value, i) => value > found.pbt[i]).length
  console.log(
    `${name.padEnd(8)} best loss, median ${median(values).toPrecision(3)}${name === 'pbt' ? '' : `, worse than pbt on ${worse} of ${seeds}`}`,
  )
}
