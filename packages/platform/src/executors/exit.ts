import { constants } from 'node:os'
import { join } from 'node:path'
import { readAttempt } from './attempt-folder.js'
import type { Exit } from './executor.js'
import { countMemoryKills } from './memory-evidence.js'
import { readOptional } from './process-identity.js'

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))

/** How an attempt ended whose processes are gone. */
export function exitOf(attempt: { readonly folder: string; readonly memoryKills: number }): Exit {
  const { ending } = readAttempt(attempt.folder)
  if (!ending) return { kind: 'lost' }
  if (ending.kind === 'kill') return { kind: ending.why }
  if (ending.kind === 'unstartable') {
    return { kind: 'unstartable', message: ending.message || shellMessage(attempt.folder) }
  }
  // a shell reports a command ended by signal s as 128 + s
  const signal = signalNames.get(ending.code - 128)
  if (signal === undefined) return { kind: 'code', code: ending.code }
  if (signal === 'SIGKILL' && countMemoryKills() > attempt.memoryKills) return { kind: 'memory' }
  return { kind: 'signal', signal }
}

/** What the shell wrote when it could not start the command: `/bin/sh: 1: exec: train.py: not found`. */
function shellMessage(folder: string): string {
  const line = readOptional(join(folder, 'stderr.log'))?.trim().split('\n').at(-1) ?? ''
  return line.replace(/^.*?(?:exec|cd): /, '') || 'the shell could not start it'
}
