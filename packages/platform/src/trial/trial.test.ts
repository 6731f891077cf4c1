import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { trialOf } from './trial.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parzen-trial-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const environment = () => ({
  PARZEN_DIR: dir,
  PARZEN_CHECKPOINTS: join(dir, 'checkpoints'),
  PARZEN_VERDICT_FILE: join(dir, 'verdict.json'),
  PARZEN_STUDY: 's',
  PARZEN_TRIAL: '7',
  PARZEN_ATTEMPT: '2',
  PARZEN_SEED: '12',
  PARZEN_PARAMS: '{"lr":0.1,"optimizer":{"choice":"sgd","momentum":0.5}}',
  PARZEN_PARAMS_FLAT: '{"lr":0.1,"optimizer":"sgd","optimizer.sgd.momentum":0.5}',
})

describe('a trial', () => {
  it('knows its parameters and its place', () => {
    const trial = trialOf(environment())
    expect(trial.params).toEqual({ lr: 0.1, optimizer: { choice: 'sgd', momentum: 0.5 } })
    expect([trial.param('optimizer.sgd.momentum', 0.9), trial.param('epochs', 10)]).toEqual([0.5, 10])
    expect([trial.study, trial.number, trial.attempt, trial.seed]).toEqual(['s', 7, 2, 12])
    expect([trial.targetStep, trialOf({ ...environment(), PARZEN_TARGET_STEP: '9' }).targetStep]).toEqual([
      undefined,
      9,
    ])
    expect([trial.parent, trialOf({ ...environment(), PARZEN_PARENT: '0' }).parent]).toEqual([undefined, 0])
    expect(JSON.parse(readFileSync(join(dir, 'sdk.json'), 'utf8'))).toEqual({ sdk: 'typescript/0.1.0' })
    expect(existsSync(trial.checkpointDir)).toBe(true)
  })

  it('writes a line a report, counts steps on, and hears the verdict', () => {
    const trial = trialOf(environment())
    expect(trial.report({ loss: 1 })).toBe('continue')
    expect(trial.report({ step: 5, loss: Number.NaN })).toBe('continue')
    expect(trial.reason).toBeUndefined()
    writeFileSync(join(dir, 'verdict.json'), '{"verdict":"prune","step":5,"reason":"why"}\n')
    expect(trial.report({ loss: 0.5 })).toBe('prune')
    expect(trial.reason).toBe('why')
    expect(trial.shouldPrune()).toBe(true)
    const lines = readFileSync(join(dir, 'metrics.jsonl'), 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { step: 0, loss: 1 },
      { step: 5, loss: 'NaN' },
      { step: 6, loss: 0.5 },
    ])
  })

  it('refuses what would be taken for something else, in a sweep and outside', () => {
    for (const trial of [trialOf(environment()), trialOf({})]) {
      const said = (metrics: unknown) => () => trial.report(metrics as { loss: number })
      expect(said({ step: -1, loss: 1 })).toThrow('report: expected a step >= 0, got -1')
      expect(said({ step: '3', loss: 1 })).toThrow('report: expected a step >= 0, got "3"')
      expect(said({ loss: '1' })).toThrow('report: expected a number for loss, got "1"')
      expect(said({ step: 3 })).toThrow('report: expected numbers by name, got {  }')
      expect(said(3)).toThrow(
        'report: expected numbers by name, got 3. for example report({ step: 3, accuracy: 0.91 })',
      )
    }
    expect(existsSync(join(dir, 'metrics.jsonl'))).toBe(false)
  })

  it('keeps artifacts by name, never outside its folder', () => {
    const trial = trialOf(environment())
    expect(trial.artifact('../../notes.txt', 'text')).toBe(join(dir, 'artifacts', 'notes.txt'))
    expect(readFileSync(trial.artifact(join(dir, 'sdk.json')), 'utf8')).toContain('typescript')
  })

  it('says what is wrong with its environment', () => {
    expect(() => trialOf({ ...environment(), PARZEN_PARAMS: '{' })).toThrow('PARZEN_PARAMS: expected JSON, got {')
  })

  it('works outside a sweep, with defaults', () => {
    const trial = trialOf({})
    expect([trial.param('lr', 0.3), trial.report({ loss: 1 }), trial.study]).toEqual([0.3, 'continue', undefined])
  })
})
