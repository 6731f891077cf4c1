/**
 * `npm run demo`: tunes a real neural network on real data with the real command line, and says honestly what that was
 * worth: beside the training script's defaults, and beside random search with the same number of trials.
 */
import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { askParzen, showParzen, sweep, trainings } from './digits.mjs'
import { prepare, root } from './prepare.mjs'

const usage = `npm run demo [-- options]

Tunes examples/digits (a neural network that reads handwritten digits) with ${'`parzen run`'}: first with Parzen's default
sampler, then with random search for comparison, then trains the winners and the script's defaults from five seeds each
and counts errors on images that no search has seen. About a minute on two cores. Needs Node 20.19 and npm; installs
and builds what is missing.

Each demo is a new study (digits-1, digits-2, …) in .parzen/demo, with its own seed; one that was cut short is continued.

  --trials N      trials of each search (40)
  --parallel N    at the same time (the cores)
  --store PATH    instead of .parzen/demo/parzen.db
  --help`

const percent = (share) => `${(100 * share).toFixed(1)} %`
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[22m` : text)

const { trials, parallel, store } = readOptions()
prepare()
// Ctrl-C reaches parzen too, which ends in good order; this script then says how to go on
process.on('SIGINT', () => {})
try {
  await main()
} catch (error) {
  console.error(`demo: ${error.message}`)
  process.exitCode = 1
}

async function main() {
  const started = performance.now()
  const { name, seed, isContinued } = await nextStudy()
  const searches = [
    { study: name, title: 'Parzen', options: [] },
    { study: `${name}-random`, title: 'random search', options: ['--sampler', 'random'] },
  ]
  console.log(`\nHandwritten digits: 599 images to learn from, 599 to compare models by, 599 kept for the end.`)
  if (isContinued) console.log(`Going on with ${name}, which was cut short.`)
  for (const { study, title, options } of searches) {
    console.log(`\n${bold(`${title}, ${trials} trials`)}: parzen run examples/digits/sweep.yaml ${options.join(' ')}`)
    const limits = ['--trials', trials, ...(parallel ? ['--parallel', parallel] : [])]
    const code = await showParzen([
      'run',
      sweep,
      '--name',
      study,
      '--seed',
      seed,
      '--store',
      store,
      ...limits,
      ...options,
    ])
    if (code === 130) console.log('\nCut short. `npm run demo` goes on from here.')
    if (code !== 0) process.exit(code)
  }
  console.log(`\nTraining the script's defaults and both winners from five seeds each …`)
  const rows = [{ title: "the script's defaults", ...(await trainings({})) }]
  for (const { study, title } of searches.toReversed()) {
    const { params } = await askParzen(['best', study, '--store', store])
    rows.push({ title: `${title}, best of ${trials}`, ...(await trainings(params)) })
  }
  report(rows)
  console.log(`\nAll this took ${Math.round((performance.now() - started) / 1000)} s. Look around:${exploring(name)}`)
}

/** The study to run: the last one if it was cut short, else a new one. */
async function nextStudy() {
  const studies = existsSync(store) ? await askParzen(['list', '--store', store]) : []
  const numbers = studies.map(({ study }) => Number(/^digits-(\d+)$/.exec(study)?.[1] ?? 0))
  const last = Math.max(0, ...numbers)
  const isDone = (name) => studies.some(({ study, state }) => study === name && state === 'ended')
  const isContinued = last > 0 && !(isDone(`digits-${last}`) && isDone(`digits-${last}-random`))
  const number = isContinued ? last : last + 1
  return { name: `digits-${number}`, seed: String(number), isContinued }
}

function report(rows) {
  const [defaults, random, parzen] = rows
  console.log(`\n${'accuracy, mean of five trainings'.padEnd(34)}validation   held-out test images`)
  for (const { title, validation, test, spread } of rows) {
    const errors = `${(599 * (1 - test)).toFixed(1)} errors in 599`
    console.log(
      `  ${title.padEnd(32)}${percent(validation).padEnd(13)}${percent(test)} ± ${(100 * spread).toFixed(1)}   ${errors}`,
    )
  }
  console.log(`\n${bold(`On held-out images Parzen's model is ${versus(parzen, defaults)} the defaults`)},`)
  console.log(`${bold(`and ${versus(parzen, random)} that of random search with the same ${trials} trials`)}.`)
  for (const line of recorded()) console.log(line)
}

function versus(one, other) {
  const points = 100 * (one.test - other.test)
  if (Math.abs(points) < 0.05) return 'as good as'
  return `${Math.abs(points).toFixed(1)} points ${points < 0 ? 'worse' : 'better'} than`
}

/** Two searches are one throw of the dice; this is the record of several. */
function recorded() {
  const path = `${root}/examples/digits/comparison.json`
  if (!existsSync(path)) return []
  const { date, pairs, better, medianPoints } = JSON.parse(readFileSync(path, 'utf8'))
  return [
    `One pair of searches is one throw of the dice. Recorded over ${pairs.length} pairs on ${date}: better than random`,
    `search in ${better}, by ${medianPoints} points in the median (node scripts/compare-digits.mjs does it again).`,
  ]
}

function exploring(name) {
  const at = relative(process.cwd(), store)
  const commands = [
    `serve --store ${at}                    # the dashboard again: open the link it prints`,
    `show ${name} --store ${at}`,
    `best ${name} --store ${at}`,
    `export ${name} --format csv --store ${at}`,
    `verify ${name} --store ${at}`,
  ]
  return commands.map((command) => `\n  npx parzen ${command}`).join('')
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        trials: { type: 'string', default: '40' },
        parallel: { type: 'string' },
        store: { type: 'string', default: `${root}/.parzen/demo/parzen.db` },
        help: { type: 'boolean', default: false },
      },
    })
    for (const name of ['trials', 'parallel']) {
      if (values[name] !== undefined && !/^[1-9]\d*$/.test(values[name])) {
        throw new Error(`--${name}: expected a whole number from 1, got ${JSON.stringify(values[name])}`)
      }
    }
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    return values
  } catch (error) {
    console.error(`demo: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
}
