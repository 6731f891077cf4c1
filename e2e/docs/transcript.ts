import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { cleanEnvironment, parzenPath } from '../cli/workplace.js'
import { type Block, root } from './markdown.js'

/** A command as typed, and the lines it is said to print. */
export interface Step {
  readonly line: number
  readonly command: string
  readonly expected: readonly string[]
}

export function stepsOf({ text, line }: Block): Step[] {
  const steps: { line: number; command: string; expected: string[] }[] = []
  text
    .trimEnd()
    .split('\n')
    .forEach((each, i) => {
      if (each.startsWith('$ ')) steps.push({ line: line + i, command: each.slice(2), expected: [] })
      else steps.at(-1)?.expected.push(each)
    })
  return steps
}

/** A folder in which the transcripts of a page are typed, with `parzen` on the path. */
export function workbench(): { readonly folder: string; type(command: string): string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'parzen-docs-e2e-'))
  const bin = join(folder, '.bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'parzen'), `#!/bin/sh\nexec '${process.execPath}' '${parzenPath}' "$@"\n`)
  chmodSync(join(bin, 'parzen'), 0o755)
  const env: NodeJS.ProcessEnv = { ...cleanEnvironment(), PYTHONPATH: join(root, 'clients/python') }
  return {
    folder,
    type: (command) =>
      execFileSync('/bin/sh', ['-c', `exec 2>&1\n${command}\ntrue`], {
        cwd: folder,
        env: { ...env, PATH: `${bin}${delimiter}${env['PATH']}` },
        encoding: 'utf8',
      }),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }),
  }
}

/**
 * Lines without what differs from run to run: numbers, times, spaces that line columns up, and which trial is best and
 * why, since trials that run at once end in any order.
 */
export function shapeOf(lines: readonly string[]): string[] {
  const shapes = lines.map((line) => {
    const shape = line
      .replace(/^(trial \d+ complete) .*/, '$1')
      .replace(/^ *--\S+=.*/, '--parameters')
      .replace(/-?\d+(\.\d+)*(e[-+]?\d+)?/g, '#')
      .replace(/#(ms|s|m|h|d)\b( #(s|m|h)\b)*/g, '#s')
      .replace(/just now|#s ago/g, '#s ago')
    return shape.replace(/\s+/g, ' ').trim()
  })
  return shapes.filter((shape, i) => shape !== '--parameters' || shapes[i - 1] !== shape)
}

/** Whether lines are as expected; a line `…` stands for any number of lines. */
export function fits(expected: readonly string[], got: readonly string[]): boolean {
  const [first, ...rest] = expected
  if (first === undefined) return got.length === 0
  if (first === '…') return got.some((_, i) => fits(rest, got.slice(i))) || fits(rest, [])
  return got[0] === first && fits(rest, got.slice(1))
}
