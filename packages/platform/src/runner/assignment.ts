import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Json, Params, Report } from '@parzen/core'
import { attemptFolder, studyFolder } from '../stores/folders.js'
import { replaceText } from '../stores/replace-text.js'
import type { Prepared } from './prepare.js'

/** An attempt that a worker has been given by a server, and how much of it the server has: plain JSON. */
export interface Assignment {
  readonly trial: number
  readonly attempt: number
  readonly params: Params
  /** The trial whose checkpoints it goes on from. */
  readonly parent?: number | undefined
  /** Where it is compared next. */
  readonly targetStep?: number | undefined
  /** What its objectives had come to before this attempt, if they count for it. */
  readonly before?: Report['metrics']
  /** For this attempt alone. */
  readonly token: string
  /** Reports on record, and where in the attempt's output they end. */
  readonly sent: number
  readonly cursor?: Json | undefined
}

/** The same for whoever starts its command. */
export function preparedOf({ trial, attempt, params, parent, targetStep }: Assignment): Prepared {
  return { number: trial, params, parent, targetStep, attempts: { length: attempt } }
}

/** Written before its command is started, and after each report: a worker that is killed takes it up again. */
export function saveAssignment(root: string, study: string, one: Assignment): void {
  replaceText(fileOf(root, study, one), JSON.stringify(one), 0o600)
}

/** It is over, or somebody else's. */
export function removeAssignment(root: string, study: string, one: Assignment): void {
  rmSync(fileOf(root, study, one), { force: true })
}

/** What a worker before this one was at when it ended. */
export function unfinished(root: string, study: string): Assignment[] {
  const folder = studyFolder(root, study)
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => /^trial-\d+[/\\]attempt-\d+[/\\]assignment\.json$/.test(file))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Assignment)
}

function fileOf(root: string, study: string, at: { readonly trial: number; readonly attempt: number }): string {
  return join(attemptFolder(root, study, at), 'assignment.json')
}
