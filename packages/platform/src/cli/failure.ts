import { ParzenError } from '@parzen/core'
import { CommanderError } from 'commander'
import { isSystemError } from './exit-code.js'

/** What a person is told of an error: never a stack trace, unless PARZEN_DEBUG asks for it. */
export function describeFailure(error: unknown, environment: NodeJS.ProcessEnv): string | undefined {
  if (error instanceof CommanderError) return undefined // commander has said it
  const trace = environment['PARZEN_DEBUG'] && error instanceof Error ? `\n${String(error.stack)}` : ''
  if (error instanceof ParzenError) return error.message + trace
  if (isSystemError(error)) return describeSystemError(error) + trace
  const what = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error)
  return `parzen: this is a bug: ${what}. ${trace ? 'its trace follows' : 'PARZEN_DEBUG=1 shows where'}${trace}`
}

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'does not exist',
  EACCES: 'is not permitted',
  EPERM: 'is not permitted',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'is a folder',
  ENOTDIR: 'has a file where a folder is needed',
  EMFILE: 'too many files are open',
}

function describeSystemError(error: NodeJS.ErrnoException): string {
  const where = error.path ?? error.syscall ?? 'system'
  return `${where}: ${reasons[error.code ?? ''] ?? error.message} (${error.code}, ${error.syscall})`
}
