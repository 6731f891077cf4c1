import { ParzenError } from '@parzen/core'
import { expect, it } from 'vitest'
import { asStoreError, isBusy, sqliteCode } from './sqlite-error.js'

const unnamed = (rawCode: number) =>
  Object.assign(new Error('of SQLite'), { code: `UNKNOWN_SQLITE_ERROR_${rawCode}`, rawCode })

it.each([
  ['SQLITE_READONLY_DIRECTORY', 1544, 'store/read-only'],
  ['SQLITE_READONLY_CANTLOCK', 520, 'store/read-only'],
  ['SQLITE_CORRUPT_INDEX', 779, 'store/corrupt'],
  ['SQLITE_IOERR_FSYNC', 1034, 'store/io'],
])('%s, which libsql has no name for, is known by the code it extends', (_, raw, code) => {
  const error = asStoreError(unnamed(raw), '/a.db')
  expect(error).toBeInstanceOf(ParzenError)
  expect(error).toMatchObject({ code })
})

it('waits for others also if libsql has no name for how they are busy', () => {
  expect(isBusy(unnamed(773))).toBe(true)
  expect(isBusy(unnamed(1544))).toBe(false)
})

it('leaves a code nobody knows as it is', () => {
  expect(sqliteCode(unnamed(255))).toBe('UNKNOWN_SQLITE_ERROR_255')
  expect(sqliteCode(new Error('no SQLite'))).toBe('')
})
