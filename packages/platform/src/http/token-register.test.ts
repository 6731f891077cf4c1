import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { tokenRegister } from './token-register.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parzen-tokens-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const ada = { kind: 'user', name: 'ada', expiresAt: 100 } as const
const path = () => join(root, 'tokens.jsonl')

it('has what was made and revoked, also what another process has written since', () => {
  const [here, there] = [tokenRegister(root, () => 1), tokenRegister(root, () => 2)]
  expect(there.all()).toEqual([])
  const { id = '' } = here.add(ada, 'me')
  expect(there.all()).toEqual([{ id, ...ada, madeAt: 1, by: 'me' }])
  expect([here.isGood(id), there.isGood(id)]).toEqual([true, true])
  expect([there.revoke(id, 'you'), there.revoke(id, 'you'), here.revoke(id, 'me')]).toEqual([true, false, false])
  expect(here.isGood(id)).toBe(false)
  expect(here.all()).toEqual([{ id, ...ada, madeAt: 1, by: 'me', revokedAt: 2, revokedBy: 'you' }])
  expect(statSync(path()).mode & 0o777).toBe(0o600)
})

it('revokes with a token those that were made with it', () => {
  const register = tokenRegister(root, () => 1)
  const parent = register.add(ada, 'me').id as string
  const child = register.add({ ...ada, from: parent }, 'ada').id as string
  const grandchild = register.add({ ...ada, from: child }, 'ada').id as string
  const other = register.add(ada, 'me').id as string
  expect([register.isOf(grandchild, parent), register.isOf(parent, child), register.isOf(other, parent)]).toEqual([
    true,
    false,
    false,
  ])
  register.revoke(parent, 'me')
  expect([parent, child, grandchild, other].map(register.isGood)).toEqual([false, false, false, true])
})

it('lets nobody in whom it does not know, also when its file is gone', () => {
  const register = tokenRegister(root, () => 1)
  const { id = '' } = register.add(ada, 'me')
  expect(register.isGood('0')).toBe(false)
  rmSync(path())
  expect([register.isGood(id), register.all()]).toEqual([false, []])
  expect(() => register.revoke(id, 'me')).toThrow(`token ${id}: expected the id of one that was given`)
})

it('loses no line to one that broke off, and reads a half one when it is whole', () => {
  const register = tokenRegister(root, () => 1)
  const first = register.add(ada, 'me').id as string
  appendFileSync(path(), '{"made":{"id":"br')
  const second = register.add({ ...ada, name: 'bob' }, 'me').id as string
  const line = readFileSync(path(), 'utf8').split('\n').at(-2) as string
  appendFileSync(path(), line.replace(second, 'third').slice(0, 20))
  expect(register.all().map(({ id }) => id)).toEqual([first, second])
  appendFileSync(path(), `${line.replace(second, 'third').slice(20)}\n`)
  expect(register.all().map(({ id }) => id)).toEqual([first, second, 'third'])
})
