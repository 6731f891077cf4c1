import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { reportPage } from './report-page.js'

const content = { study: 'a', madeAt: 1, version: '1', replies: { x: '</script>$&' }, curves: {}, leftOut: [] }
let folder: string
const built = (js: string, css = 'a{}') => {
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'icon.svg'), '<svg/>')
  writeFileSync(join(folder, 'assets/a.js'), js)
  writeFileSync(join(folder, 'assets/a.css'), css)
  const head =
    '<script type="module" crossorigin src="/assets/a.js"></script><link rel="stylesheet" crossorigin href="/assets/a.css">'
  writeFileSync(join(folder, 'index.html'), `<html><head><link href="/icon.svg">${head}</head><body></body></html>`)
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-report-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('puts all files into one, under a policy that names them by their hashes', () => {
  built(`const a = "</script><!--$&"; const b = "/icon.svg"`)
  const page = reportPage(content, folder)
  expect(page).not.toMatch(/ src="\/| href="\//)
  expect(page).toContain('const a = "<\\/script><\\!--$&"')
  expect(page).toContain('const b = "data:image/svg+xml;base64,PHN2Zy8+"')
  expect(page).toMatch(/default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}=';/)
  const [, told = ''] = /id="parzen-report">([\w+/=]+)</.exec(page) ?? []
  expect(JSON.parse(gunzipSync(Buffer.from(told, 'base64')).toString())).toEqual(content)
})

it('says what is wrong with a dashboard that does not fit into a file', () => {
  const hint = '`npm run build` builds it'
  expect(() => reportPage(content, folder)).toThrow(
    `dashboard: expected one that fits into a file, but ${join(folder, 'icon.svg')} cannot be read. ${hint}`,
  )
  built('import{a}from"./b.js";a()')
  expect(() => reportPage(content, folder)).toThrow(
    `dashboard: expected one that fits into a file, but its script needs another file. ${hint}`,
  )
})
