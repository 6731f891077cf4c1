/**
 * `node scripts/compare-digits.mjs`: the demo's comparison many times over, recorded in `examples/digits/comparison.json`
 * for the demo to quote. Searches go on where they were cut short (`--store`); delete the store to begin again.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { askParzen, mean, showParzen, sweep, trainings } from './digits.mjs'
import { prepare, root } from './prepare.mjs'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '10' },
    store: { type: 'string', default: `${root}/.parzen/compare-digits/parzen.db` },
  },
})
prepare()

async function search(sampler, seed) {
  const study = `${sampler}-${seed}`
  const at = ['--store', values.store]
  const options = ['--name', study, '--sampler', sampler, '--seed', String(seed), '--quiet']
  const code = await showParzen(['run', sweep, ...options, ...at])
  if (code !== 0) process.exit(code)
  const { params, value } = await askParzen(['best', study, ...at])
  const model = await trainings(params)
  console.log(`${study}: best ${value.toFixed(4)}, test ${model.test.toFixed(4)} ± ${model.spread.toFixed(4)}`)
  return { best: round(value), validation: round(model.validation), test: round(model.test) }
}

const defaults = await trainings({})
const pairs = []
for (let seed = 1; seed <= Number(values.pairs); seed++) {
  pairs.push({ seed, parzen: await search('auto', seed), random: await search('random', seed) })
}
const points = pairs.map(({ parzen, random }) => 100 * (parzen.test - random.test)).sort((a, b) => a - b)
const record = {
  what: 'accuracy of the best of 40 trials: on the validation images in the search (best), and of five trainings of it',
  command: `node scripts/compare-digits.mjs --pairs ${values.pairs}`,
  date: new Date().toISOString().slice(0, 10),
  commit: spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout.trim(),
  machine: `Node ${process.version}, ${availableParallelism()} cores`,
  defaults: { validation: round(defaults.validation), test: round(defaults.test) },
  better: points.filter((p) => p > 0).length,
  medianPoints: Number(median(points).toFixed(1)),
  meanPoints: Number(mean(points).toFixed(1)),
  betterThanDefaults: pairs.filter(({ parzen }) => parzen.test > defaults.test).length,
  pairs,
}
writeFileSync(`${root}/examples/digits/comparison.json`, `${JSON.stringify(record, null, 2)}\n`)
console.log(`better than random search in ${record.better} of ${pairs.length}, median ${record.medianPoints} points`)

function median(sorted) {
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

function round(x) {
  return Number(x.toFixed(4))
}
