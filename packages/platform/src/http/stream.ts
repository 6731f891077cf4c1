import type { Store } from '@parzen/core'
import type { FastifyReply } from 'fastify'

const HEARTBEAT_MILLISECONDS = 15_000
/** Events in one message; a page that was away for long gets several. */
const MOST = 2000

export interface StreamOptions {
  readonly study: string
  /** A version of the journal. */
  readonly after: number
  /** Asked again and again: a token that let somebody in may be revoked since. */
  readonly mayGoOn: () => boolean
}

/**
 * Sends a study's journal from `after` on, as server-sent events that never end.
 *
 * Each message holds a JSON list of events; its id is the version after them, so that a browser that reconnects says with
 * `Last-Event-ID` where it stands and misses nothing.
 */
export async function streamEvents(
  reply: FastifyReply,
  store: Store,
  { study, after, mayGoOn }: StreamOptions,
): Promise<void> {
  const { raw } = reply
  const closed = new AbortController()
  raw.on('close', () => closed.abort())
  reply.hijack()
  const { 'content-length': _, ...headers } = reply.getHeaders()
  raw.writeHead(200, {
    ...(headers as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  raw.write('retry: 1000\n\n')
  // to a reader that takes nothing more, nothing more is written: a connection that stands still for long is ended
  const beat = setInterval(() => {
    if (!mayGoOn()) raw.end()
    else if (!raw.writableNeedDrain) raw.write(': alive\n\n')
  }, HEARTBEAT_MILLISECONDS)
  try {
    let version = after
    while (!closed.signal.aborted) {
      await store.changed(study, version, closed.signal)
      if (!mayGoOn()) return
      const events = closed.signal.aborted ? [] : await store.read(study, version)
      for (let i = 0; i < events.length && !closed.signal.aborted; i += MOST) {
        const part = events.slice(i, i + MOST)
        version += part.length
        const isRoomLeft = raw.write(`id: ${version}\ndata: ${JSON.stringify(part)}\n\n`)
        if (!isRoomLeft) await drained(raw, closed.signal)
      }
    }
  } finally {
    clearInterval(beat)
    raw.end()
  }
}

/** A reader that is slower than the journal must not make the server keep it all in memory. */
function drained(raw: FastifyReply['raw'], closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (closed.aborted) return resolve()
    raw.once('drain', resolve)
    closed.addEventListener('abort', () => resolve(), { once: true })
  })
}
