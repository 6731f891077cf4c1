import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore, openStudy, type StudyOptions, type StudySpec, verify } from '@parzen/core'
import { afterEach, describe, expect, it } from 'vitest'
import { type SuggestionThread, suggestionThread, type ThreadOptions } from './suggestion-thread.js'

const spec: StudySpec = {
  name: 's',
  space: { x: { kind: 'float', low: 0, high: 1 }, y: { kind: 'float', low: 1e-3, high: 1, log: true } },
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 2,
  sampler: { name: 'auto' },
  pruner: { name: 'none' },
  budget: { trials: 24 },
}

const threads: SuggestionThread[] = []
const said: string[] = []
function thread(options: Partial<ThreadOptions> = {}): SuggestionThread {
  const made = suggestionThread({ fromMilliseconds: 0, onFailure: ({ message }) => said.push(message), ...options })
  threads.push(made)
  return made
}
afterEach(async () => {
  for (const each of threads.splice(0)) await each.close()
  said.length = 0
})

async function tried(options: StudyOptions) {
  const store = memoryStore()
  const study = await openStudy(store, spec, options)
  for (let asked = await study.ask(); asked; asked = await study.ask()) {
    const { x, y } = asked.params as { x: number; y: number }
    await study.tell(asked.number, { state: 'complete', values: [(x - 0.2) ** 2 + Math.log10(y) ** 2] })
  }
  return { study, events: await store.read('s', 0) }
}

/** A module in which each thread ends as told. */
function moduleOf(text: string): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'parzen-thread-'))
  const path = join(folder, 'entry.mjs')
  writeFileSync(path, text)
  return { path, remove: () => rmSync(folder, { recursive: true }) }
}

describe('a suggestion made in a thread', () => {
  it('is the one made here, bit for bit', async () => {
    let made = 0
    const there = thread()
    const elsewhere = {
      takes: there.takes,
      async suggest(read: Parameters<typeof there.suggest>[0]) {
        const next = await there.suggest(read)
        if (next) made++
        return next
      },
    }
    const [mine, other] = [await tried({ elsewhere }), await tried({})]
    expect([made, said]).toEqual([24, []])
    const memos = ({ study }: typeof mine) => study.state.trials.map(({ params, memo }) => ({ params, memo }))
    expect(memos(mine)).toEqual(memos(other))
    expect(verify(mine.events)).toEqual({ checked: 24, mismatches: [], foreign: [] })
  })

  it('changes nothing when it is made for nobody, and is made there afterwards', async () => {
    const store = memoryStore()
    const there = thread()
    const study = await openStudy(store, spec, { elsewhere: there })
    const { events } = await tried({})
    await store.append('s', 1, events.slice(1, 30))
    await there.warm((version) => store.read('s', version))
    await there.warm((version) => store.read('s', version))
    const asked = await study.ask()
    const next = (await store.read('s', 0)).at(-1)
    expect([asked?.params, next]).toMatchObject([
      study.state.trials.at(-1)?.params,
      { type: 'trial-started', seen: 30 },
    ])
    expect(verify(await store.read('s', 0)).mismatches).toEqual([])
    expect(said).toEqual([])
  })

  it('leaves quick ones to be made here, where it is warmed for nothing', async () => {
    const store = memoryStore()
    await openStudy(store, { ...spec, sampler: { name: 'random' } })
    const there = thread({ fromMilliseconds: 10_000 })
    await there.warm((version) => store.read('s', version))
    expect(there.takes(9999)).toBe(false)
    expect(await there.suggest((version) => store.read('s', version))).toMatchObject({ trial: 0 })
  })

  it('waits until one was slow', () => {
    const there = thread({ fromMilliseconds: 25 })
    expect([0, 24, 25, 400].map((milliseconds) => there.takes(milliseconds))).toEqual([false, false, true, true])
  })

  it.each([
    ["throw new Error('no room')", 'no room'],
    [
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3))",
      'one that ended with code 3',
    ],
    [
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => parentPort.postMessage({ version: 1, error: 'no sense' }))",
      'no sense',
    ],
  ])('is made here if the thread fails, which is said once: %s', async (text, why) => {
    const entry = moduleOf(text)
    try {
      const { study, events } = await tried({ elsewhere: thread({ entry: entry.path }) })
      expect(study.state.finished).toHaveLength(24)
      expect(verify(events).mismatches).toEqual([])
      expect(said).toEqual([
        `suggestions: expected a thread that makes them, got ${why}. they are made in the main thread from now on`,
      ])
    } finally {
      entry.remove()
    }
  })

  it('is made here after a module that is not there, and after closing', async () => {
    expect(thread({ entry: '/nowhere/entry.mjs' }).takes(1000)).toBe(false)
    const closed = thread()
    await closed.close()
    expect(closed.takes(1000)).toBe(false)
  })

  it('does not swallow what the store says', async () => {
    const there = thread()
    await expect(there.suggest(() => Promise.reject(new Error('store gone')))).rejects.toThrow('store gone')
  })
})
