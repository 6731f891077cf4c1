/** What the demo and the recorded comparison share: searches and trainings of `examples/digits` with the real command line. */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { root } from './prepare.mjs'

const parzen = `${root}/packages/platform/bin/parzen.mjs`
const train = `${root}/examples/digits/train.mjs`
export const sweep = `${root}/examples/digits/sweep.yaml`

/** How often each model is trained for the final comparison, each time from another seed. */
const TRAININGS = 5
/** Seed 1 is the one all trials of the sweep used. */
const seeds = Array.from({ length: TRAININGS }, (_, i) => i + 1)

/** Runs `parzen` with its output shown. @returns its exit code. */
export function showParzen(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [parzen, ...args], { stdio: 'inherit' })
    // Ctrl-C reaches it by itself, this does not
    const end = () => child.kill('SIGTERM')
    process.on('SIGTERM', end)
    child.on('error', reject)
    child.on('close', (code) => {
      process.off('SIGTERM', end)
      resolve(code ?? 1)
    })
  })
}

/** What `parzen … --json` says. @throws Error with what it printed if it failed. */
export async function askParzen(args) {
  return JSON.parse(await output([parzen, ...args, '--json']))
}

/**
 * Trains a model from several seeds, as many at once as there are cores.
 *
 * @param params by dotted name; none: the script's own defaults.
 * @returns mean accuracies on the validation and the test images, and the sample standard deviation of the latter.
 */
export async function trainings(params) {
  const args = Object.entries(params).map(([name, value]) => `--${name}=${value}`)
  const waiting = [...seeds]
  const results = []
  const work = async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const lines = (await output([train, ...args, `--seed=${seed}`])).trim().split('\n')
      results.push(JSON.parse(lines.at(-1)))
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  const test = results.map((result) => result.test_accuracy)
  return { validation: mean(results.map((result) => result.accuracy)), test: mean(test), spread: deviation(test) }
}

/** @throws Error also if a model diverges from one of the seeds: that is no model. */
function output(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    let errors = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
    })
    child.stderr.on('data', (chunk) => {
      errors += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`node ${args.join(' ')}: ${errors}`))))
  })
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function deviation(values) {
  const m = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (values.length - 1))
}
