import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Study, TrialRecord } from '@parzen/core'
import { claimPath, readAttempt } from '../executors/attempt-folder.js'
import { isAlive } from '../executors/process-identity.js'
import { attemptFolder, studyFolder } from '../stores/folders.js'
import { isAsked } from './asked.js'

/**
 * Makes sure that the trial folders of a study are its own: what another study of that name left (in another database,
 * or in one that was deleted since) is moved into a folder `earlier-N`, so that none of its results is taken for one of
 * this study's.
 */
export function claimStudyFolder(
  root: string,
  study: { readonly name: string; readonly state: Pick<Study['state'], 'createdAt'> },
): void {
  const folder = studyFolder(root, study.name)
  const path = join(folder, 'study.json')
  const mine = `${JSON.stringify({ study: study.name, createdAt: study.state.createdAt })}\n`
  // a file that is there but cannot be read is an error, not another study's
  if (existsSync(path) && readFileSync(path, 'utf8') === mine) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const names = readdirSync(folder)
  const foreign = names.filter((name) => name.startsWith('trial-'))
  if (foreign.length > 0) {
    const aside = join(folder, freeName(names, 'earlier'))
    mkdirSync(aside, { mode: 0o700 })
    for (const name of foreign) renameSync(join(folder, name), join(aside, name))
  }
  // last: a runner that dies before this moves the rest when it comes again
  writeFileSync(path, mine, { mode: 0o600 })
}

/** Moves an attempt's folder aside if it was claimed for other parameters: its journal lost its tail in a power cut. */
export function putForeignAside(folder: string, params: string): void {
  const path = join(folder, 'params.json')
  if (!existsSync(claimPath(folder)) || !existsSync(path) || readFileSync(path, 'utf8') === params) return
  const parent = join(folder, '..')
  const name = folder.slice(parent.length + 1)
  renameSync(folder, join(parent, freeName(readdirSync(parent), `${name}.earlier`)))
}

function freeName(taken: readonly string[], stem: string): string {
  let n = 1
  while (taken.includes(`${stem}-${n}`)) n++
  return `${stem}-${n}`
}

/** Whether somebody has claimed the trial's current attempt: it runs, or ran. */
export function isClaimed(root: string, study: string, trial: TrialRecord): boolean {
  return existsSync(claimPath(attemptFolder(root, study, { trial: trial.number, attempt: trial.attempts.length })))
}

/**
 * The last sign of life, in epoch milliseconds, of attempts the journal says are running: now if one is alive.
 *
 * @param touched when the runner before was last seen.
 * @returns undefined if none is said to be running.
 */
export function aliveUntil(root: string, study: Study, touched: number): number | undefined {
  const running = [...study.state.running.values()].filter((trial) => trial.state === 'running')
  if (running.length === 0) return undefined
  const signs = running.map((trial) => {
    // a server looks after those
    if (isAsked(trial)) return Date.now()
    const folder = attemptFolder(root, study.name, { trial: trial.number, attempt: trial.attempts.length })
    const { claim } = readAttempt(folder)
    return claim.kind === 'claimed' && isAlive(claim.by) ? Date.now() : lastWrite(folder)
  })
  return Math.round(Math.max(touched, ...signs))
}

function lastWrite(folder: string): number {
  const times = ['claim', 'stdout.log', 'stderr.log', 'metrics.jsonl'].map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  )
  return Math.max(...times)
}
