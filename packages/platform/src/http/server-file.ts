import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What other processes of this user find a store's server by; readable for its owner alone. */
export interface ServerFile {
  readonly url: string
  readonly pid: number
  readonly token: string
}

const pathIn = (root: string) => join(root, 'server.json')

/** @param root the folder of the store. @returns undefined if there was no server yet, or its file is damaged. */
export function readServerFile(root: string): ServerFile | undefined {
  try {
    return JSON.parse(readFileSync(pathIn(root), 'utf8')) as ServerFile
  } catch {
    return undefined
  }
}

export function writeServerFile(root: string, file: ServerFile): void {
  rmSync(pathIn(root), { force: true })
  writeFileSync(pathIn(root), `${JSON.stringify(file)}\n`, { mode: 0o600 })
}

const ANSWER_MILLISECONDS = 2000

/** A fresh one-use link of the server that serves this store now; undefined if none does. */
export async function linkOfRunning(root: string): Promise<string | undefined> {
  const file = readServerFile(root)
  if (!file) return undefined
  try {
    const response = await fetch(`${file.url}/api/v1/links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${file.token}` },
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    })
    const { link } = (await response.json()) as { readonly link?: unknown }
    return response.ok && typeof link === 'string' ? link : undefined
  } catch {
    // nobody listens there, or somebody else does
    return undefined
  }
}
