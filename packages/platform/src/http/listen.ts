import type { AddressInfo } from 'node:net'
import { ParzenError } from '@parzen/core'
import type { Repository } from '../stores/series.js'
import { analysisThread } from './analysis-thread.js'
import { leases } from './leases.js'
import { oneUseLinks } from './one-use-links.js'
import { server } from './server.js'
import { readServerFile, writeServerFile } from './server-file.js'
import { openStudies } from './studies.js'
import { tokenRegister } from './token-register.js'
import { keyOf, type Token, tokens } from './tokens.js'

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
  /** Whether callers may say which commands are run on this machine. */
  readonly allowDefine?: boolean
  /** Of one program alone: no file tells others where it is. */
  readonly isPrivate?: boolean
  /** Who writes, for journals. */
  readonly worker: string
  readonly start: (study: string) => Promise<boolean>
  readonly onError: (error: unknown, where: string) => void
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number
}

export interface Listening {
  readonly url: string
  /** Of a user. */
  readonly token: string
  /** An address that opens the dashboard once, within 15 minutes. */
  link(): string
  close(): Promise<void>
}

const OWN_TOKEN_MILLISECONDS = 365 * 86_400_000
/** How often silent workers are looked for; `ask` looks as well. */
const LEASES_MILLISECONDS = 2000
const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/** Serves a store. @throws ParzenError `http/listen` if the port is taken or the address is not to be had. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { store, root, address = '127.0.0.1', allowedHosts = [], now = Date.now } = options
  if (!LOOPBACK.includes(address) && allowedHosts.length === 0) {
    throw new ParzenError('http/listen', `--listen ${address}: expected --allowed-host as well, got none`, {
      hint: 'name the host that browsers are to use, for example --allowed-host tune.example.org',
    })
  }
  const register = tokenRegister(root, now)
  const signer = tokens(keyOf(root), register.isGood)
  const links = oneUseLinks()
  const studies = openStudies(store, { worker: options.worker, now, onFailure: options.onError })
  const analyses = analysisThread(store)
  const held = leases({ root, now })
  const app = server({
    ...options,
    allowedHosts,
    allowDefine: options.allowDefine ?? false,
    studies,
    leases: held,
    analyses,
    tokens: signer,
    register,
    links,
    link: (by) => link(by),
    now,
    folder: process.cwd(),
  })
  const ports = options.port === undefined ? [lastPort(root), 0] : [options.port]
  for (const [i, port] of ports.entries()) {
    try {
      await app.listen({ host: address, port })
      break
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
  const { port } = app.server.address() as AddressInfo
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`
  const link = (by?: Token) => `${url}/?t=${links.make(now(), by)}`
  const token = signer.sign({ kind: 'user', name: 'this machine', expiresAt: now() + OWN_TOKEN_MILLISECONDS })
  if (!options.isPrivate) writeServerFile(root, { url, pid: process.pid, token })
  // what nobody asks for again ends as well
  const watch = setInterval(() => {
    for (const study of studies.all()) held.expire(study).catch((error: unknown) => options.onError(error, study.name))
  }, LEASES_MILLISECONDS)
  watch.unref()
  return {
    url,
    token,
    link: () => link(),
    async close() {
      clearInterval(watch)
      // the port stays on record: the next server takes it, and open pages find it again
      await app.close()
      await Promise.all([studies.close(), analyses.close()])
    },
  }
}

/** Of this store's last server; any port if there was none. */
function lastPort(root: string): number {
  const last = readServerFile(root)?.url
  return last !== undefined && URL.canParse(last) ? Number(new URL(last).port) : 0
}
