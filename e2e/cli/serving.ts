import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { cleanEnvironment, parzenPath, type Workplace } from './workplace.js'

/** `parzen serve` of a workplace. */
export interface Serving {
  readonly process: ChildProcess
  readonly url: string
}

/** @returns once it listens; on the port it had before, if there was one. */
export async function serve({ folder }: Workplace): Promise<Serving> {
  const child = spawn(process.execPath, [parzenPath, 'serve', '--json'], {
    cwd: folder,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { process: child, url: (JSON.parse(line) as { url: string }).url }
}

/** With -9. */
export async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

/** What programs of the same user find the server by. */
export function server({ folder }: Workplace): Record<'url' | 'token', string> {
  return JSON.parse(readFileSync(join(folder, '.parzen/server.json'), 'utf8'))
}

/** `parzen worker` for the server of a workplace, in a folder that is elsewhere; what it prints is told when it has ended. */
export function worker(place: Workplace, folder: string, args: readonly string[], more: object = {}) {
  const env = { ...cleanEnvironment(), PARZEN_URL: server(place).url, PARZEN_TOKEN: server(place).token, ...more }
  const child = spawn(process.execPath, [parzenPath, 'worker', ...args], { cwd: folder, env })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, text }))
  })
  return { child, ended }
}

export async function call<T>(place: Workplace, method: string, route: string, body?: unknown): Promise<T> {
  const { url, token } = server(place)
  const response = await fetch(`${url}/api/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return (await response.json()) as T
}
