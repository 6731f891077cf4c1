import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, fold, type StudyEvent, type StudySpec, type StudyState, verify } from '@parzen/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../packages/platform/src/stores/open.js'
import { leftovers, printed, shellStudy, startRunner } from './fixtures/kill-loop.js'

const KILLS = 40
const TRIALS = 200

describe('200 trials, parallel 4, the runner killed with -9 at 40 random moments', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parzen-crash-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('with random: every trial once, parameters and values those of the uninterrupted run', async () => {
    const whole = await runThrough('whole', 0)
    const killed = await runThrough('killed', KILLS)
    expectExactlyOnce(whole)
    expectExactlyOnce(killed)
    const results = ({ state }: Result) => state.trials.map(({ params, outcome }) => ({ params, outcome }))
    expect(results(killed)).toEqual(results(whole))
  })

  it('with tpe: every trial once, every suggestion reproduced from the journal', async () => {
    const killed = await runThrough('tpe', KILLS, { sampler: { name: 'tpe' } })
    expectExactlyOnce(killed)
    expect(verify(killed.events)).toEqual({ checked: TRIALS, mismatches: [], foreign: [] })
  })

  interface Result {
    readonly events: readonly StudyEvent[]
    readonly state: StudyState
    /** A line for each time the command ran: trial and attempt. */
    readonly truth: readonly string[]
    readonly root: string
  }

  async function runThrough(name: string, kills: number, more: Partial<StudySpec> = {}): Promise<Result> {
    const root = mkdtempSync(join(folder, `${name}-`))
    const specFile = join(root, 'spec.json')
    const database = join(root, 'parzen.db')
    // the same study name in another store, so that spec and parameters are the same
    writeFileSync(specFile, JSON.stringify(shellStudy('crash', root, more)))
    for (let i = 0; i < kills; i++) {
      const runner = startRunner(specFile, database)
      // from before its first event on, at most a fiftieth of all events far
      await printed(runner, Math.floor(Math.random() * 8))
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
      runner.child.kill('SIGKILL')
      expect(await runner.ended).toBe(null)
    }
    const last = startRunner(specFile, database)
    expect(await last.ended).toBe(0)
    expect(last.lines.at(-1)).toBe(`ended: ${TRIALS} trials done`)
    const store = await openStore(database)
    const events = await store.read('crash', 0)
    await store.close()
    const truth = readFileSync(join(root, 'ground-truth'), 'utf8').trim().split('\n')
    return { events, state: fold(events), truth, root }
  }

  function expectExactlyOnce({ events, state, truth, root }: Result): void {
    expect([...truth].sort()).toEqual(Array.from({ length: TRIALS }, (_, trial) => `${trial} 1`).sort())
    expect(checkHistory(events)).toEqual([])
    expect(state.finished).toHaveLength(TRIALS)
    for (const { params, reports, outcome, attempts } of state.trials) {
      const loss = (Number(params['x']) - 0.3) ** 2
      expect(attempts).toHaveLength(1)
      expect(outcome).toEqual({ state: 'complete', values: [loss] })
      const seen = reports.map(({ step, metrics }) => [step, metrics['loss']])
      expect(seen.sort()).toEqual([
        [0, 9],
        [1, 8],
        [2, loss],
      ])
    }
    expect(leftovers(root)).toEqual([])
  }
})
