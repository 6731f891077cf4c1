import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessIdentity } from './process-identity.js'

/** What stands in an attempt's `claim`. */
export type Claim =
  | { readonly kind: 'none' }
  /** Made this moment, or by somebody who died between creating and writing it. */
  | { readonly kind: 'empty' }
  /** Nobody may run it any more. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'claimed'; readonly by: ProcessIdentity }

export function readClaim(folder: string): Claim {
  const text = readText(join(folder, 'claim'))
  if (text === undefined) return { kind: 'none' }
  if (!text.endsWith('\n')) return { kind: 'empty' }
  if (text === 'fenced\n') return { kind: 'fenced' }
  const [pid, boot, ...start] = text.trim().split(/\s+/)
  return { kind: 'claimed', by: { pid: Number(pid), boot: boot ?? '', start: start.join(' ') } }
}

/** When an attempt was claimed, in epoch milliseconds. */
export function claimedAt(folder: string): number {
  return statSync(join(folder, 'claim')).mtimeMs
}

/** Takes the claim so that nothing is ever run in this folder. @returns false if somebody has claimed it before. */
export function fence(folder: string): boolean {
  try {
    writeFileSync(join(folder, 'claim'), 'fenced\n', { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** How an attempt ended: the first whole line of its `record`, written by the shim or by the one who kills it. */
export type Ending =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'kill'; readonly why: 'timeout' | 'killed' }
  | { readonly kind: 'unstartable'; readonly message: string }

export function readEnding(folder: string): Ending | undefined {
  const text = readText(join(folder, 'record'))
  const end = text?.indexOf('\n') ?? -1
  if (text === undefined || end < 0) return undefined
  const line = text.slice(0, end)
  const [word = '', ...rest] = line.split(' ')
  if (word === 'exit') return { kind: 'exit', code: Number(rest[0]) }
  if (word === 'kill') return { kind: 'kill', why: rest[0] === 'timeout' ? 'timeout' : 'killed' }
  return { kind: 'unstartable', message: rest.join(' ') }
}

/** Appends a line to `record`: the kernel puts appends in one order, so exactly one of several is the first. */
export function appendEnding(folder: string, line: string): void {
  const file = openSync(join(folder, 'record'), 'a', 0o600)
  try {
    writeSync(file, `${line.replaceAll('\n', ' ')}\n`)
  } finally {
    closeSync(file)
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
