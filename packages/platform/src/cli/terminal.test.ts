import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { openTerminal } from './terminal.js'

function open(isTTY: boolean, environment: NodeJS.ProcessEnv) {
  const stream = () =>
    Object.assign(new PassThrough(), { isTTY, columns: 70, rows: 20 }) as unknown as NodeJS.WriteStream
  return openTerminal(stream(), stream(), environment)
}

it.each([
  [true, {}, true],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { TERM: 'dumb' }, false],
  [true, { FORCE_COLOR: '0' }, false],
  [false, {}, false],
  [false, { CI: '1' }, false],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('terminal %s with %j has colours: %s', (isTTY, environment, colours) => {
  expect(open(isTTY, environment).colors.isColorSupported).toBe(colours)
})

it('is live and has a width only if somebody looks', () => {
  expect(open(true, {}).isLive).toBe(true)
  expect(open(true, { TERM: 'dumb' }).isLive).toBe(false)
  expect(open(true, {}).size()).toEqual({ columns: 70, rows: 20 })
  expect(open(false, {}).isLive).toBe(false)
  expect(open(false, {}).size()).toEqual({ columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY })
})
