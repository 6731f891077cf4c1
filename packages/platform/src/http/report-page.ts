import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { ParzenError } from '@parzen/core'
import { REPORT_ELEMENT, type ReportContent } from './contract/report.js'

/** The dashboard as it is built into this package in one piece. */
const BUILT = fileURLToPath(new URL('../../dashboard/report/', import.meta.url))

/**
 * The dashboard in one HTML file that needs no server: script, style and picture are put where they were referred to, the content
 * beside them. Its policy lets nothing in but these, named by their hashes, and lets nothing out.
 *
 * @throws ParzenError `report/build` if the dashboard is not built, or not in a form that can be put into one file.
 */
export function reportPage(content: ReportContent, folder = BUILT): string {
  const read = (path: string) => readBuilt(join(folder, path))
  const icon = `data:image/svg+xml;base64,${Buffer.from(read('icon.svg')).toString('base64')}`
  const page = read('index.html').replaceAll('/icon.svg', icon)
  const script = part(page, /<script type="module"[^>]* src="\/([^"]+)"><\/script>/)
  const style = part(page, /<link rel="stylesheet"[^>]* href="\/([^"]+)">/)
  const js = inScript(read(script.path).replaceAll('/icon.svg', icon))
  const css = read(style.path).replaceAll('</', '<\\/')
  const policy = [
    "default-src 'none'",
    `script-src '${hash(js)}'`,
    `style-src '${hash(css)}'`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const data = gzipSync(JSON.stringify(content)).toString('base64')
  return page
    .replace(script.tag, '')
    .replace(style.tag, () => `<style>${css}</style>`)
    .replace('<head>', () => `<head>\n    <meta http-equiv="content-security-policy" content="${policy}">`)
    .replace('</body>', () => {
      const told = `<script type="application/gzip" id="${REPORT_ELEMENT}">${data}</script>`
      return `  ${told}\n    <script type="module">${js}</script>\n  </body>`
    })
}

function part(page: string, tag: RegExp): { readonly tag: string; readonly path: string } {
  const [whole, path] = tag.exec(page) ?? []
  if (whole === undefined || path === undefined) throw notBuilt(`its page has no ${tag.source.slice(1, 12)}`)
  return { tag: whole, path }
}

/** What would end a script in HTML, or begin a comment there, is escaped: inside strings and expressions it stays the same. */
function inScript(js: string): string {
  if (/^import\b|[;}]import["{*]/.test(js)) throw notBuilt('its script needs another file')
  return js.replaceAll(/<\/(script)/gi, '<\\/$1').replaceAll('<!--', '<\\!--')
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function readBuilt(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw notBuilt(`${path} cannot be read`, cause)
  }
}

function notBuilt(what: string, cause?: unknown): ParzenError {
  return new ParzenError('report/build', `dashboard: expected one that fits into a file, but ${what}`, {
    cause,
    hint: '`npm run build` builds it',
  })
}
