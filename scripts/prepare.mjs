/** Installs what is missing and builds what is stale; every script of the repository starts here. */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a command in the repository, its output shown, and gives its exit code. */
export function show(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (error) throw error
  return status ?? 1
}

export function prepare() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Parzen needs Node 20.19 or later; this is ${process.versions.node}.`)
    process.exit(2)
  }
  if (!installed()) {
    console.log('Installing dependencies (npm ci) …')
    const code = show('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
    if (code !== 0) {
      console.error('npm ci failed: is the npm registry reachable? Nothing else is downloaded.')
      process.exit(code)
    }
  }
  const code = show(process.execPath, ['node_modules/typescript/bin/tsc', '-b'])
  if (code !== 0) process.exit(code)
}

function installed() {
  const mark = `${root}/node_modules/.package-lock.json`
  return existsSync(mark) && statSync(mark).mtimeMs >= statSync(`${root}/package-lock.json`).mtimeMs
}
