import { linkOfRunning } from '../http/server-file.js'
import { locate } from '../stores/open.js'
import type { Opened } from './open.js'

export interface RunServerOptions extends Opened {
  /** As --store has it. */
  readonly location: string | undefined
  readonly version: string
  /** Default: the port of this store's last server if it is free, else any. */
  readonly port: number | undefined
  /** Who writes, for journals. */
  readonly worker: string
  /** Once there is a link: it opens the dashboard once. */
  readonly onLink: (link: string) => void
  /** What went wrong; a run goes on without its dashboard. */
  readonly onFailure: (message: string) => void
}

export interface RunServer {
  /** A trial runs: from now on somebody may want to watch. */
  trialStarted(): void
  close(): Promise<void>
}

/** The modules of the server take a moment to load: not before the first trial runs, nor for runs that are over at once. */
const DELAY_MILLISECONDS = 250

/**
 * Serves the store of a run while it runs, unless somebody serves it already: then that one's link is handed out.
 * Pages that are open find the next run on the same port.
 */
export function runServer(options: RunServerOptions): RunServer {
  let timer: NodeJS.Timeout | undefined
  let opening: Promise<{ close(): Promise<void> } | undefined> = Promise.resolve(undefined)
  let isOver = locate(options.location).kind === 'memory'
  return {
    trialStarted() {
      if (isOver || timer) return
      timer = setTimeout(() => {
        opening = open(options, () => isOver)
      }, DELAY_MILLISECONDS)
      timer.unref()
    },
    async close() {
      isOver = true
      clearTimeout(timer)
      await (await opening)?.close()
    },
  }
}

async function open(options: RunServerOptions, isOver: () => boolean): Promise<{ close(): Promise<void> } | undefined> {
  const { store, root, version, port, worker, onLink, onFailure } = options
  try {
    const link = await linkOfRunning(root)
    if (link !== undefined) {
      onLink(link)
      return undefined
    }
    const { listen } = await import('../http/listen.js')
    if (isOver()) return undefined
    const listening = await listen({
      ...{ store, root, version, port, worker },
      // unreachable: nobody is granted `define` here
      start: async () => false,
      onError: (error, where) => onFailure(`dashboard: ${where}: ${(error as Error).message}`),
    })
    onLink(listening.link())
    return listening
  } catch (error) {
    onFailure(`no dashboard: ${(error as Error).message}`)
    return undefined
  }
}
