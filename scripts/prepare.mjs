/** Installs what is missing and builds what is stale; every script of the repository starts here. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
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
  const code = build()
  if (code !== 0) process.exit(code)
}

/** Compiles, and bundles the dashboard into the platform's package if its sources, or what it is made of, are newer. */
export function build() {
  const code = show(process.execPath, ['node_modules/typescript/bin/tsc', '-b'])
  if (code !== 0) return code
  const built = `${root}/packages/platform/dashboard/report/index.html`
  const sources = ['packages/dashboard', 'packages/core/dist'].map((folder) => newest(`${root}/${folder}`))
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources)) return 0
  const args = [`${root}/node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'warn']
  const cwd = `${root}/packages/dashboard`
  return show(process.execPath, args, { cwd }) || show(process.execPath, [...args, '--mode', 'report'], { cwd })
}

function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || /(^|\/)(node_modules|dist)(\/|$)/.test(entry.parentPath.slice(folder.length))) continue
    latest = Math.max(latest, statSync(`${entry.parentPath}/${entry.name}`).mtimeMs)
  }
  return latest
}

function installed() {
  const mark = `${root}/node_modules/.package-lock.json`
  return existsSync(mark) && statSync(mark).mtimeMs >= statSync(`${root}/package-lock.json`).mtimeMs
}
