import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { cleanEnvironment, parzenPath } from '../cli/workplace.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const artifacts = join(import.meta.dirname, '../../artifacts')

export type Server = ChildProcess & { readonly url: string; readonly link: string }

/** `parzen serve` in a folder, once it answers. */
export async function serve(folder: string, ...args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, [parzenPath, 'serve', '--json', ...args], {
    cwd: folder,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return Object.assign(child, JSON.parse(line))
}

/** A page, and what went wrong in it: errors, and what its console was told. */
export async function newPage(context: BrowserContext): Promise<{ readonly page: Page; readonly problems: string[] }> {
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  return { page, problems }
}

/**
 * Opens an address in light and dark, wide and narrow: axe finds nothing, nothing sticks out at the side. Pictures are kept as
 * `artifacts/NAME-….png`.
 */
export async function checkForAll(page: Page, address: string, name: string): Promise<void> {
  mkdirSync(artifacts, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1400, 400]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.goto('about:blank')
      await page.goto(address)
      await page.locator('main').waitFor()
      await page.waitForLoadState('networkidle')
      expect(await violations(page)).toEqual([])
      const [inner, whole] = (await page.evaluate('[innerWidth, document.documentElement.scrollWidth]')) as [
        number,
        number,
      ]
      expect(whole).toBeLessThanOrEqual(inner)
      await page.screenshot({ path: join(artifacts, `${name}-${colorScheme}-${width}.png`) })
    }
  }
}

/** What axe finds wrong with the page as it is: the rule, and where. */
export async function violations(page: Page): Promise<readonly (readonly [string, readonly string[]])[]> {
  await page.evaluate(axe)
  const found = (await page.evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })",
  )) as { violations: { id: string; nodes: { html: string }[] }[] }
  return found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)] as const)
}
