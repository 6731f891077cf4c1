/**
 * `npm run check`: types, lint and format, import direction, lock file, unit and contract tests. Under a minute.
 * `--static` leaves the tests out; anything else is passed to vitest.
 */
import { readFileSync } from 'node:fs'
import { prepare, root, show } from './prepare.mjs'

const node = process.execPath
const steps = [
  ['types', () => show(node, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json'])],
  ['lint and format', () => show(node, ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'])],
  ['import direction', () => show(node, ['scripts/layers.mjs'])],
  ['lock file', lockFile],
  [
    'unit and contract tests',
    () => show(node, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', ...process.argv.slice(2)]),
  ],
]

const [first] = process.argv.slice(2)
prepare()
for (const [name, run] of first === '--static' ? steps.slice(0, -1) : steps) {
  const started = Date.now()
  if (run() !== 0) {
    console.error(`check failed: ${name}`)
    process.exit(1)
  }
  console.log(`✓ ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}

/** Addresses in the lock file would tie a clone to one registry. */
function lockFile() {
  const text = readFileSync(`${root}/package-lock.json`, 'utf8')
  const found = text.match(/"resolved": "http[^"]*"/)
  if (found) console.error(`package-lock.json: expected no resolved addresses, got ${found[0].slice(0, 20)}…`)
  return found ? 1 : 0
}
