import { ParzenError } from '@parzen/core'
import { CommanderError } from 'commander'
import { UNREACHABLE } from '../trial/api.js'

/** What `parzen` tells the shell; part of the interface. */
export const exitCode = {
  fine: 0,
  /** The study or its trials failed; `verify` found a difference. */
  failed: 1,
  /** The command line or a file it names is wrong. */
  usage: 2,
  /** The store, the machine or the network is in the way. */
  environment: 3,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Areas of `ParzenError.code` that are not the user's input. */
const environment = new Set(['store', 'executor', 'run'])

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.usage
  if (error instanceof ParzenError) {
    return error.code === UNREACHABLE || environment.has(error.code.split('/')[0] as string)
      ? exitCode.environment
      : exitCode.usage
  }
  return isSystemError(error) ? exitCode.environment : exitCode.failed
}

/** What Node throws for files, sockets and processes: the machine's fault, not a bug of ours. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
