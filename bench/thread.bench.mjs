/**
 * How long suggestions of `gp` hold up everything else of a process, in the main thread and in one of their own:
 * `node bench/thread.bench.mjs [TRIALS]`. The longest and the total time a timer of 1 ms came late, over 20 suggestions.
 */
import { memoryStore, openStudy } from '../packages/core/dist/index.js'
import { suggestionThread } from '../packages/platform/dist/runner/suggestion-thread.js'

const known = Number(process.argv[2] ?? 100)
const asked = 20
const names = Array.from({ length: 10 }, (_, i) => `x${i}`)
const spec = {
  name: 'thread',
  space: Object.fromEntries(names.map((name) => [name, { kind: 'float', low: 0, high: 1 }])),
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 1,
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  budget: {},
}
const lossOf = (params) => names.reduce((sum, name, i) => sum + (params[name] - i / 10) ** 2, 0)

for (const where of ['main thread', 'own thread']) {
  const store = memoryStore()
  const start = await openStudy(store, spec)
  await tryTrials(start, known)
  const elsewhere = suggestionThread({ onFailure: (error) => console.error(error.message) })
  const options = where === 'own thread' ? { elsewhere } : {}
  const study = await openStudy(store, { ...spec, sampler: { name: 'gp' } }, options)
  // the first fits all trials at once, wherever it is made
  await tryTrials(study, 2)
  const late = []
  let before = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    late.push(now - before - 1)
    before = now
  }, 1)
  const from = performance.now()
  await tryTrials(study, asked)
  const each = (performance.now() - from) / asked
  clearInterval(timer)
  late.push(performance.now() - before - 1)
  const held = late.filter((ms) => ms > 5).reduce((a, b) => a + b, 0)
  console.log(
    `${where}: ${each.toFixed(0)} ms a trial at ${known} known; a timer at most ${Math.max(...late).toFixed(0)} ms late, held up ${held.toFixed(0)} ms in all`,
  )
  await elsewhere.close()
}

async function tryTrials(study, count) {
  for (let i = 0; i < count; i++) {
    const trial = await study.ask()
    await study.tell(trial.number, { state: 'complete', values: [lossOf(trial.params)] })
    // as a runner does, whose trials take their time
    await new Promise(setImmediate)
  }
}
