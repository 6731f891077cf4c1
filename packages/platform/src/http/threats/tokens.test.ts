import { describe, expect, it } from 'vitest'
import { type TestServer, testServer } from '../server.contract.js'
import { at, attacked, raw, report, sessionOf, studies, sweep } from './attacked-server.contract.js'

let server: TestServer

attacked((one) => {
  ;({ server } = one)
})

describe('Ray, Jupyter, local dev tools', () => {
  it('no Host, an empty one, or one behind another: none is answered', async () => {
    const good = new URL(server.url).host
    const end = `Authorization: Bearer ${server.sign({})}\r\nConnection: close\r\n\r\n`
    const status = async (line: string, hosts: string) =>
      (await raw(server, `GET /api/v1/studies ${line}\r\n${hosts}${end}`)).split(' ')[1]
    expect(await status('HTTP/1.1', `Host: ${good}\r\n`)).toBe('200')
    expect(await status('HTTP/1.1', '')).toBe('400')
    expect(await status('HTTP/1.0', '')).toBe('421')
    expect(await status('HTTP/1.1', 'Host:\r\n')).toBe('421')
    expect(await status('HTTP/1.1', `Host: evil.example\r\nHost: ${good}\r\n`)).toMatch('4')
  })

  it('a link that is used twice, guessed, or kept for longer than 15 minutes lets nobody in', async () => {
    let late = 0
    const own = await testServer({ now: () => Date.now() + late })
    const first = own.link()
    expect(await sessionOf(own, first)).toMatch(/^parzen-\d+=parzen\./)
    expect(await sessionOf(own, first)).toBe('')
    for (const guess of ['', 'x', new URL(first).searchParams.get('t')?.slice(1)]) {
      expect(await sessionOf(own, `${own.url}/?t=${guess}`)).toBe('')
    }
    const kept = own.link()
    late = 15 * 60_000 + 1000
    expect(await sessionOf(own, kept)).toBe('')
    await own.close()
  })

  it('a session lasts no longer than the token that asked for its link, and is out of reach of scripts', async () => {
    const hour = 3_600_000
    let late = 0
    const own = await testServer({ now: () => Date.now() + late })
    const token = own.sign({ expiresAt: Date.now() + hour })
    const { link } = (await own.send({ path: '/api/v1/links', method: 'POST', token })).json
    const { headers } = await own.send({ path: new URL(link).pathname + new URL(link).search, token: undefined })
    const given = String(headers['set-cookie'])
    expect(given).toMatch(/^parzen-\d+=\S+; HttpOnly; SameSite=Strict; Path=\/; Max-Age=\d{4}$/)
    const call = { path: studies, headers: { cookie: given.split(';')[0] as string }, token: undefined }
    expect((await own.send(call)).status).toBe(200)
    late = hour + 1000
    expect((await own.send(call)).status).toBe(401)
    await own.close()
  })

  it('a token that is revoked is of no use at once, nor is what was got with it: sessions, trials, other tokens', async () => {
    const own = await testServer()
    await own.send({ path: studies, body: { text: sweep('a') } })
    const give = async (token: string | undefined, body: object) =>
      (await own.send({ path: '/api/v1/tokens', body, ...(token === undefined ? {} : { token }) })).json
    const [ada, bob] = [await give(undefined, { name: 'ada' }), await give(undefined, { name: 'bob' })]
    const carl = await give(ada.token, { name: 'carl', kind: 'viewer', days: 3650 })
    // rights and time of nobody but her
    expect([carl.expiresAt, carl.by]).toEqual([ada.expiresAt, 'ada'])
    const { link } = (await own.send({ path: '/api/v1/links', method: 'POST', token: ada.token })).json
    const session = { path: studies, headers: { cookie: await sessionOf(own, link) }, token: undefined }
    const asked = (await own.send({ path: `${studies}/a/ask`, body: {}, token: ada.token })).json.trials[0]
    const calls = [
      { path: studies, token: ada.token },
      { path: studies, token: carl.token },
      session,
      { path: at('0/reports'), body: report, token: asked.token },
      { path: studies, token: bob.token },
    ]
    const statuses = async () => Promise.all(calls.map(async (call) => (await own.send(call)).status))
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
    const names = async (token?: string) =>
      (await own.send({ path: '/api/v1/tokens', ...(token === undefined ? {} : { token }) })).json.map(
        ({ name }: { name: string }) => name,
      )
    expect([await names(), await names(ada.token), await names(bob.token)]).toEqual([
      ['ada', 'bob', 'carl'],
      ['ada', 'carl'],
      ['bob'],
    ])
    const stream = await fetch(`${own.url}${studies}/a/stream`, { headers: { authorization: `Bearer ${ada.token}` } })
    const revoke = (id: string, token?: string) =>
      own.send({ path: `/api/v1/tokens/${id}`, method: 'DELETE', ...(token === undefined ? {} : { token }) })
    expect((await revoke(ada.id, bob.token)).json.error.code).toBe('token/unknown')
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
    expect((await revoke(ada.id, ada.token)).json).toEqual({ done: true })
    expect((await revoke(ada.id)).json).toEqual({ done: false })
    expect(await statuses()).toEqual([401, 401, 401, 401, 200])
    // what happens from now on, her open page is not told
    await own.send({ path: `${studies}/a/enqueue`, body: { params: { x: 0.125 } } })
    const told = await stream.text()
    expect([told.includes('trial-started'), told.includes('trial-queued')]).toEqual([true, false])
    expect(own.errors).toEqual([])
    await own.close()
  })

  it('a link that a revoked token asked for opens nothing', async () => {
    const own = await testServer()
    const { token, id } = (await own.send({ path: '/api/v1/tokens', body: { name: 'ada' } })).json
    const { link } = (await own.send({ path: '/api/v1/links', method: 'POST', token })).json
    await own.send({ path: `/api/v1/tokens/${id}`, method: 'DELETE' })
    const call = { path: studies, headers: { cookie: await sessionOf(own, link) }, token: undefined }
    expect((await own.send(call)).status).toBe(401)
    await own.close()
  })

  it('a token of a trial ends, after 30 days', async () => {
    let late = 0
    const own = await testServer({ now: () => Date.now() + late })
    await own.send({ path: studies, body: { text: sweep('a') } })
    const { token } = (await own.send({ path: `${studies}/a/ask`, body: {} })).json.trials[0]
    const call = { path: at('0/reports'), body: report, token }
    expect((await own.send(call)).status).toBe(200)
    late = 30 * 86_400_000 + 1000
    expect((await own.send(call)).status).toBe(401)
    await own.close()
  })
})

describe('Jupyter', () => {
  it('answers wrong tokens and links no more than 60 times a minute from one address, and right ones all the while', async () => {
    let late = 0
    const warnings: string[] = []
    const own = await testServer({ now: () => Date.now() + late, onWarning: (text) => warnings.push(text) })
    const wrong = () => own.send({ path: studies, token: 'x' })
    for (let i = 0; i < 59; i++) expect((await wrong()).status).toBe(401)
    expect((await own.send({ path: '/?t=guess', token: undefined })).status).toBe(303)
    const refused = await wrong()
    expect([refused.status, refused.json.error.code]).toEqual([429, 'http/attempts'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50)
    expect((await own.send({ path: '/?t=guess', token: undefined })).status).toBe(429)
    expect((await own.send({ path: studies })).status).toBe(200)
    expect(await sessionOf(own, own.link())).toMatch(/^parzen-/)
    expect(warnings).toEqual(['127.0.0.1: more than 60 wrong tokens within a minute'])
    late = 61_000
    expect((await wrong()).status).toBe(401)
    await own.close()
  })

  it('tells callers behind a proxy apart, and believes nobody who is not behind one', async () => {
    const flood = async (own: TestServer, from: (i: number) => string) => {
      for (let i = 0; i < 61; i++)
        await own.send({ path: studies, token: 'x', headers: { 'x-forwarded-for': from(i) } })
      return (await own.send({ path: studies, token: 'x', headers: { 'x-forwarded-for': '10.0.0.2' } })).status
    }
    const [plain, proxied] = [await testServer(), await testServer({ isBehindProxy: true })]
    expect(await flood(plain, (i) => `10.1.0.${i}`)).toBe(429)
    // what the caller makes up stands before what the proxy adds
    expect(await flood(proxied, (i) => `10.1.0.${i}, 10.0.0.1`)).toBe(401)
    expect((await proxied.send({ path: studies, token: 'x', headers: { 'x-forwarded-for': '10.0.0.1' } })).status).toBe(
      429,
    )
    await Promise.all([plain.close(), proxied.close()])
  })

  it('takes nothing from a proxy that was reached without TLS, and marks cookies of one that was', async () => {
    const own = await testServer({ isBehindProxy: true, allowedHosts: ['tune.example.org'] })
    const by = (proto: string) => ({ host: 'tune.example.org', 'x-forwarded-proto': proto })
    for (const proto of ['http', 'https, http', 'x']) {
      const { status, json } = await own.send({ path: studies, headers: by(proto) })
      expect([status, json.error.code]).toEqual([403, 'http/tls'])
    }
    expect((await own.send({ path: studies, headers: by('https') })).status).toBe(200)
    expect((await own.send({ path: studies })).status).toBe(200)
    const link = new URL(own.link())
    expect(link.origin).toBe('https://tune.example.org')
    const { headers } = await own.send({ path: link.pathname + link.search, headers: by('https'), token: undefined })
    expect(String(headers['set-cookie'])).toMatch(/^parzen=.*; Path=\/; Max-Age=\d+; Secure$/)
    await own.close()
  })
})
