import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { addressOf, cookieName, isByTls, tooMany } from './gate.js'
import { refuse } from './refuse.js'
import type { ServerOptions } from './server.js'
import { rootOf } from './tokens.js'

/** The built dashboard, shipped inside this package, once there is one. */
const BUILT = fileURLToPath(new URL('../../dashboard/', import.meta.url))
const SESSION_MILLISECONDS = 30 * 86_400_000

const TYPES: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

interface Page {
  readonly type: string
  readonly bytes: Buffer
  readonly zipped: Buffer
}

/**
 * The dashboard's files, and the exchange of a one-use link for a cookie. Only files that are there at the start are
 * ever sent: no path is made of what a request says.
 */
export function pages(app: FastifyInstance, { links, tokens, now, attempts, tls, isBehindProxy }: ServerOptions): void {
  const files = load(BUILT)
  app.get('/*', async (request, reply) => {
    const { t } = request.query as { readonly t?: unknown }
    if (typeof t === 'string') {
      const link = links.use(t, now())
      const wait = link ? undefined : attempts.fail(addressOf(request.headers, isBehindProxy) ?? request.ip)
      if (wait !== undefined) return refuse(reply, tooMany(wait))
      if (link) {
        const expiresAt = Math.min(now() + SESSION_MILLISECONDS, link.by?.expiresAt ?? Infinity)
        const from = link.by && rootOf(link.by)
        const whose = from === undefined ? { name: 'dashboard' } : { name: link.by?.name ?? 'dashboard', from }
        const session = tokens.sign({ kind: 'user', ...whose, expiresAt })
        const isSecure = tls !== undefined || (isBehindProxy && isByTls(request.headers) === true)
        const age = `Max-Age=${Math.floor((expiresAt - now()) / 1000)}`
        reply.header(
          'set-cookie',
          `${cookieName(request.headers.host)}=${session}; HttpOnly; SameSite=Strict; Path=/; ${age}${isSecure ? '; Secure' : ''}`,
        )
      }
      return reply.header('cache-control', 'no-store').redirect((request.raw.url ?? '/').split('?')[0] as string, 303)
    }
    const path = (request.raw.url ?? '/').split('?')[0]?.slice(1) ?? ''
    const file = files.get(path) ?? (extname(path) === '' ? files.get('index.html') : undefined)
    if (!file) {
      const text = 'There is no such page. The API describes itself at /api/v1/openapi.json\n'
      return reply.code(404).type('text/plain').send(text)
    }
    const isHashed = path.startsWith('assets/')
    reply.type(file.type).header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return reply.send(file.bytes)
    return reply.header('content-encoding', 'gzip').header('vary', 'accept-encoding').send(file.zipped)
  })
}

function load(folder: string): ReadonlyMap<string, Page> {
  const found = new Map<string, Page>()
  if (!statSync(folder, { throwIfNoEntry: false })) return found
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const file = join(entry.parentPath, entry.name)
    const path = relative(folder, file).split(sep).join('/')
    // in one piece, for files that need no server
    if (path.startsWith('report/')) continue
    const bytes = readFileSync(file)
    found.set(path, { type, bytes, zipped: gzipSync(bytes) })
  }
  return found
}
