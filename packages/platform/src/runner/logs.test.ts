import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lastWords, trimLog } from './logs.js'

let file: string
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'parzen-logs-')), 'stderr.log')
})
afterEach(() => rmSync(join(file, '..'), { recursive: true, force: true }))

it('gives the last lines that say something', () => {
  expect(lastWords(file)).toBe('')
  writeFileSync(file, 'Traceback\n  File x\n\nValueError: no\n\n')
  expect(lastWords(file, 2)).toBe('File x | ValueError: no')
  writeFileSync(file, `${'y'.repeat(10_000)}end`)
  expect(lastWords(file, 3, 10)).toBe('…yyyyyyyend')
  writeFileSync(file, `401 for ${`parzen.${'a'.repeat(40)}.${'b'.repeat(43)}`}\n`)
  expect(lastWords(file)).toBe(`401 for ${'*'.repeat(91)}`)
})

it('cuts the middle out of a long log only', () => {
  writeFileSync(file, 'short')
  trimLog(file, 10)
  expect(readFileSync(file, 'utf8')).toBe('short')
  writeFileSync(file, `head.${'x'.repeat(90)}.tail`)
  trimLog(file, 10)
  expect(readFileSync(file, 'utf8')).toBe('head.\n[parzen: 90 bytes left out]\n.tail')
  trimLog(join(file, '..', 'none.log'), 10)
})
