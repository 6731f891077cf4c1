import type { WriteStream } from 'node:tty'
import picocolors from 'picocolors'

export type Colors = ReturnType<typeof picocolors.createColors>

/** Where the command line writes: the only place that knows standard output and error. */
export interface Terminal {
  /** One line to standard output. */
  print(line?: string): void
  /** To standard output as it is; resolves when more may be written. */
  write(text: string | Uint8Array): Promise<void>
  /** One line to standard error: what is not the result. */
  note(line: string): void
  writeNote(text: string | Uint8Array): Promise<void>
  /** Whether standard output is a terminal that can be redrawn in place. */
  readonly isLive: boolean
  /** Columns and rows; columns are unlimited if nobody looks. */
  size(): { readonly columns: number; readonly rows: number }
  /** For standard output. */
  readonly colors: Colors
  /** For standard error. */
  readonly noteColors: Colors
}

/** @param environment `NO_COLOR`, `FORCE_COLOR`, `TERM` count. */
export function openTerminal(
  out: NodeJS.WriteStream,
  err: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
): Terminal {
  const isLive = out.isTTY === true && environment['TERM'] !== 'dumb'
  return {
    print: (line = '') => void out.write(`${line}\n`),
    write: (text) => drained(out, text),
    note: (line) => void err.write(`${line}\n`),
    writeNote: (text) => drained(err, text),
    isLive,
    size: () => ({
      columns: out.isTTY ? out.columns || 80 : Number.POSITIVE_INFINITY,
      rows: out.isTTY ? out.rows || 24 : Number.POSITIVE_INFINITY,
    }),
    colors: picocolors.createColors(hasColors(out, environment)),
    noteColors: picocolors.createColors(hasColors(err, environment)),
  }
}

function drained(stream: NodeJS.WriteStream, text: string | Uint8Array): Promise<void> {
  if (stream.write(text)) return Promise.resolve()
  return new Promise((resolve) => void stream.once('drain', () => resolve()))
}

/** https://no-color.org: any non-empty value. */
function hasColors(stream: Partial<WriteStream>, environment: NodeJS.ProcessEnv): boolean {
  if (environment['NO_COLOR']) return false
  const forced = environment['FORCE_COLOR']
  if (forced) return forced !== '0'
  return stream.isTTY === true && environment['TERM'] !== 'dumb'
}
