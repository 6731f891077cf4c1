import { execFile } from 'node:child_process'
import { availableParallelism, totalmem } from 'node:os'
import { promisify } from 'node:util'
import { count, formatNumber } from './format/number.js'

export interface Check {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly detail: string
  /** What to do; null if all is well. */
  readonly hint: string | null
}

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, hint: null }
}

export function notOk(status: 'warn' | 'fail', name: string, [detail, hint]: readonly [string, string]): Check {
  return { name, status, detail, hint }
}

export async function machineChecks(): Promise<Check[]> {
  return [nodeCheck(process.versions.node), coresCheck(), await shellCheck(), await gpuCheck(), await pythonCheck()]
}

const OLDEST = [20, 19] as const

function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
  if (!isOld) return ok('node', version)
  return notOk('fail', 'node', [`expected ${OLDEST.join('.')} or newer, got ${version}`, 'install a newer Node.js'])
}

function coresCheck(): Check {
  return ok('cores', `${count(availableParallelism(), 'core')}, ${gigabytes(totalmem())} of memory`)
}

async function shellCheck(): Promise<Check> {
  if ((await output('sh', ['-c', 'echo fine'])) === 'fine') return ok('shell', 'sh works')
  return notOk('fail', 'shell', ['expected a POSIX sh on the PATH, got none that works', 'local trials need it'])
}

async function gpuCheck(): Promise<Check> {
  const listing = await output('nvidia-smi', ['-L'])
  if (listing === undefined) return ok('gpus', 'none found (no nvidia-smi that works); trials run on the CPU')
  const names = listing.split('\n').flatMap((line) => /^GPU \d+: (.*?) \(UUID/.exec(line)?.[1] ?? [])
  return ok('gpus', `${names.length} found: ${names.join(', ')}`)
}

async function pythonCheck(): Promise<Check> {
  for (const name of ['python3', 'python']) {
    const version = await output(name, ['--version'])
    if (version?.startsWith('Python 3')) return ok('python', `${version} (${name})`)
  }
  return notOk('warn', 'python', ['no Python 3 on the PATH', 'only training scripts in Python need it'])
}

/** What a program prints, trimmed; undefined if it is missing, fails or takes more than ten seconds. */
async function output(command: string, args: readonly string[]): Promise<string | undefined> {
  return promisify(execFile)(command, args, { timeout: 10_000 }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  )
}

export function gigabytes(bytes: number): string {
  return `${formatNumber(bytes / 2 ** 30, 3)} GB`
}
