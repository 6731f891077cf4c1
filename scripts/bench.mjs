/**
 * `npm run bench`: time and memory of suggestions, and optimisation quality, against bench/baseline.json.
 *
 * Only ratios to something measured in the same run are compared, so that a busy machine does not fail it: a suggestion's
 * time to a reference computation's, a sampler's regret to random search's.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const baselineFile = new URL('../bench/baseline.json', import.meta.url)
/** A ratio this much above its baseline fails. */
const TOLERANCE = 1.2
/** A time ratio that is too high, or to be the baseline, is measured so often, and the least counts: noise only adds. */
const TIME_ATTEMPTS = 5

const HELP = `npm run bench -- [options]

  --only suggest|quality   one of the two
  --samplers tpe,gp        of these samplers (default: tpe)
  --seeds 3                for quality; the baseline holds for 3
  --update                 write the figures to bench/baseline.json
  --help

PEER_PYTHON=/path/to/python with optuna: Optuna's figures beside ours (about five minutes more).
A ratio more than 20 % above bench/baseline.json ends the command with 1.`

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    samplers: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    update: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}

execFileSync('npx', ['tsc', '-b', 'packages/core'], { cwd: root, stdio: 'inherit' })
const baseline = existsSync(baselineFile) ? JSON.parse(readFileSync(baselineFile, 'utf8')) : {}
const known = ['tpe']
const samplers = values.samplers?.split(',') ?? known
const figures = {}

if (values.only !== 'quality') await benchSuggestions()
if (values.only !== 'suggest') await benchQuality()

if (values.update) {
  const sorted = Object.fromEntries(Object.entries({ ...baseline, ...figures }).sort(([a], [b]) => a.localeCompare(b)))
  writeFileSync(baselineFile, JSON.stringify(sorted, null, 2) + '\n')
  console.log('bench/baseline.json written')
} else process.exitCode = compare() ? 0 : 1

async function benchSuggestions() {
  const { run, memory, table } = await import('../bench/suggest.bench.mjs')
  const rows = run({ samplers })
  const bytes = memory(samplers)
  console.log(table(rows, bytes))
  for (let attempt = 1; attempt < TIME_ATTEMPTS; attempt++) {
    for (const row of values.update ? rows : rows.filter(isSlow)) {
      const [again] = run({ samplers: [row.name], trials: [row.trials], parameters: [row.parameters], peers: false })
      row.ratio = Math.min(row.ratio, again.ratio)
    }
  }
  for (const row of rows) figures[timeKey(row)] = round(row.ratio)
  for (const { name, bytes: size } of bytes) figures[`bytes a trial, ${name}`] = Math.round(size)
}

function timeKey({ name, parameters, trials }) {
  return `time to reference, ${name}, ${parameters} parameters, ${trials} trials`
}

function isSlow(row) {
  return row.ratio > TOLERANCE * (baseline[timeKey(row)] ?? Infinity)
}

async function benchQuality() {
  const { quality, parseReport } = await import('../bench/quality.mjs')
  const peers = process.env['PEER_PYTHON'] ? ['optuna', 'random'] : ['random']
  const ours = samplers.filter((name) => name !== 'random')
  if (ours.length === 0) return
  const report = quality({ ours, peers, seeds: Number(values.seeds) })
  console.log(report)
  const rows = parseReport(report, 100)
  for (const name of ours) {
    const { mean, geomean } = rows[`parzen_${name}`]
    figures[`regret to random search, ${name}, mean`] = round(mean / rows.random.mean)
    figures[`regret to random search, ${name}, geometric mean`] = round(geomean / rows.random.geomean)
  }
}

/** @returns whether no figure is more than the tolerance above its baseline. */
function compare() {
  let fine = true
  for (const [name, figure] of Object.entries(figures)) {
    const before = baseline[name]
    if (before === undefined) continue
    const worse = figure > TOLERANCE * before
    if (worse) fine = false
    console.log(`${worse ? 'WORSE' : 'ok   '} ${name}: ${figure} (baseline ${before})`)
  }
  return fine
}

function round(ratio) {
  return Number(ratio.toPrecision(3))
}
