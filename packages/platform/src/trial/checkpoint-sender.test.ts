import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ParzenError } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Api, UNREACHABLE } from './api.js'
import type { CheckpointList } from './checkpoint-files.js'
import { checkpointSender } from './checkpoint-sender.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-sender-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Keeps the contract of `POST …/checkpoints` for files that it has. */
function server() {
  const state = { lists: [] as string[], isAway: false }
  const api = {
    async call(_method: string, _path: string, { files }: CheckpointList) {
      if (state.isAway) throw new ParzenError(UNREACHABLE, 'nobody')
      state.lists.push(files.map(({ path, size }) => `${path} ${size}`).join())
      return { missing: [] }
    },
  } as unknown as Api
  return { state, api }
}

function sending(mostBytes?: number) {
  const { state, api } = server()
  const warnings: string[] = []
  const sender = checkpointSender({
    at: { api, path: '/studies/s/trials/0', folder },
    everyMilliseconds: 0,
    now: () => 0,
    warn: (message) => warnings.push(message),
    ...(mostBytes === undefined ? {} : { mostBytes }),
  })
  return { sender, state, warnings }
}

const keep = (bytes: number) => {
  mkdirSync(join(folder, 'checkpoints'), { recursive: true })
  writeFileSync(join(folder, 'checkpoints', 'model.pt'), 'x'.repeat(bytes))
}

it('sends what is complete, each state once', async () => {
  const { sender, state, warnings } = sending()
  await sender.inPassing()
  expect(state.lists).toEqual([])
  for (const bytes of [3, 4]) {
    keep(bytes)
    // it may still be being written
    await sender.inPassing()
    expect(state.lists).not.toContain(`model.pt ${bytes}`)
    for (let look = 0; look < 5; look++) await sender.inPassing()
  }
  expect([state.lists, warnings]).toEqual([['model.pt 3', 'model.pt 4'], []])
})

it('takes of a training that never rests what is there at last', async () => {
  const { sender, state } = sending()
  for (let bytes = 1; state.lists.length === 0; bytes++) {
    expect(bytes).toBeLessThan(20)
    keep(bytes)
    await sender.inPassing()
  }
  expect(state.lists).toEqual(['model.pt 10'])
})

it('sends later what a server that is away has missed', async () => {
  const { sender, state, warnings } = sending()
  keep(3)
  state.isAway = true
  for (let look = 0; look < 5; look++) await sender.inPassing()
  state.isAway = false
  for (let look = 0; look < 5; look++) await sender.inPassing()
  expect([state.lists, warnings]).toEqual([['model.pt 3'], []])
})

it('sends in passing no more than it may, says so once, and all of it at last', async () => {
  const { sender, state, warnings } = sending(10)
  for (const bytes of [11, 12]) {
    keep(bytes)
    for (let look = 0; look < 3; look++) await sender.inPassing()
  }
  expect([state.lists, warnings]).toEqual([
    [],
    [expect.stringMatching(/^checkpoints: expected at most .* to send in passing, got .*; they are sent at pauses/)],
  ])
  await sender.last(0)
  keep(13)
  await sender.inPassing()
  expect(state.lists).toEqual(['model.pt 12'])
})
