import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessIdentity } from './process-identity.js'

/** Who runs the attempt of a folder: the first line of its file `claim`. */
export type Claim =
  | { readonly kind: 'none' }
  /** Made this moment, or by somebody who died between creating and writing it. */
  | { readonly kind: 'empty' }
  /** Nobody may run it any more. */
  | { readonly kind: 'fenced' }
  | { readonly kind: 'claimed'; readonly by: ProcessIdentity }

/** How it ended: the second line, whoever was first to write one: the shim, or the one who kills it. */
export type Ending =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'kill'; readonly why: 'timeout' | 'killed' }
  | { readonly kind: 'unstartable'; readonly message: string }

export interface AttemptFile {
  readonly claim: Claim
  readonly ending: Ending | undefined
  /** Whether its owner is done with it, however it ended. */
  readonly isOver: boolean
}

export function readAttempt(folder: string): AttemptFile {
  const text = readText(claimPath(folder))
  if (text === undefined) return { claim: { kind: 'none' }, ending: undefined, isOver: false }
  // what stands behind the last newline is torn
  const [first, ...rest] = text.split('\n').slice(0, -1)
  return {
    claim: first === undefined ? { kind: 'empty' } : parseClaim(first),
    ending: rest[0] === undefined ? undefined : parseEnding(rest[0]),
    isOver: rest.some((line) => line.startsWith('exit ')),
  }
}

export function claimPath(folder: string): string {
  return join(folder, 'claim')
}

/** When an attempt was claimed and until it has an ending, in epoch milliseconds. */
export function claimedAt(folder: string): number {
  return statSync(claimPath(folder)).mtimeMs
}

/** Takes the claim so that nothing is ever run in this folder. @returns false if somebody has claimed it before. */
export function fence(folder: string): boolean {
  try {
    writeFileSync(claimPath(folder), 'fenced\n', { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Adds a line to a whole claim. The kernel puts appends in one order, so exactly one of several is the first. */
export function appendEnding(folder: string, line: string): void {
  const file = openSync(claimPath(folder), 'a', 0o600)
  try {
    writeSync(file, `${line.replaceAll('\n', ' ')}\n`)
  } finally {
    closeSync(file)
  }
}

function parseClaim(line: string): Claim {
  const [pid, boot = '', ...start] = line.split(/\s+/)
  return pid === 'fenced'
    ? { kind: 'fenced' }
    : { kind: 'claimed', by: { pid: Number(pid), boot, start: start.join(' ') } }
}

function parseEnding(line: string): Ending {
  const [word = '', ...rest] = line.split(' ')
  if (word === 'exit') return { kind: 'exit', code: Number(rest[0]) }
  if (word === 'kill') return { kind: 'kill', why: rest[0] === 'timeout' ? 'timeout' : 'killed' }
  return { kind: 'unstartable', message: rest.join(' ') }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
