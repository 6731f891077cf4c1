import { stripVTControlCharacters } from 'node:util'

const ESC = String.fromCharCode(27)
/** Colours, as picocolors writes them. */
const colour = new RegExp(`(${ESC}\\[[0-9;]*m)`)
const control = /\p{Cc}+/gu

/** Text from outside (logs, names), made safe for one line of a terminal: no escapes, no control characters. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(control, ' ')
}

/** Columns a terminal needs for `text`; colours need none. */
export function visibleWidth(text: string): number {
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += characterWidth(character)
  return width
}

/** Cuts to `width` columns, the last of them an ellipsis; colours are kept, and closed where they were. */
export function truncate(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text
  if (width <= 0) return ''
  let left = width - 1
  let cut = ''
  let open = true
  for (const part of text.split(colour)) {
    if (part.startsWith(ESC)) {
      cut += part
      continue
    }
    if (!open) continue
    for (const character of part) {
      left -= characterWidth(character)
      if (left < 0) {
        cut += '…'
        open = false
        break
      }
      cut += character
    }
  }
  return cut
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - visibleWidth(text))) + text
}

/** Breaks at spaces into lines of at most `width` columns; a longer word is cut. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (visibleWidth(longer) <= width) {
      line = longer
      continue
    }
    if (line !== '') lines.push(line)
    line = truncate(word, width)
  }
  if (line !== '') lines.push(line)
  return lines
}

const combining = /\p{Mark}/u
/** East Asian wide and full-width forms, and emoji: first and last code points. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
]

function characterWidth(character: string): number {
  const code = character.codePointAt(0) as number
  if (code < 0x300) return 1
  if (combining.test(character) || code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f)) return 0
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}
