import { ParzenError } from '@parzen/core'

/** A file of an archive. Its bytes are to be read before the next one comes; what is not read is passed over. */
export interface ArchivedFile {
  /** Below the archive's top, of plain names. */
  readonly path: readonly string[]
  readonly size: number
  bytes(): AsyncGenerator<Uint8Array>
}

const BLOCK = 512
/** Of a path that comes as a file of its own. */
const LONGEST_PATH = 4096

/**
 * The plain files of a tar archive (POSIX 1003.1-1988 and 2001, GNU long names), one after the other. Links, devices and folders
 * are passed over, so that no file can come to lie anywhere but where its path says.
 *
 * @throws ParzenError `import/archive` if it is damaged, breaks off, or has a path that leads elsewhere.
 */
export async function* untar(archive: AsyncIterable<Uint8Array>): AsyncGenerator<ArchivedFile> {
  const read = reader(archive)
  let longPath: string | undefined
  for (;;) {
    const header = await read.exactly(BLOCK)
    if (!header || header.every((byte) => byte === 0)) return
    checkSum(header)
    const size = numberAt(header, 124, 12)
    const kind = String.fromCharCode(header[156] ?? 0)
    const rest = { left: size }
    if (kind === 'L' || kind === 'x') {
      if (size > LONGEST_PATH) throw damaged(`a path of ${size} bytes`)
      const told = new TextDecoder().decode(await read.exactly(size))
      longPath = kind === 'L' ? told.replace(/\0.*$/s, '') : (paxPath(told) ?? longPath)
      rest.left = 0
    } else {
      const path = longPath ?? joined(textAt(header, 345, 155), textAt(header, 0, 100))
      longPath = undefined
      if (kind === '0' || kind === '\0') yield { path: plainPath(path), size, bytes: () => read.upTo(rest) }
    }
    for await (const _ of read.upTo(rest));
    await read.exactly((BLOCK - (size % BLOCK)) % BLOCK)
  }
}

function reader(archive: AsyncIterable<Uint8Array>) {
  const source = archive[Symbol.asyncIterator]()
  let chunk: Uint8Array = new Uint8Array(0)
  async function* upTo(rest: { left: number }): AsyncGenerator<Uint8Array> {
    while (rest.left > 0) {
      if (chunk.length === 0) {
        const next = await source.next()
        if (next.done) throw damaged('its end in the middle of a file')
        chunk = next.value
      }
      const part = chunk.subarray(0, rest.left)
      chunk = chunk.subarray(part.length)
      rest.left -= part.length
      if (part.length > 0) yield part
    }
  }
  /** @returns undefined at the end of the archive. */
  async function exactly(count: number): Promise<Uint8Array | undefined> {
    if (chunk.length === 0) {
      const next = await source.next()
      if (next.done) return count === 0 ? chunk : undefined
      chunk = next.value
    }
    const parts: Uint8Array[] = []
    for await (const part of upTo({ left: count })) parts.push(part)
    return Buffer.concat(parts)
  }
  return { upTo, exactly }
}

/** The sum of its bytes, its own eight counted as spaces. */
function checkSum(header: Uint8Array): void {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  if (sum !== numberAt(header, 148, 8)) throw damaged('something else')
}

/** In octal, or in base 256 where the first bit is set. */
function numberAt(header: Uint8Array, from: number, length: number): number {
  const field = header.subarray(from, from + length)
  if (((field[0] ?? 0) & 0x80) !== 0) return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0)
  const value = Number.parseInt(textAt(header, from, length).trim() || '0', 8)
  return Number.isNaN(value) ? -1 : value
}

function textAt(header: Uint8Array, from: number, length: number): string {
  return new TextDecoder().decode(header.subarray(from, from + length)).replace(/\0.*$/s, '')
}

function joined(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Records of pax: `<length> <key>=<value>\n`. */
function paxPath(records: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1]
}

function plainPath(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.')
  const isPlain =
    names.length > 0 &&
    !path.startsWith('/') &&
    !names.some((name) => name === '..' || /[\\\0]/.test(name) || Buffer.byteLength(name) > 255)
  if (!isPlain) throw damaged(`the path ${JSON.stringify(path.slice(0, 200))}`)
  return names
}

function damaged(what: string): ParzenError {
  return new ParzenError('import/archive', `archive: expected a tar archive of a log folder, got ${what}`)
}
