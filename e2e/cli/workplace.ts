import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const parzenPath = fileURLToPath(new URL('../../packages/platform/bin/parzen.mjs', import.meta.url))

export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder of its own with a sweep and a training script that waits for no one, or for the file `go`. */
export interface Workplace {
  readonly folder: string
  parzen(...args: readonly string[]): Promise<Result>
  start(...args: readonly string[]): { readonly process: ChildProcess; readonly result: Promise<Result> }
  write(name: string, text: string): void
  remove(): void
}

/** `x` is drawn from [0, 1], the loss is its distance from 0.3. */
export const sweep = `study: line
objective: { metric: loss, direction: minimize }
command: sh train.sh {x}
space:
  x: uniform(0, 1)
  kind:
    choice:
      plain: {}
      tuned: { depth: int(1, 3) }
budget: { trials: 6, parallel: 2 }
sampler: random
seed: 1
`

export const train = `echo "x is $1"
echo "warming up" >&2
awk -v x="$1" 'BEGIN { printf "{\\"step\\": 1, \\"loss\\": %.6f}\\n", (x > 0.3 ? x - 0.3 : 0.3 - x) }'
`

/** Ends when there is a file \`go\`; says that it has begun. */
export const trainThatWaits = `${train}
touch "began-$PARZEN_TRIAL"
while [ -e train.sh ] && [ ! -e go ]; do sleep 0.05; done
`

export function workplace(
  files: { readonly [name: string]: string } = {},
  folder = mkdtempSync(join(tmpdir(), 'parzen-cli-e2e-')),
): Workplace {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  for (const [name, text] of Object.entries({ 'sweep.yaml': sweep, 'train.sh': train, ...files })) write(name, text)
  const start = (...args: readonly string[]) => {
    const child = spawn(process.execPath, [parzenPath, ...args], { cwd: folder, env: cleanEnvironment() })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const result = new Promise<Result>((resolve) => {
      child.once('close', (code) => resolve({ code, stdout, stderr }))
    })
    return { process: child, result }
  }
  return {
    folder,
    write,
    start,
    parzen: (...args) => start(...args).result,
    // a run that has just been told to end may still be writing
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }),
  }
}

/** Without the dashboard of runs, which has a test of its own (`server.e2e.ts`). */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PARZEN_STORE: _store, PARZEN_DEBUG: _debug, FORCE_COLOR: _color, ...rest } = process.env
  return { ...rest, USER: 'me', NO_COLOR: '1', PARZEN_SERVE: 'no' }
}

/** Polls until it holds, for a minute at most. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const until = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > until) throw new Error(`did not happen within a minute: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
