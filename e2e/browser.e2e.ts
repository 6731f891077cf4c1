/** The core in a real browser: bundled, small, with nothing of Node in it, and suggesting as it does in Node. */
import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build, type Rollup } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Ran, ran } from './browser/study.js'
import { chromiumPath, openBrowser } from './tensorboard/browser.js'

const LARGEST_BYTES = 60_000
const hasBrowser = existsSync(chromiumPath)
if (!hasBrowser) console.log(`browser: ${chromiumPath} is not there; PARZEN_TEST_CHROMIUM may name another`)

const path = (relative: string) => new URL(relative, import.meta.url).pathname

/** As a page would ship it: minified, with what it does not import left out. */
async function bundled(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root: path('..'),
    build: {
      write: false,
      target: 'es2023',
      lib: { entry, formats: ['es'] },
      // vite leaves a library's white space to whoever bundles it
      rollupOptions: { output: { minify: true } },
    },
  })
  const { output } = (Array.isArray(built) ? built[0] : built) as Rollup.RollupOutput
  expect(output).toHaveLength(1)
  return output[0].code
}

describe('the core in a browser', () => {
  let code = ''
  beforeAll(async () => {
    code = await bundled(path('browser/study.ts'))
  })

  it('is a bundle below 60 KB', () => {
    const bytes = gzipSync(code, { level: 9 }).length
    console.log(`browser: a page with minimize and its samplers is ${bytes} bytes, gzipped`)
    expect(bytes).toBeLessThan(LARGEST_BYTES)
    // not empty, and not a stub: the samplers are in it
    expect(bytes).toBeGreaterThan(20_000)
  })

  it('asks for nothing of Node', () => {
    expect(code).not.toMatch(/\bimport\s*[("'{*]|\brequire\(|node:|\bprocess\.|\bBuffer\b/)
  })

  // in CI a missing browser fails
  it.skipIf(!hasBrowser && !process.env['CI'])('runs a study with auto, as Node does', async () => {
    const browser = await openBrowser()
    try {
      const page = await browser.context.newPage()
      const asked: string[] = []
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(error.message))
      await browser.context.route('**', (route) => {
        const { pathname } = new URL(route.request().url())
        asked.push(pathname)
        if (pathname === '/study.js') return route.fulfill({ contentType: 'text/javascript', body: code })
        return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>parzen</title>' })
      })
      await page.goto('http://parzen.test/')
      const there = await page.evaluate<Ran>("import('/study.js').then((module) => module.ran())")
      expect(errors).toEqual([])
      expect(asked.filter((pathname) => pathname !== '/favicon.ico')).toEqual(['/', '/study.js'])
      expect(there.params).toHaveLength(40)
      expect(there.speakers).toEqual(['gp'])
      expect(there.best).toBeLessThan(0.01)
      // another version of the engine rounds Math functions otherwise, and a model passes that on: alike, not bit for bit
      const here = await ran()
      for (const [i, { lr, x, kind }] of there.params.slice(0, 10).entries()) {
        expect(kind).toBe(here.params[i]?.kind)
        expect(x).toBeCloseTo(here.params[i]?.x as number, 9)
        expect(Math.log(lr)).toBeCloseTo(Math.log(here.params[i]?.lr as number), 9)
      }
    } finally {
      await browser.close()
    }
  })
})
