import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, Server } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type TestServer, testServer } from '../server.contract.js'
import { at, attacked, bytes, raw, studies, sweep } from './attacked-server.contract.js'

let server: TestServer

attacked((one) => {
  ;({ server } = one)
})

describe('MLflow', () => {
  it('reads no more of a body than it takes, and no sweep that unfolds without end', async () => {
    const large = { path: `${studies}/a/enqueue`, raw: `{"params":{"x":"${'y'.repeat(2 ** 20)}"}}` }
    expect((await server.send(large)).status).toBe(413)
    const announced = { ...bytes, 'content-length': String(2 ** 29) }
    expect((await server.send({ path: at('0/artifacts/x'), method: 'PUT', raw: 'x', headers: announced })).status).toBe(
      413,
    )
    const host = `Host: ${new URL(server.url).host}`
    expect(await raw(server, `GET / HTTP/1.1\r\n${host}\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 /,
    )
    const lines = Array.from('bcdefghij', (name, i) => `${name}: &${name} [${`*${'abcdefghi'[i]}, `.repeat(9)}]`)
    const text = ['a: &a [x]', ...lines].join('\n')
    const { problems, spec } = (await server.send({ path: '/api/v1/sweeps/check', body: { text } })).json
    expect([problems.length > 0, spec]).toEqual([true, null])
  })

  it('hangs up on who sends headers or bodies byte by byte, or takes no byte of an answer', async () => {
    const own = await testServer()
    await own.send({ path: studies, body: { text: sweep('a') } })
    await own.send({ path: `${studies}/a/ask`, body: {} })
    // more than the buffers between the two of them hold
    await own.send({ path: at('0/artifacts/large'), method: 'PUT', raw: Buffer.alloc(64 * 2 ** 20), headers: bytes })
    const [{ sha256 }] = (await own.send({ path: at('0/artifacts') })).json
    const of = await serverOf(own)
    expect([of.headersTimeout, of.requestTimeout, of.timeout]).toEqual([15_000, 600_000, 600_000])
    // the same, for who has less time
    Object.assign(of, { headersTimeout: 200, requestTimeout: 400, timeout: 400 })
    const head = `Host: ${new URL(own.url).host}\r\nAuthorization: Bearer ${own.token}\r\n`
    const json = 'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n'
    const slow = await Promise.all([
      trickle(own.url, `GET /api/v1 HTTP/1.1\r\n${head}X: `),
      trickle(own.url, `POST ${studies}/a/enqueue HTTP/1.1\r\n${head}${json}`),
    ])
    expect(slow).toEqual([expect.stringMatching(/^HTTP\/1.1 408 /), expect.stringMatching(/^HTTP\/1.1 408 /)])
    expect(await takeNothing(own.url, `GET ${at(`0/artifacts/${sha256}`)} HTTP/1.1\r\n${head}\r\n`)).toBe('cut off')
    expect((await own.send({ path: studies })).status).toBe(200)
    await own.close()
  }, 60_000)
})

/** The server behind an address of this process. */
async function serverOf(own: TestServer): Promise<Server> {
  let of: Server | undefined
  const listener = (message: unknown) => {
    of = (message as { readonly server: Server }).server
  }
  subscribe('http.server.request.start', listener)
  await own.send({ path: '/' })
  unsubscribe('http.server.request.start', listener)
  return of as Server
}

/** Sends one byte after the other until somebody hangs up. @returns what was said to it. */
function trickle(url: string, begin: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(begin))
    const drip = setInterval(() => socket.write('y'), 50)
    socket.setEncoding('utf8').on('data', (part: string) => {
      answer += part
    })
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearInterval(drip)
        resolve(answer)
      })
  })
}

/** Asks for something and reads none of it until the connection of the server has gone. */
async function takeNothing(url: string, request: string): Promise<'whole' | 'cut off'> {
  const { hostname, port } = new URL(url)
  const closed = new Promise<void>((resolve) => {
    const listener = (message: unknown) => {
      const { request: of } = message as { readonly request: IncomingMessage }
      of.socket.on('close', () => resolve())
      unsubscribe('http.server.request.start', listener)
    }
    subscribe('http.server.request.start', listener)
  })
  const socket = connect(Number(port), hostname, () => socket.write(request))
  await closed
  let count = 0
  return new Promise((resolve) => {
    socket.on('data', (part: Buffer) => {
      count += part.length
    })
    socket.on('error', () => undefined).on('close', () => resolve(count > 64 * 2 ** 20 ? 'whole' : 'cut off'))
  })
}
