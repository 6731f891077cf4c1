import { join } from 'node:path'
import { findStudy, ParzenError } from '@parzen/core'
import type { Command } from 'commander'
import type { Listening } from '../http/listen.js'
import { releaseQuietly, takeLease } from '../runner/lease.js'
import { type Running, run } from '../runner/runner.js'
import { suggestionThread } from '../runner/suggestion-thread.js'
import { studyFolder } from '../stores/folders.js'
import { type Cli, command } from './command.js'
import { describeFailure } from './failure.js'
import { type Opened, shortPath, whoAmI, withStore } from './open.js'
import { portNumber } from './port-number.js'

interface Options {
  store?: string
  json?: boolean
  port?: number
  listen?: string
  allowedHost?: string[]
  tlsCert?: string
  tlsKey?: string
  behindProxy?: boolean
  allowDefine?: boolean
  whileStdin?: boolean
}

export function serveCommand(cli: Cli, version: string): Command {
  return command({
    usage: 'serve',
    summary: 'Serve the dashboard and the HTTP API of a store, on this machine alone unless told otherwise.',
    examples: [
      ['parzen serve', 'prints the link of the dashboard, says where the API is and where its token'],
      ['parzen serve --port 8080 --allow-define', 'sweeps with commands may be sent to it'],
      ['parzen serve --behind-proxy --allowed-host tune.example.org', 'for a team: a proxy on this machine has TLS'],
      ['parzen serve --listen 0.0.0.0 --allowed-host tune.example.org --tls-cert c.pem --tls-key k.pem', 'by itself'],
    ],
    json: 'an object: url link; with --while-stdin: url token.',
  })
    .option('--port <number>', 'default: the last one of this store if it is free, else any', portNumber)
    .option('--listen <address>', 'an address of this machine; default 127.0.0.1')
    .option('--allowed-host <name...>', 'what browsers may call this server, besides localhost')
    .option('--tls-cert <file>', 'a certificate in PEM: then the server speaks https')
    .option('--tls-key <file>', 'its key')
    .option('--behind-proxy', 'a proxy that has TLS stands before it')
    .option('--allow-define', 'let callers say which commands this machine runs')
    .option('--while-stdin', 'end with standard input: for a program that serves itself')
    .action(async ({ store: location, json, ...options }: Options) => {
      await withStore(location, async (opened) => {
        const { listen } = await import('../http/listen.js')
        const worker = `${whoAmI(cli.environment)}:${process.pid}`
        const sweeps = runner(cli, opened, worker)
        const listening = await listen({
          ...opened,
          version,
          worker,
          port: options.whileStdin ? (options.port ?? 0) : options.port,
          isEager: true,
          isPrivate: options.whileStdin ?? false,
          address: options.listen,
          allowedHosts: options.allowedHost ?? [],
          tls: tlsOf(options),
          isBehindProxy: options.behindProxy ?? false,
          allowDefine: options.allowDefine ?? false,
          start: (study) => sweeps.start(study),
          windDown: sweeps.windDown,
          onWarning: cli.terminal.note,
          onError: (error, where) =>
            cli.terminal.note(`${where}: ${describeFailure(error, cli.environment) ?? String(error)}`),
        })
        // before anybody can know that it is there: a signal right after must find it ready
        const stopped = toldToStop(options.whileStdin ?? false)
        if (options.whileStdin) cli.terminal.print(JSON.stringify({ url: listening.url, token: listening.token }))
        else announce(cli, listening, { json: json ?? false, file: shortPath(join(opened.root, 'server.json')) })
        await stopped
        if (!options.whileStdin && sweeps.isRunning())
          cli.terminal.note('ending: what runs is continued by the next run')
        await listening.close()
        await sweeps.end()
      })
    })
}

function announce(
  { terminal }: Cli,
  listening: Listening,
  { json, file }: { readonly json: boolean; readonly file: string },
): void {
  const { url, publicUrl } = listening
  if (json) {
    terminal.print(JSON.stringify({ url, link: listening.link() }))
    return
  }
  terminal.print(`the dashboard: ${listening.link()}`)
  terminal.print('  (the link works once; it lets that browser in for 30 days)')
  terminal.print(`the API: ${publicUrl}/api/v1/openapi.json`)
  terminal.print(`address and token for programs of yours: ${file}; Ctrl-C ends the server`)
}

function tlsOf({ tlsCert: cert, tlsKey: key }: Options) {
  if (cert !== undefined && key !== undefined) return { cert, key }
  if (cert === undefined && key === undefined) return undefined
  throw new ParzenError(
    'cli/tls',
    `serve: expected --tls-cert and --tls-key together, got --tls-${cert === undefined ? 'key' : 'cert'} alone`,
  )
}

/** The studies this process runs, each under its lease. */
function runner(cli: Cli, { store, root }: Opened, worker: string) {
  const running = new Map<string, Running>()
  const start = async (name: string, windsDown = false): Promise<boolean> => {
    if (running.has(name)) return false
    const elsewhere = suggestionThread({ onFailure: ({ message }) => cli.terminal.note(`${name}: ${message}`) })
    const study = await findStudy(store, name, { worker, elsewhere })
    const lease = takeLease(studyFolder(root, name), name)
    const one = run({ study, store, root, lease, windsDown })
    running.set(name, one)
    one.done
      .catch((error: unknown) => cli.terminal.note(`${name}: ${describeFailure(error, cli.environment)}`))
      .finally(() => {
        running.delete(name)
        void elsewhere.close()
        releaseQuietly(lease, cli.terminal.note)
      })
    return true
  }
  return {
    start,
    isRunning: () => running.size > 0,
    /** Somebody else runs it: they see to it. */
    async windDown(name: string): Promise<boolean> {
      try {
        return await start(name, true)
      } catch (error) {
        if (error instanceof ParzenError && error.code === 'run/taken') return false
        throw error
      }
    },
    async end(): Promise<void> {
      const all = [...running.values()]
      for (const one of all) one.interrupt()
      await Promise.allSettled(all.map(({ done }) => done))
    },
  }
}

function toldToStop(orStdinEnds: boolean): Promise<void> {
  return new Promise((resolve) => {
    // the kernel closes it with whoever holds the other end, however that ended
    if (orStdinEnds)
      process.stdin
        .on('error', () => resolve())
        .on('close', () => resolve())
        .resume()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
}
