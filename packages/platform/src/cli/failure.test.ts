import { readFileSync } from 'node:fs'
import { ParzenError } from '@parzen/core'
import { CommanderError } from 'commander'
import { expect, it } from 'vitest'
import { exitCodeOf } from './exit-code.js'
import { describeFailure } from './failure.js'

function thrownBy(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('expected it to throw')
}

const missing = thrownBy(() => readFileSync('/no/such/file'))
const folder = thrownBy(() => readFileSync('/'))
const bug = thrownBy(() => (undefined as unknown as string).length)

it.each([
  [new ParzenError('space/bounds', 'lr: expected low < high, got 1'), 'lr: expected low < high, got 1', 2],
  [new ParzenError('store/full', 'store: full'), 'store: full', 3],
  [new ParzenError('run/taken', 'study x: taken'), 'study x: taken', 3],
  [new ParzenError('http/unreachable', 'http://x: no answer'), 'http://x: no answer', 3],
  [new CommanderError(1, 'commander.unknownOption', 'said'), undefined, 2],
  [new CommanderError(0, 'commander.helpDisplayed', 'said'), undefined, 0],
  [missing, '/no/such/file: does not exist (ENOENT, open)', 3],
  [folder, 'read: is a folder (EISDIR, read)', 3],
  [
    bug,
    "parzen: this is a bug: TypeError: Cannot read properties of undefined (reading 'length'). PARZEN_DEBUG=1 shows where",
    1,
  ],
  ['text', 'parzen: this is a bug: text. PARZEN_DEBUG=1 shows where', 1],
])('%s', (error, text, code) => {
  expect(describeFailure(error, {})).toBe(text)
  expect(exitCodeOf(error)).toBe(code)
})

it('shows where on request', () => {
  expect(describeFailure(bug, { PARZEN_DEBUG: '1' })).toMatch(/its trace follows\nTypeError: .*\n +at /)
})
