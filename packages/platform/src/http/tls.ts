import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createSecureContext, type Server as SecureServer } from 'node:tls'
import { ParzenError } from '@parzen/core'

/** Files in PEM: the certificate with those that vouch for it, and its key. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export interface Tls {
  readonly cert: Buffer
  readonly key: Buffer
}

/** @throws ParzenError `http/tls` if they cannot be read, or do not belong together. */
export function readTls({ cert, key }: TlsFiles): Tls {
  const tls = { cert: read('--tls-cert', cert), key: read('--tls-key', key) }
  try {
    createSecureContext(tls)
  } catch (cause) {
    throw new ParzenError(
      'http/tls',
      `--tls-cert ${cert}: expected a certificate of that key, both in PEM, got ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
  return tls
}

const RENEWAL_MILLISECONDS = 3_600_000

/** Certificates are renewed every few weeks, and servers run for longer: reads them again each hour. @param server one with TLS. */
export function renewTls(server: Server, files: TlsFiles, onWarning: (message: string) => void): NodeJS.Timeout {
  return setInterval(() => {
    try {
      ;(server as unknown as SecureServer).setSecureContext(readTls(files))
    } catch (error) {
      onWarning((error as Error).message)
    }
  }, RENEWAL_MILLISECONDS).unref()
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new ParzenError(
      'http/tls',
      `${option} ${path}: expected a file that can be read, got ${(cause as NodeJS.ErrnoException).code}`,
      {
        cause,
      },
    )
  }
}
