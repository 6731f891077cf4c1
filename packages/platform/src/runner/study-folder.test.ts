import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore, openStudy, type Study, type StudySpec } from '@parzen/core'
import { lineSpec } from '@parzen/core/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { identityOf } from '../executors/process-identity.js'
import { attemptFolder, studyFolder } from '../stores/folders.js'
import { aliveUntil, claimStudyFolder, putForeignAside } from './study-folder.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parzen-folder-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const spec: StudySpec = lineSpec()
const created = (at: number): Promise<Study> => openStudy(memoryStore(), spec, { now: () => at })

function attempt(trial: number, claim?: string): string {
  const folder = attemptFolder(root, 's', { trial, attempt: 1 })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'params.json'), '{"x":1}\n')
  if (claim !== undefined) writeFileSync(join(folder, 'claim'), claim)
  return folder
}

it('keeps the folders of its own study and moves those of another of its name aside', async () => {
  const first = await created(5)
  claimStudyFolder(root, first)
  attempt(0)
  claimStudyFolder(root, first)
  expect(existsSync(attemptFolder(root, 's', { trial: 0, attempt: 1 }))).toBe(true)
  for (const [at, aside] of [
    [6, 'earlier-1'],
    [7, 'earlier-2'],
  ] as const) {
    claimStudyFolder(root, await created(at))
    expect(existsSync(attemptFolder(root, 's', { trial: 0, attempt: 1 }))).toBe(false)
    expect(existsSync(join(studyFolder(root, 's'), aside, 'trial-0000', 'attempt-1', 'params.json'))).toBe(true)
    attempt(0)
  }
})

it('moves an attempt aside that was claimed for other parameters', () => {
  const claimed = attempt(0, '12 boot 34\nexit 0\n')
  putForeignAside(claimed, '{"x":1}\n')
  expect(existsSync(claimed)).toBe(true)
  putForeignAside(claimed, '{"x":2}\n')
  expect(existsSync(claimed)).toBe(false)
  expect(readFileSync(`${claimed}.earlier-1/claim`, 'utf8')).toContain('exit 0')
  const torn = attempt(1)
  putForeignAside(torn, '{"x":2}\n')
  expect(existsSync(torn)).toBe(true)
})

it('finds the last sign of life of what the journal says is running', async () => {
  const study = await created(5)
  expect(aliveUntil(root, study, 99)).toBeUndefined()
  await study.ask()
  await study.launched(0, 1, null)
  const folder = attempt(0, '999999999 no-such-boot 1\n')
  utimesSync(join(folder, 'claim'), 1000, 1000)
  expect(aliveUntil(root, study, 99)).toBe(1_000_000)
  expect(aliveUntil(root, study, 2_000_000)).toBe(2_000_000)
  const me = identityOf(process.pid)
  if (!me) throw new Error('this process is alive')
  writeFileSync(join(folder, 'claim'), `${me.pid} ${me.boot} ${me.start}\n`)
  expect(aliveUntil(root, study, 99)).toBeGreaterThan(Date.now() - 60_000)
})
