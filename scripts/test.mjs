/**
 * `npm test`: every test that needs no outside service, with one closing line `N passed, N failed`.
 *
 * npm test                     everything
 * npm test -- unit             one project: unit, acceptance, e2e
 * npm test -- e2e crash        only files whose path contains "crash"
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepare, show } from './prepare.mjs'

const projects = ['unit', 'acceptance', 'e2e']
const [only, ...filters] = process.argv.slice(2)
if (only !== undefined && !projects.includes(only)) {
  console.error(`npm test: expected one of ${projects.join(', ')}, got ${only}`)
  process.exit(2)
}

prepare()
const folder = mkdtempSync(join(tmpdir(), 'parzen-test-'))
const count = { passed: 0, failed: 0, skipped: 0 }
const failures = []
let code = 0
for (const project of only ? [only] : projects) {
  const report = join(folder, `${project}.json`)
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const failed =
    show(process.execPath, ['node_modules/vitest/vitest.mjs', ...args, '--passWithNoTests', ...filters]) !== 0
  const result = JSON.parse(readFileSync(report, 'utf8'))
  count.passed += result.numPassedTests
  // a file that cannot even be loaded counts as one failure
  count.failed += Math.max(result.numFailedTests, failed ? 1 : 0)
  count.skipped += result.numPendingTests
  if (failed) code = 1
  for (const file of result.testResults) {
    if (file.message) failures.push(`${file.name}: ${file.message}`)
    for (const test of file.assertionResults) {
      if (test.status === 'failed') failures.push(`${file.name}: ${test.fullName}\n${test.failureMessages.join('\n')}`)
    }
  }
}
rmSync(folder, { recursive: true })
// once more at the end, where whoever sees only the tail of a long log finds them
for (const failure of failures) console.log(`FAILED ${failure.split('\n').slice(0, 12).join('\n')}\n`)
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exit(code)
