import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

export const chromiumPath = process.env['PARZEN_TEST_CHROMIUM'] ?? '/usr/bin/chromium'

/** A browser with a profile of its own, which is gone when it is closed. */
export async function openBrowser(): Promise<{ readonly context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'parzen-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    viewport: { width: 1500, height: 900 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
  return {
    context,
    async close() {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A port that nobody listens on, for a program that wants to be told one. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Starts a program and waits for it to say something. */
export async function startUntil(
  command: string,
  args: readonly string[],
  { says, ...options }: { readonly says: RegExp; readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<ChildProcess> {
  const child = spawn(command, args, options)
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const hear = (text: string) => {
      said += text
      if (says.test(said)) resolve()
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    child.on('exit', (code) => reject(new Error(`${command} ended with ${code}: ${said}`)))
  })
  return child
}
