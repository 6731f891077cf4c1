import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attemptFolder } from '../stores/folders.js'
import { routes } from './contract.js'
import { type TestServer, testServer } from './server.contract.js'

/** What burnt other systems (shared/reference/engines.md 5.1), each tried on a real server. */
let server: TestServer
const sweep = (name: string, more = '') =>
  `{ study: ${name}, objective: { metric: loss, direction: minimize }, space: { x: 'uniform(0, 1)' }${more} }`

beforeAll(async () => {
  server = await testServer()
  for (const name of ['a', 'b']) await server.send({ path: '/api/v1/studies', body: { text: sweep(name) } })
  await server.send({ path: '/api/v1/studies/a/ask', body: { count: 2 } })
})
afterAll(() => server.close())

describe('the gate refuses', () => {
  it('a rebound name: a Host it was not told of, whatever else is right', async () => {
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1:1', 'localhost.evil.example']) {
      expect((await server.send({ path: '/api/v1', headers: { host } })).status).toBe(421)
      expect((await server.send({ path: '/', headers: { host } })).status).toBe(421)
    }
  })

  it('no token, a wrong one, one that is over, one of another key', async () => {
    const other = await testServer()
    const bad = [
      undefined,
      '',
      'x',
      'parzen.e30.AAAA',
      `${server.sign({})}x`,
      server.sign({ expiresAt: Date.now() - 1 }),
      other.sign({}),
    ]
    await other.close()
    for (const token of bad) expect((await server.send({ path: '/api/v1/studies', token })).status).toBe(401)
  })

  it('an unknown route before it asks who calls, and a known one under another method', async () => {
    for (const path of ['/api/v1/nothing', '/api/v2/studies', '/api', '/metrics']) {
      const method = path === '/metrics' ? 'POST' : 'GET'
      expect([404, 200]).toContain((await server.send({ path, method, token: undefined })).status)
    }
    expect((await server.send({ path: '/api/v1/studies', method: 'PUT', body: {} })).status).toBe(404)
    expect((await server.send({ path: '/api/v1/nothing', method: 'DELETE' })).status).toBe(404)
  })

  it('what a page of another site sends: Origin, Sec-Fetch-Site, with any method', async () => {
    for (const method of ['POST', 'DELETE', 'PATCH']) {
      const path = method === 'POST' ? '/api/v1/studies/a/stop' : '/api/v1/studies/a'
      for (const headers of [
        { origin: 'http://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
      ]) {
        const sent = { path, method, headers, ...(method === 'DELETE' ? {} : { body: {} }) }
        expect((await server.send(sent)).status).toBe(403)
      }
    }
  })

  it('bodies that a form of another site could send', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/jsonx',
    ]) {
      const sent = { path: '/api/v1/studies/a/stop', raw: '{}', headers: { 'content-type': type } }
      expect((await server.send(sent)).status).toBe(415)
    }
  })

  it('paths that others decode twice, or that lead elsewhere', async () => {
    for (const path of ['..%2f..%2fetc', '..%252f', '%2e%2e', 'a;..', 'a%5cb', 'a%00b', '%ff', 'a%2fb']) {
      const { status } = await server.send({ path: `/api/v1/studies/${path}` })
      expect([path, status]).toEqual([path, 400])
    }
    expect((await server.send({ path: '/assets/../../../package.json' })).status).toBe(400)
  })

  it('a viewer who wants to change something, anybody who wants to set a command', async () => {
    const viewer = server.sign({ kind: 'viewer' })
    expect((await server.send({ path: '/api/v1/studies/a/stop', body: {}, token: viewer })).status).toBe(403)
    expect((await server.send({ path: '/api/v1/studies/a', token: viewer })).status).toBe(200)
    const created = await server.send({
      path: '/api/v1/studies',
      body: { text: sweep('c', ", command: 'touch /tmp/x'") },
    })
    expect([created.status, created.json.error.code]).toEqual([403, 'http/define'])
    expect((await server.send({ path: '/api/v1/studies/a/start', body: {} })).status).toBe(403)
    expect(server.started).toEqual([])
  })

  it('the token of a trial for anything but that trial', async () => {
    const token = server.sign({ kind: 'trial', study: 'a', trial: 0 })
    const report = { from: 0, reports: [{ step: 1, metrics: { loss: 1 } }] }
    const at = (study: string, trial: number) => `/api/v1/studies/${study}/trials/${trial}/reports`
    expect((await server.send({ path: at('a', 0), body: report, token })).json.acknowledged).toBe(1)
    for (const path of [at('a', 1), at('b', 0)]) {
      expect((await server.send({ path, body: report, token })).status).toBe(403)
    }
    for (const path of ['/api/v1/studies', '/api/v1/studies/a', '/api/v1/studies/a/trials/0']) {
      expect((await server.send({ path, token })).status).toBe(403)
    }
  })

  it('keys that reach into prototypes, bodies that are too large or no JSON', async () => {
    const path = '/api/v1/studies/a/enqueue'
    expect((await server.send({ path, raw: '{"__proto__": {"x": 1}}' })).status).toBe(400)
    expect((await server.send({ path, raw: '{' })).status).toBe(400)
    expect((await server.send({ path, raw: `{"params":{"x":"${'y'.repeat(2 ** 20)}"}}` })).status).toBe(413)
  })
})

describe('the server', () => {
  it('has a scope for every route', () => {
    for (const [name, { scope }] of Object.entries(routes)) {
      expect([name, scope === 'anybody']).toEqual([name, name === 'openapi'])
    }
  })

  it('sends no page anything that a script could be smuggled in with', async () => {
    const { headers } = await server.send({ path: '/api/v1', token: undefined })
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('opens the dashboard with a link once, for a cookie that scripts cannot read', async () => {
    const link = new URL(server.link())
    const path = link.pathname + link.search
    const first = await server.send({ path, token: undefined })
    const cookie = String(first.headers['set-cookie'])
    expect([first.status, first.headers['location']]).toEqual([303, '/'])
    expect(cookie).toMatch(/^parzen-\d+=\S+; HttpOnly; SameSite=Strict; Path=\//)
    const session = cookie.split(';')[0] as string
    const with_ = { headers: { cookie: session }, token: undefined }
    expect((await server.send({ path: '/api/v1', ...with_ })).status).toBe(200)
    expect((await server.send({ path, token: undefined })).headers['set-cookie']).toBeUndefined()
  })

  it('hands out files by their content, as attachments, and never what a link points to', async () => {
    const folder = join(attemptFolder(server.root, 'a', { trial: 0, attempt: 1 }), 'artifacts')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '<img src=x onerror=alert(1)>.html'), '<script>alert(1)</script>')
    symlinkSync('/etc/passwd', join(folder, 'passwd'))
    const { json } = await server.send({ path: '/api/v1/studies/a/trials/0/artifacts' })
    expect(json).toHaveLength(1)
    const file = await server.send({ path: `/api/v1/studies/a/trials/0/artifacts/${json[0].sha256}` })
    expect(file.text).toBe('<script>alert(1)</script>')
    expect(file.headers['content-type']).toBe('application/octet-stream')
    expect(file.headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''%3Cimg/)
    expect(file.headers['content-security-policy']).toContain('sandbox')
    const unknown = await server.send({ path: `/api/v1/studies/a/trials/0/artifacts/${'0'.repeat(64)}` })
    expect(unknown.status).toBe(404)
  })
})
