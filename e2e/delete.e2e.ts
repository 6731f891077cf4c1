/** `parzen archive` and `parzen delete`, with real runs in the way. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eventually, sweep, trainThatWaits, type Workplace, workplace } from './cli/workplace.js'

let place: Workplace
beforeEach(async () => {
  place = workplace({ 'other.yaml': sweep.replace('study: line', 'study: other') })
  for (const file of ['sweep.yaml', 'other.yaml']) expect((await place.parzen('run', file)).code).toBe(0)
})
afterEach(() => place.remove())

const folders = () => readdirSync(join(place.folder, '.parzen/studies')).sort()
const listed = async (...args: string[]) =>
  (JSON.parse((await place.parzen('list', '--json', ...args)).stdout) as { study: string }[]).map(({ study }) => study)

it('archives: out of the way, not gone', async () => {
  expect(await place.parzen('archive', 'other')).toEqual({ code: 0, stdout: 'other: archived\n', stderr: '' })
  const { stdout, stderr } = await place.parzen('list')
  expect(stdout).not.toContain('other')
  expect(stderr).toBe('1 more: --all shows what is archived or deleted\n')
  expect((await place.parzen('list', '--all')).stdout).toMatch(/\nother +ended, archived +6\/6 /)
  expect((await place.parzen('best', 'other')).code).toBe(0)
  expect((await place.parzen('archive', 'other', '--undo')).stdout).toBe('other: no longer archived\n')
  expect((await place.parzen('list')).stdout).toContain('\nother')
})

it('deletes for good when it is meant, and nothing else', async () => {
  expect(await place.parzen('delete', 'other')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'delete: expected --yes, since nobody can be asked here, got none\n',
  })
  expect(await place.parzen('delete', 'other', '--yes')).toEqual({ code: 0, stdout: 'other: deleted\n', stderr: '' })
  expect(await listed()).toEqual(['line'])
  expect(folders()).toEqual(['line'])
  expect((await place.parzen('verify', 'line')).code).toBe(0)
  expect((await place.parzen('delete', 'other', '--yes')).stderr).toBe(
    'study "other": not in this store. it has: line\n',
  )
  // the name is free
  expect((await place.parzen('run', 'other.yaml')).stdout).toContain('6 of 6 trials')
})

it('refuses while the study runs', async () => {
  place.write('train.sh', trainThatWaits)
  const run = place.start('run', 'sweep.yaml', '--trials', '8')
  await eventually('a trial runs', () => existsSync(join(place.folder, 'began-6')))
  const { code, stderr } = await place.parzen('delete', 'line', '--yes')
  expect([code, stderr]).toEqual([
    3,
    expect.stringMatching(/^study line: expected nobody else to be running it, got process \d+ on .*parzen stop line/),
  ])
  place.write('go', '')
  expect((await run.result).code).toBe(0)
  expect(await listed()).toEqual(['line', 'other'])
})

it('is killed with -9 as soon as something is gone: what is left goes with the next deletion', async () => {
  const deletion = place.start('delete', 'other', '--yes')
  const isOver = deletion.result.then(() => true)
  while (folders().includes('other') && !(await Promise.race([isOver, new Promise(setImmediate)])));
  deletion.process.kill('SIGKILL')
  await deletion.result
  const { stdout, stderr } = await place.parzen('delete', 'other', '--yes')
  // it may have come to its end before
  expect(stdout + stderr).toMatch(/^(other: deleted|study "other": not in this store\. it has: line)\n$/)
  expect(await listed()).toEqual(['line'])
  expect(folders()).toEqual(['line'])
  expect((await place.parzen('verify', 'line')).code).toBe(0)
})
