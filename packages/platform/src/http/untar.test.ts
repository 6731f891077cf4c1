import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { untar } from './untar.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-untar-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The archive in pieces of some bytes, as a network brings it. */
async function* pieces(archive: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < archive.length; i += size) yield archive.subarray(i, i + size)
}

async function read(archive: Uint8Array, size = 1000, skip: (path: string) => boolean = () => false) {
  const found: { [path: string]: string } = {}
  for await (const file of untar(pieces(archive, size))) {
    const path = file.path.join('/')
    if (skip(path)) continue
    const parts: Uint8Array[] = []
    for await (const part of file.bytes()) parts.push(Uint8Array.from(part))
    expect(Buffer.concat(parts)).toHaveLength(file.size)
    found[path] = Buffer.concat(parts).toString()
  }
  return found
}

const long = `${'d'.repeat(60)}/${'e'.repeat(60)}/${'é'.repeat(30)}`
const files: { readonly [path: string]: string } = {
  a: '',
  'b/c': 'x'.repeat(512),
  'b/d é': 'y'.repeat(5000),
  [long]: 'z',
}

function packed(format: string): Buffer {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  symlinkSync('/etc/passwd', join(folder, 'b/link'))
  return execFileSync('tar', ['c', `--format=${format}`, '-C', folder, '.'])
}

it.each(['gnu', 'posix', 'ustar'])(
  'reads the plain files of what tar writes in the form of %s, and no link',
  async (format) => {
    const archive = packed(format)
    for (const size of [1, 700, 1 << 20]) expect(await read(archive, size)).toEqual(files)
    const { 'b/d é': _, ...rest } = files
    expect(await read(archive, 1000, (path) => path === 'b/d é')).toEqual(rest)
  },
)

/** An archive of one file of that path. */
function archiveOf(path: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0)
  header.write('00000000001', 124)
  header.write('0', 156)
  header.fill(' ', 148, 156)
  header.write(
    header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0'),
    148,
  )
  return Buffer.concat([header, Buffer.alloc(512, 'x'), Buffer.alloc(1024)])
}

it.each(['/etc/x', '../x', 'a/../../x', 'a\\b', '.', 'n'.repeat(100).replace(/./g, 'é').slice(0, 49)])(
  'lets no path lead elsewhere: %s',
  async (path) => {
    const reading = read(archiveOf(path))
    if (path.startsWith('é')) expect(await reading).toEqual({ [path]: 'x' })
    else
      await expect(reading).rejects.toThrow(
        `archive: expected a tar archive of a log folder, got the path ${JSON.stringify(path)}`,
      )
  },
)

it('says when it breaks off or is something else', async () => {
  const archive = packed('gnu')
  const cut = archive.subarray(0, archive.indexOf('yyy') + 10)
  await expect(read(cut)).rejects.toThrow('got its end in the middle of a file')
  await expect(read(Buffer.alloc(512, 'text'))).rejects.toThrow('got something else')
  expect(await read(Buffer.alloc(0))).toEqual({})
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      await read(bytes).catch((error: Error) => expect(error.message).toMatch(/^archive: /))
    }),
  )
})
