import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TrialRecord } from '@parzen/core'
import { replaceText } from '../stores/replace-text.js'

/** How long a script with an SDK has to notice the verdict at its next report and to end itself. */
const GRACE_MILLISECONDS = 10_000

/** The file a script looks at after each report (PARZEN_VERDICT_FILE): `{"verdict":"prune","step":9,"reason":"…"}`. */
export function verdictFile(attemptFolder: string): string {
  return join(attemptFolder, 'verdict.json')
}

export function writeVerdict(attemptFolder: string, judged: NonNullable<TrialRecord['judged']>): void {
  replaceText(verdictFile(attemptFolder), `${JSON.stringify(judged)}\n`)
}

export function readVerdict(attemptFolder: string): TrialRecord['judged'] {
  const path = verdictFile(attemptFolder)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** A script that ends itself when told says so at its start, by the file `sdk.json` in its folder. */
export function usesSdk(attemptFolder: string): boolean {
  return existsSync(join(attemptFolder, 'sdk.json'))
}

export function graceAfterVerdict(attemptFolder: string): number {
  return usesSdk(attemptFolder) ? GRACE_MILLISECONDS : 0
}
