import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A fenced block of code. */
export interface Block {
  /** Relative to the repository. */
  readonly file: string
  /** Of its first line of code, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
  /** Comments right above it: `<!-- file: train.py -->` is `file` with the value `train.py`. */
  readonly marks: ReadonlyMap<string, string>
}

export interface Page {
  readonly file: string
  readonly blocks: readonly Block[]
  /** The lines, those of code blocks emptied. */
  readonly prose: readonly string[]
}

const FENCE = /^(\s*)```(\w*)\s*$/
const MARK = /^<!-- ([a-z]+)(?:: (.*))? -->$/

export function readPage(file: string): Page {
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  const blocks: Block[] = []
  const prose: string[] = []
  let marks = new Map<string, string>()
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] as string
    const fence = FENCE.exec(line)
    const mark = MARK.exec(line.trim())
    if (mark) marks.set(mark[1] as string, mark[2] ?? '')
    if (!fence) {
      if (!mark && line.trim() !== '') marks = new Map()
      prose.push(line)
      continue
    }
    const [, indent = '', language = ''] = fence
    const end = lines.findIndex((other, k) => k > i && other.trim() === '```')
    if (end < 0) throw new Error(`${file}:${i + 1}: expected an end of this block of code, got none`)
    const text = lines
      .slice(i + 1, end)
      .map((inner) => inner.slice(indent.length))
      .join('\n')
    blocks.push({ file, line: i + 2, language, text: `${text}\n`, marks })
    marks = new Map()
    prose.push(...Array.from({ length: end - i + 1 }, () => ''))
    i = end
  }
  return { file, blocks, prose }
}

/** Pages people read: at the top, and below these folders. */
export function pages(): Page[] {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'))
  const below = ['docs', 'examples', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  )
  return [...top, ...below].sort().map(readPage)
}

/** As GitHub names them. */
export function anchors({ prose }: Page): string[] {
  const seen = new Map<string, number>()
  return prose.flatMap((line) => {
    const title = /^#{1,6}\s+(.*?)\s*$/.exec(line)?.[1]
    if (title === undefined) return []
    const slug = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-')
    const before = seen.get(slug) ?? 0
    seen.set(slug, before + 1)
    return before === 0 ? slug : `${slug}-${before}`
  })
}

export interface Link {
  readonly line: number
  readonly target: string
}

/** Targets of links and pictures that are not on the web. */
export function links({ prose }: Page): Link[] {
  return prose.flatMap((text, i) =>
    [...text.replace(/`[^`]*`/g, 'code').matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => ({ line: i + 1, target: match[1] as string }))
      .filter(({ target }) => !/^(https?|mailto):/.test(target)),
  )
}

export function isFolder(path: string): boolean {
  return statSync(path).isDirectory()
}

/** Rows of tables whose heading has these columns: the code in each cell, undefined where it is none. */
export function tableRows(
  { prose }: Page,
  columns: readonly string[],
): { line: number; cells: (string | undefined)[] }[] {
  const rows: { line: number; cells: (string | undefined)[] }[] = []
  let places: number[] | undefined
  prose.forEach((text, i) => {
    const cells = text.startsWith('|') ? text.split('|').slice(1, -1) : []
    if (cells.length === 0) places = undefined
    else if (places === undefined) {
      const at = columns.map((column) => cells.findIndex((cell) => cell.trim() === column))
      places = at.every((place) => place >= 0) ? at : []
    } else if (places.length > 0 && !/^[\s:-]+$/.test(cells[0] ?? '')) {
      rows.push({ line: i + 1, cells: places.map((place) => /`([^`]+)`/.exec(cells[place] ?? '')?.[1]) })
    }
  })
  return rows
}
