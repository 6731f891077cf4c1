import type { AddressInfo } from 'node:net'
import { ParzenError } from '@parzen/core'
import type { FastifyInstance } from 'fastify'
import type { Repository } from '../stores/series.js'
import { analysisThread } from './analysis-thread.js'
import { attempts, MOST_ATTEMPTS } from './attempts.js'
import { checkExposure, urlsOf } from './exposure.js'
import { leases } from './leases.js'
import { oneUseLinks } from './one-use-links.js'
import { server } from './server.js'
import { readServerFile, writeServerFile } from './server-file.js'
import { keyOf } from './server-key.js'
import { openStudies } from './studies.js'
import { readTls, renewTls, type TlsFiles } from './tls.js'
import { tokenRegister } from './token-register.js'
import { type Token, tokens } from './tokens.js'
import { verifications } from './verifications.js'

export interface ListenOptions {
  readonly store: Repository
  /** Absolute; the folder of the store. */
  readonly root: string
  readonly version: string
  /** Default: the port of this store's last server if it is free, else any. */
  readonly port?: number | undefined
  /** An address of this machine; default 127.0.0.1. */
  readonly address?: string | undefined
  readonly allowedHosts?: readonly string[]
  readonly tls?: TlsFiles | undefined
  /** A proxy with TLS stands before it and says from whom requests come. */
  readonly isBehindProxy?: boolean
  /** Whether callers may say which commands are run on this machine. */
  readonly allowDefine?: boolean
  /** Of one program alone: no file tells others where it is. */
  readonly isPrivate?: boolean
  /** Opens studies before anybody asks for them: for a server that lasts. */
  readonly isEager?: boolean
  /** Who writes, for journals. */
  readonly worker: string
  readonly start: (study: string) => Promise<boolean>
  /** Sees to its end what a runner that died has left running; false if somebody else does. Default: no trials are run here. */
  readonly windDown?: (study: string) => Promise<boolean>
  readonly onError: (error: unknown, where: string) => void
  /** Hears of what whoever looks after the server should know. */
  readonly onWarning?: (message: string) => void
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number
}

export interface Listening {
  /** For programs of this machine. */
  readonly url: string
  /** What the API is for others. */
  readonly publicUrl: string
  /** Of a user. */
  readonly token: string
  /** An address that opens the dashboard once, within 15 minutes. */
  link(): string
  close(): Promise<void>
}

const OWN_TOKEN_MILLISECONDS = 365 * 86_400_000
/** How often silent workers are looked for; `ask` looks as well. */
const LEASES_MILLISECONDS = 2000

/** Serves a store. @throws ParzenError `http/listen` if the port is taken, the address is not to be had, or should not be used without TLS. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { store, root, address = '127.0.0.1', allowedHosts = [], now = Date.now } = options
  const { isBehindProxy = false } = options
  const exposure = { address, allowedHosts, hasTls: options.tls !== undefined, isBehindProxy }
  const warning = checkExposure(exposure)
  if (warning !== undefined) options.onWarning?.(warning)
  const tls = options.tls && readTls(options.tls)
  const register = tokenRegister(root, now)
  const signer = tokens(keyOf(root), register.isGood)
  const links = oneUseLinks()
  const studies = openStudies(store, { worker: options.worker, now, onFailure: options.onError })
  const analyses = analysisThread(store)
  const verifying = verifications(store)
  const held = leases({ root, now })
  const app = server({
    ...options,
    allowedHosts,
    allowDefine: options.allowDefine ?? false,
    studies,
    leases: held,
    analyses,
    verifications: verifying,
    tokens: signer,
    register,
    links,
    tls,
    isBehindProxy,
    attempts: attempts({
      now,
      onMany: (from) => options.onWarning?.(`${from}: more than ${MOST_ATTEMPTS} wrong tokens within a minute`),
    }),
    link: (by) => link(by),
    now,
    folder: process.cwd(),
  })
  const ports = options.port === undefined ? [lastPort(root), 0] : [options.port]
  const port = await listenOn(app, address, ports)
  const { own: url, link: publicUrl } = urlsOf(exposure, port)
  const link = (by?: Token) => `${publicUrl}/?t=${links.make(now(), by)}`
  const token = signer.sign({ kind: 'user', name: 'this machine', expiresAt: now() + OWN_TOKEN_MILLISECONDS })
  if (!options.isPrivate) writeServerFile(root, { url, pid: process.pid, token })
  if (options.isEager) studies.openAll().catch((error: unknown) => options.onError(error, 'studies'))
  // what nobody asks for again ends as well
  const watch = setInterval(() => {
    for (const study of studies.all()) held.expire(study).catch((error: unknown) => options.onError(error, study.name))
  }, LEASES_MILLISECONDS)
  watch.unref()
  const renewal = options.tls && renewTls(app.server, options.tls, (message) => options.onWarning?.(message))
  return {
    url,
    publicUrl,
    token,
    link: () => link(),
    async close() {
      clearInterval(watch)
      clearInterval(renewal)
      // the port stays on record: the next server takes it, and open pages find it again
      await app.close()
      await Promise.all([studies.close(), analyses.close(), verifying.close()])
    },
  }
}

/** @param ports the first that is free is taken. @returns it. */
async function listenOn(app: FastifyInstance, address: string, ports: readonly number[]): Promise<number> {
  for (const [i, port] of ports.entries()) {
    try {
      await app.listen({ host: address, port })
      return (app.server.address() as AddressInfo).port
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (i < ports.length - 1 && code === 'EADDRINUSE') continue
      await app.close()
      throw new ParzenError('http/listen', `${address}:${port}: expected an address to listen on, got ${code}`, {
        cause,
        hint: code === 'EADDRINUSE' ? '--port names another one; --port 0 takes any that is free' : undefined,
      })
    }
  }
  throw new TypeError('no ports to listen on')
}

/** Of this store's last server; any port if there was none. */
function lastPort(root: string): number {
  const last = readServerFile(root)?.url
  return last !== undefined && URL.canParse(last) ? Number(new URL(last).port) : 0
}
