/** Checks the direction of imports (docs/architecture.md): an import may only point to an earlier layer, or stay in its own. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { root } from './prepare.mjs'

const core = [['numerics'], ['space'], ['journal'], ['samplers', 'pruners'], ['analysis'], ['stopping'], ['study']]
const platform = [['stores', 'executors', 'spec', 'tensorboard', 'trial'], ['runner'], ['http'], ['cli']]
/** An earlier layer than its folder says, and why. */
const exceptions = {
  'core/error.ts': 'the one error, below everything',
}

const problems = [...check('packages/core/src', core), ...check('packages/platform/src', platform), ...forbidden()]
for (const problem of problems) console.error(problem)
process.exit(problems.length > 0 ? 1 : 0)

function check(folder, layers) {
  const layerOf = (path) => layers.findIndex((names) => names.includes(path.split('/')[0]))
  const found = []
  for (const file of files(join(root, folder))) {
    const from = relative(join(root, folder), file)
    if (!from.includes('/') || /\.(test|contract|acceptance)\.ts$/.test(from)) continue
    for (const target of imports(file)) {
      if (!target.startsWith('.')) {
        if (folder.includes('core')) found.push(`${folder}/${from}: core has no dependencies, but imports ${target}`)
        continue
      }
      const to = relative(join(root, folder), resolve(dirname(file), target))
      if (!to.includes('/')) {
        if (!exceptions[`core/${to.replace(/\.js$/, '.ts')}`]) found.push(`${folder}/${from}: imports ${to} from above`)
        continue
      }
      const [a, b] = [layerOf(from), layerOf(to)]
      const sibling = a === b && from.split('/')[0] !== to.split('/')[0]
      if (a === -1 || b === -1) found.push(`${folder}/${from}: ${a === -1 ? from : to} is in no layer`)
      else if (b > a || sibling) found.push(`${folder}/${from}: must not import ${to}`)
    }
  }
  return found
}

/** The core has no clock and no dice; one file is the exception for time stamps. */
function forbidden() {
  const found = []
  for (const file of files(join(root, 'packages/core/src'))) {
    if (/\.(test|contract|acceptance)\.ts$/.test(file) || file.endsWith('study/clock.ts')) continue
    const text = readFileSync(file, 'utf8')
    for (const word of ['Date.now', 'new Date(', 'Math.random', 'performance.now']) {
      if (text.includes(word)) found.push(`${relative(root, file)}: the core must not use ${word}`)
    }
  }
  return found
}

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}

function imports(file) {
  return [
    ...readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3])
}
