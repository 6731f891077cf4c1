import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { artifactsIn, keepArtifact } from './artifacts.js'
import { testServer } from './server.contract.js'

let root: string
let folder: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parzen-artifacts-'))
  folder = join(root, 'artifacts')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function* parts(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}
const ofAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

it('keeps a file whole, by the hash of its content, and replaces one of its name', async () => {
  await keepArtifact(folder, 'a.txt', parts('old'))
  expect(await keepArtifact(folder, 'a.txt', parts('a', 'bc'))).toEqual({ size: 3, sha256: ofAbc })
  expect(await artifactsIn(folder, 2)).toEqual([
    {
      name: 'a.txt',
      attempt: 2,
      size: 3,
      sha256: ofAbc,
      type: 'text/plain; charset=utf-8',
      path: join(folder, 'a.txt'),
    },
  ])
})

it('leaves what was there, and nothing else, if the sender goes away or sends too much', async () => {
  await keepArtifact(folder, 'a.txt', parts('abc'))
  async function* broken() {
    yield Buffer.from('half')
    throw new Error('gone')
  }
  await expect(keepArtifact(folder, 'a.txt', broken())).rejects.toThrow('gone')
  await expect(keepArtifact(folder, 'a.txt', parts('1234', '5'), 4)).rejects.toThrow(
    'artifact: expected at most 4 bytes, got more',
  )
  expect(readdirSync(folder)).toEqual(['a.txt'])
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('abc')
})

it('writes to no folder and through no link', async () => {
  mkdirSync(join(folder, 'sub'), { recursive: true })
  writeFileSync(join(folder, 'sub', 'x'), '')
  await expect(keepArtifact(folder, 'sub', parts('x'))).rejects.toThrow('artifact sub: expected the name of a file')
  writeFileSync(join(root, 'outside'), 'safe')
  symlinkSync(join(root, 'outside'), join(folder, 'link'))
  await keepArtifact(folder, 'link', parts('abc'))
  expect(readFileSync(join(root, 'outside'), 'utf8')).toBe('safe')
})

it('takes a file over HTTP from the worker of its trial alone, as bytes', async () => {
  const server = await testServer()
  const text = 'study: s\nobjective: { metric: loss, direction: minimize }\nspace: { x: uniform(0, 1) }'
  await server.send({ path: '/api/v1/studies', body: { text } })
  const { trials } = (await server.send({ path: '/api/v1/studies/s/ask', body: { count: 2 } })).json
  const put = (name: string, more: object = {}) =>
    server.send({
      path: `/api/v1/studies/s/trials/0/artifacts/${name}`,
      method: 'PUT',
      raw: 'abc',
      headers: { 'content-type': 'application/octet-stream' },
      token: trials[0].token,
      ...more,
    })
  expect((await put('model%20%C3%A9.bin')).json).toEqual({ name: 'model é.bin', size: 3, sha256: ofAbc })
  expect((await put('x', { token: trials[1].token })).status).toBe(403)
  expect((await put('x', { headers: { 'content-type': 'text/plain' } })).status).toBe(415)
  for (const name of ['..', '.hidden', '..%2fx', '-rf', 'a%0ab', 'x%22']) expect((await put(name)).status).toBe(400)
  const tooLong = { 'content-type': 'application/octet-stream', 'content-length': String(2 ** 29) }
  expect((await put('x', { headers: tooLong })).status).toBe(413)
  const path = `/api/v1/studies/s/trials/0/artifacts/${ofAbc}`
  expect((await server.send({ path })).text).toBe('abc')
  expect(server.errors).toEqual([])
  await server.close()
})
