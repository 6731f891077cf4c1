import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { attemptFolder } from '../../stores/folders.js'
import { memoryRepository } from '../../stores/memory-series.js'
import { listen } from '../listen.js'
import { type TestServer, testServer } from '../server.contract.js'
import { keyOf } from '../server-key.js'
import { at, attacked, recordOf, studies, sweep } from './attacked-server.contract.js'

let server: TestServer
let cookie: string
let trialToken: string

attacked((one) => {
  ;({ server, cookie, trialToken } = one)
})

describe('Weave, ClearML', () => {
  it('keeps key and address readable for their owner alone, also where another file was before', async () => {
    const root = join(mkdtempSync(join(tmpdir(), 'parzen-threats-')), 'store')
    mkdirSync(root, { mode: 0o700 })
    writeFileSync(join(root, 'server.json'), '{}', { mode: 0o644 })
    // what a full disk leaves: with it anybody could sign
    writeFileSync(join(root, 'server.key'), '', { mode: 0o644 })
    const options = { root, version: '0.0.0', port: 0, worker: 'test', start: async () => false }
    const one = await listen({ ...options, store: memoryRepository(), onError: () => undefined })
    for (const name of ['server.json', 'server.key']) expect(statSync(join(root, name)).mode & 0o777).toBe(0o600)
    expect(keyOf(root)).toHaveLength(32)
    await one.close()
    rmSync(dirname(root), { recursive: true })
  })

  it('does not start with a key that others can read, or could have put there', () => {
    const root = mkdtempSync(join(tmpdir(), 'parzen-threats-'))
    keyOf(root)
    chmodSync(join(root, 'server.key'), 0o644)
    expect(() => keyOf(root)).toThrow('a file of yours that nobody else can read')
    chmodSync(join(root, 'server.key'), 0o600)
    expect(keyOf(root)).toHaveLength(32)
    chmodSync(root, 0o777)
    expect(() => keyOf(root)).toThrow('a folder that you alone can write')
    rmSync(root, { recursive: true })
  })

  it('shows nobody what a trial prints of secrets, wherever a part of its log begins and ends', async () => {
    const secret = 'hf_0123456789/abc+def'
    vi.stubEnv('HF_TOKEN', secret)
    vi.stubEnv('PARZEN_STORE', 'postgres://me:hunter22@db/x')
    const own = await testServer()
    await own.send({ path: studies, body: { text: sweep('a') } })
    await own.send({ path: `${studies}/a/ask`, body: {} })
    const lines = [`é token ${secret}`, `?t=${encodeURIComponent(secret)}`, trialToken, 'password hunter22', 'loss=1']
    const log = `${lines.join('\n')}\n`
    const path = attemptFolder(own.root, 'a', { trial: 0, attempt: 1 })
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'stdout.log'), log)
    const part = async (from: number, most: number) =>
      (await own.send({ path: at(`0/attempts/1/logs/stdout?from=${from}&most=${most}`) })).json
    const whole = await part(0, 10_000)
    expect(whole.text).toBe(
      [
        'é token *********************',
        `?t=${'*'.repeat(25)}`,
        '*'.repeat(trialToken.length),
        'password ********',
        'loss=1',
        '',
      ].join('\n'),
    )
    expect([whole.from, whole.to, whole.size]).toEqual([0, Buffer.byteLength(log), Buffer.byteLength(log)])
    for (let from = 5; from < whole.size; from += 7) {
      expect((await part(from, 7)).text).toBe(
        Buffer.from(whole.text)
          .subarray(from, from + 7)
          .toString(),
      )
    }
    vi.unstubAllEnvs()
    await own.close()
  })

  it('writes no token into a journal, an answer to somebody else, or its output', async () => {
    const tokens = [trialToken, server.token, cookie.split('=')[1] as string, server.sign({ kind: 'viewer' })]
    const seen = [await recordOf(server)]
    for (const token of tokens) {
      for (const path of [
        '/api/v1',
        studies,
        `${studies}/a`,
        `${studies}/a/snapshot`,
        at('0'),
        at('9'),
        '/nothing',
        `/%ff?t=${token}`,
      ]) {
        seen.push(JSON.stringify(await server.send({ path, token })))
      }
      seen.push(JSON.stringify(await server.send({ path: `${studies}?token=${token}`, token })))
    }
    const everything = seen.join()
    for (const token of tokens) expect(everything).not.toContain(token.split('.')[2])
    expect(server.errors).toEqual([])
  })
})
