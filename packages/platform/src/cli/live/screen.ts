import { visibleWidth } from '../format/width.js'
import type { Terminal } from '../terminal.js'

/** An area at the lower end of a terminal that is redrawn in place. */
export interface Screen {
  /** Replaces the area; lines must fit the terminal, one row less than it has. */
  draw(lines: readonly string[]): void
  /** Lines above the area, which scroll away; `area` as for `draw`: made smaller, it leaves them in sight. */
  print(lines: readonly string[], area: readonly string[]): void
  /** Forget what was drawn: something else has written. */
  reset(): void
  /** Removes the area and gives the cursor back. */
  close(): void
}

const CSI = '\u001b['
const HIDE_CURSOR = `${CSI}?25l`
const SHOW_CURSOR = `${CSI}?25h`
/** Terminals that know it show what is between at once, the others ignore it: no flicker. */
const BEGIN = `${CSI}?2026h`
const END = `${CSI}?2026l`
const CLEAR_RIGHT = `${CSI}K`
const CLEAR_BELOW = `${CSI}J`

export function openScreen({ write, size }: Pick<Terminal, 'write' | 'size'>): Screen {
  let drawn: readonly string[] = []
  let width = size().columns
  let isBusy = false
  const restore = () => void write(SHOW_CURSOR)
  process.once('exit', restore)
  void write(HIDE_CURSOR)

  /** To the area's first row; terminals break lines again when they become narrower. */
  const toTop = (columns: number) => {
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleWidth(line) / columns)), 0)
    return rows === 0 ? '\r' : `\r${CSI}${rows}A`
  }
  const put = (above: readonly string[], lines: readonly string[]) => {
    const { columns } = size()
    const isMoved = above.length > 0 || columns !== width
    const rows = lines.map((line, i) => (!isMoved && line === drawn[i] ? '\n' : `${line}${CLEAR_RIGHT}\n`))
    const scrolling = above.map((line) => `${line}${CLEAR_RIGHT}\n`)
    const text = `${BEGIN}${toTop(columns)}${isMoved ? CLEAR_BELOW : ''}${[...scrolling, ...rows].join('')}${CLEAR_BELOW}${END}`
    drawn = lines
    width = columns
    isBusy = true
    void write(text).then(() => {
      isBusy = false
    })
  }
  return {
    draw(lines) {
      const isSame =
        size().columns === width && lines.length === drawn.length && lines.every((line, i) => line === drawn[i])
      // a terminal that takes nothing (Ctrl-S) is not filled up with old pictures
      if (!isSame && !isBusy) put([], lines)
    },
    print(lines, area) {
      put(lines, area)
    },
    reset() {
      drawn = []
      void write(HIDE_CURSOR)
    },
    close() {
      put([], [])
      process.off('exit', restore)
      restore()
    },
  }
}
