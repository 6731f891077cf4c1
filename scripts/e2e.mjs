/** `npm run e2e [-- filter …]`: the end-to-end tests: the real command line, real processes, a real database. */
import { prepare, show } from './prepare.mjs'

prepare()
process.exit(
  show(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', ...process.argv.slice(2)]),
)
