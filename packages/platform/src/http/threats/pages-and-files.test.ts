import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attemptFolder } from '../../stores/folders.js'
import { memoryRepository } from '../../stores/memory-series.js'
import { listen } from '../listen.js'
import type { TestServer } from '../server.contract.js'
import { at, attacked, bytes, linked } from './attacked-server.contract.js'

let server: TestServer

attacked((one) => {
  ;({ server } = one)
})

describe('TensorBoard', () => {
  it('listens on 127.0.0.1 alone, and elsewhere only if it is told the name to answer to', async () => {
    const { hostname, port } = new URL(server.url)
    expect(hostname).toBe('127.0.0.1')
    const elsewhere = new Promise((resolve) => {
      const socket = connect(Number(port), '127.0.0.2', () => resolve('let in')).on('error', () => resolve('refused'))
      socket.on('connect', () => socket.destroy())
    })
    expect(await elsewhere).toBe('refused')
    const root = mkdtempSync(join(tmpdir(), 'parzen-threats-'))
    const open = listen({
      store: memoryRepository(),
      root,
      version: '0.0.0',
      port: 0,
      address: '0.0.0.0',
      worker: 'test',
      start: async () => false,
      onError: () => undefined,
    })
    await expect(open).rejects.toThrow('--listen 0.0.0.0: expected --allowed-host as well, got none')
    rmSync(root, { recursive: true })
  })

  it('lets no other page frame it, read it or run a script in it', async () => {
    const { headers, text } = await server.send({ path: '/', token: undefined })
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; script-src 'self'; style-src 'self'; .*frame-ancestors 'none'; base-uri 'none'; form-action 'self'$/,
      ),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(text.match(/<script(?![^>]*\ssrc="\/)[^>]*>|\son\w+=|<style|javascript:/gi)).toBeNull()
  })
})

describe('optuna-dashboard, MLflow, Aim', () => {
  it('hands out what a trial kept as a file that no browser runs', async () => {
    const files = (await server.send({ path: at('0/artifacts') })).json
    expect(files.map(({ name }: { name: string }) => name)).toEqual(['<img src=x onerror=alert(1)>.svg'])
    const { headers, text } = await server.send({ path: at(`0/artifacts/${files[0].sha256}`) })
    expect(text).toBe('<svg onload="alert(1)"/>')
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': "attachment; filename*=UTF-8''%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E.svg",
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('follows no link and waits for no pipe that a trial has put among its files and logs', async () => {
    const log = async (trial: number, stream: string) =>
      (await server.send({ path: at(`${trial}/attempts/1/logs/${stream}`) })).json
    const nothing = { text: '', from: 0, to: 0, size: 0 }
    expect([await log(0, 'stdout'), await log(0, 'stderr'), await log(1, 'stdout')]).toEqual([
      nothing,
      nothing,
      nothing,
    ])
    const outside = join(server.root, 'outside')
    symlinkSync(outside, join(attemptFolder(server.root, ...linked), 'artifacts'))
    expect((await server.send({ path: at('1/artifacts') })).json).toEqual([])
    const put = { path: at('1/artifacts/secret.txt'), method: 'PUT', raw: 'mine', headers: bytes }
    expect((await server.send(put)).json.error.code).toBe('artifact/folder')
    expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret')
  })
})
