import { StringDecoder } from 'node:string_decoder'

export type LogStream = 'stdout' | 'stderr'

export interface LogJson {
  /** @returns the lines that are whole now, each as a line of JSON. */
  next(stream: LogStream, bytes: Buffer): string
  /** @returns what had no end of line. */
  end(): string
}

/** Logs as lines of JSON, `of` in each; bytes may come cut anywhere. */
export function logJson(of: { readonly study: string; readonly trial: number; readonly attempt: number }): LogJson {
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
  const rest = { stdout: '', stderr: '' }
  const asLine = (stream: LogStream, line: string) => `${JSON.stringify({ ...of, stream, line })}\n`
  return {
    next(stream, bytes) {
      const lines = (rest[stream] + decoders[stream].write(bytes)).split('\n')
      rest[stream] = lines.pop() ?? ''
      return lines.map((line) => asLine(stream, line)).join('')
    },
    end() {
      return (['stdout', 'stderr'] as const)
        .map((stream) => [stream, rest[stream] + decoders[stream].end()] as const)
        .map(([stream, line]) => (line === '' ? '' : asLine(stream, line)))
        .join('')
    },
  }
}
