/**
 * Optimisation quality beside the peers: ../shared/bench's run.py and report.py with our adapters.
 *
 * node bench/quality.mjs [--ours tpe,…] [--peers optuna,random] [--problems quick] [--seeds 5] [--budget 100]
 *                        [--pending 1] [--out FILE] [--jobs 2] [--per-problem]
 * `npm run build` first. Peers with `optuna` in their name need PEER_PYTHON. Figures: normalised regret, 0 is the best
 * known value, 1 a median random point. FILE is resumed if it exists.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

/** Names for options longer than a word; run.py splits commands at spaces, so the JSON has none. */
const OURS = { hyperopt_compat: '{"name":"tpe","compat":"hyperopt"}' }

const here = fileURLToPath(new URL('.', import.meta.url))

function benchFolder() {
  const folder = process.env['PARZEN_SHARED_BENCH'] ?? join(here, '../../shared/bench')
  if (!existsSync(join(folder, 'run.py'))) {
    throw new Error(`bench: expected run.py in ${folder}. Set PARZEN_SHARED_BENCH to the folder that has it.`)
  }
  return folder
}

/** @returns the text of report.py. */
export function quality(options = {}) {
  const { ours = ['tpe', 'hyperopt_compat'], peers = ['random'], problems = 'quick', seeds = 5, budget = 100 } = options
  const { pending = 1, jobs = 2, perProblem = false } = options
  const out = options.out ?? join(mkdtempSync(join(tmpdir(), 'parzen-quality-')), 'runs.jsonl')
  const folder = benchFolder()
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }
  for (const name of ours) {
    env[`BENCH_ADAPTER_parzen_${name}`] = `${process.execPath} ${join(here, 'adapter.mjs')} ${OURS[name] ?? name}`
  }
  const adapters = [...ours.map((name) => `parzen_${name}`), ...peers].join(',')
  const numbers = { seeds, budget, pending, jobs }
  const counts = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)])
  python(folder, env, ['run.py', '--adapters', adapters, '--problems', problems, '--out', out, ...counts])
  const report = ['report.py', out, '--against', `parzen_${ours[0]}`, ...(perProblem ? ['--per-problem'] : [])]
  return python(folder, env, report)
}

function python(cwd, env, args) {
  const run = spawnSync('python3', args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 26 })
  if (run.status !== 0) throw new Error(`${args[0]}: ${run.stdout}${run.stderr}`)
  // report.py's imports turn the rest of its output to standard error
  return run.stdout + run.stderr
}

/** The rows of a report after `n` evaluations: by adapter its mean and geometric mean of normalised regret. */
export function parseReport(text, n) {
  const section = text.split(/^-- after /m).find((part) => part.startsWith(`${n}\n`)) ?? ''
  const rows = {}
  for (const [, name, mean, geomean, rank] of section.matchAll(
    /^ {2}(\S+)\s+mean (\S+)\s+geomean (\S+)\s+rank (\S+)/gm,
  )) {
    rows[name] = { mean: Number(mean), geomean: Number(geomean), rank: Number(rank) }
  }
  return rows
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const string = { type: 'string' }
  const { values } = parseArgs({
    options: {
      ours: string,
      peers: string,
      problems: string,
      seeds: string,
      budget: string,
      pending: string,
      jobs: string,
      out: string,
      'per-problem': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log('node bench/quality.mjs [--ours tpe,random] [--peers optuna,random] [--problems quick] [--seeds 5]')
    console.log('                       [--budget 100] [--pending 1] [--out FILE] [--jobs 2] [--per-problem]')
  } else {
    const { ours, peers, 'per-problem': perProblem, ...rest } = values
    const defaultPeers = process.env['PEER_PYTHON'] ? ['optuna', 'random'] : ['random']
    const lists = { ...(ours ? { ours: ours.split(',') } : {}), peers: peers ? peers.split(',') : defaultPeers }
    process.stdout.write(quality({ ...rest, ...lists, perProblem }))
  }
}
