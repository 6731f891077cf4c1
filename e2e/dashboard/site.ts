import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { cleanEnvironment, parzenPath } from '../cli/workplace.js'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const artifacts = join(import.meta.dirname, '../../artifacts')

export type Server = ChildProcess & { readonly url: string; readonly link: string }

/** `parzen serve` of the store in a folder, once it answers. */
export async function serve(folder: string, ...args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, [parzenPath, 'serve', '--json', ...args], {
    cwd: folder,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return Object.assign(child, JSON.parse(line) as { url: string; link: string })
}

/** What goes wrong in a page, for a test to look at in the end. */
export function problemsOf(page: Page): readonly string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  return problems
}

/** What the page's address says after the ?, asked of the page: the browser tells playwright's `url()` of a change later. */
export async function addressOf(page: Page): Promise<URLSearchParams> {
  return new URLSearchParams((await page.evaluate('location.search')) as string)
}

/**
 * A page in light and dark, wide and narrow: axe finds nothing, nothing sticks out at the side; pictures of it are kept as `artifacts/NAME-….png`.
 * @param ready waits for what is to be seen
 */
export async function expectUsable(
  page: Page,
  {
    name,
    url,
    ready,
  }: { readonly name: string; readonly url: string; readonly ready?: (page: Page) => Promise<unknown> },
): Promise<void> {
  mkdirSync(artifacts, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1400, 400]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      // also where only what stands behind # is another
      await page.goto('about:blank')
      await page.goto(url)
      await page.locator('main').waitFor()
      await page.waitForLoadState('networkidle')
      await ready?.(page)
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
