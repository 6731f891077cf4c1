import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeEarlyFailure, earlyFailure } from './early-failure.js'
import { shortPath } from './open.js'
import { complete, failed, sampleStudy } from './sample-study.contract.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parzen-early-'))
})
afterEach(() => rmSync(root, { recursive: true }))

it('sees that all trials fail in the same way', async () => {
  const seen = async (...outcomes: Parameters<typeof sampleStudy>[0]) =>
    earlyFailure((await sampleStudy(outcomes)).state)?.count
  expect(await seen(failed, failed, failed)).toBe(3)
  expect(await seen(failed)).toBe(1)
  expect(await seen()).toBeUndefined()
  expect(await seen(failed, complete(1), failed)).toBeUndefined()
  expect(await seen(failed, { state: 'failed', cause: 'timeout', message: '' })).toBeUndefined()
})

it('shows what the first one said last, and where', async () => {
  const { state } = await sampleStudy([failed, failed, failed])
  const failure = earlyFailure(state)
  if (!failure) throw new Error('expected a failure')
  const folder = join(root, 'studies/digits/trial-0000/attempt-1')
  expect(describeEarlyFailure(failure, root, 'digits')).toEqual([
    'all 3 trials so far failed: exit, exit code 1',
    '  (it printed nothing)',
    // also where this is tested in a neighbour of that folder
    `  log of trial 0: ${shortPath(folder)}/{stdout,stderr}.log`,
  ])
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'stdout.log'), 'los: 0.3\n')
  expect(describeEarlyFailure(failure, root, 'digits').slice(1)).toEqual([
    '  | los: 0.3',
    `  log of trial 0: ${shortPath(folder)}/stdout.log`,
  ])
  writeFileSync(
    join(folder, 'stderr.log'),
    `${'x\n'.repeat(9000)}\n\u001b[31mTraceback\u001b[0m:\n  at a\n\n  at b\r\n`,
  )
  expect(describeEarlyFailure({ ...failure, count: 1 }, root, 'digits')).toEqual([
    'the only trial failed: exit, exit code 1',
    '  | x',
    '  | x',
    '  | Traceback:',
    '  |   at a',
    '  |   at b',
    `  log of trial 0: ${shortPath(folder)}/stderr.log`,
  ])
})
