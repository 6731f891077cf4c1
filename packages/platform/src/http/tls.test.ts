import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testServer } from './server.contract.js'
import { readTls } from './tls.js'

let folder: string
let files: { readonly cert: string; readonly key: string }
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-tls-'))
  files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', ...made, ...name, '-keyout', files.key, '-out', files.cert], { stdio: 'ignore' })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What comes back for a GET, by whoever trusts that certificate. */
function ask(url: string, headers: { readonly [name: string]: string }): Promise<{ status?: number; cookie: string }> {
  return new Promise((resolve, reject) => {
    get(url, { ca: readFileSync(files.cert), headers }, (reply) => {
      reply.resume()
      const cookie = String(reply.headers['set-cookie'] ?? '')
      reply.on('end', () =>
        resolve({ ...(reply.statusCode === undefined ? {} : { status: reply.statusCode }), cookie }),
      )
    }).on('error', reject)
  })
}

it('serves by https alone, with cookies for https alone', async () => {
  const server = await testServer({ tls: files, allowedHosts: ['localhost'] })
  expect(server.url).toMatch(/^https:\/\/localhost:\d+$/)
  const { status } = await ask(`${server.url}/api/v1/studies`, { authorization: `Bearer ${server.token}` })
  expect(status).toBe(200)
  expect((await ask(`${server.url}/api/v1/studies`, {})).status).toBe(401)
  const { cookie } = await ask(server.link(), {})
  expect(cookie).toMatch(/; Secure$/)
  const [session] = cookie.split(';') as [string]
  expect((await ask(`${server.url}/api/v1/studies`, { cookie: session })).status).toBe(200)
  await expect(server.send({ path: '/api/v1/studies' })).rejects.toThrow(/hang up|ECONNRESET/)
  await server.close()
})

it('says which file is wrong', () => {
  expect(() => readTls({ ...files, cert: '/nowhere' })).toThrow(
    '--tls-cert /nowhere: expected a file that can be read, got ENOENT',
  )
  const other = join(folder, 'other.pem')
  writeFileSync(other, 'x')
  expect(() => readTls({ ...files, key: other })).toThrow(
    `--tls-cert ${files.cert}: expected a certificate of that key, both in PEM, got `,
  )
})
