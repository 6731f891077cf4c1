import { describe, expect, it } from 'vitest'
import type { Direction, Named } from '../journal/event.js'
import { rng } from '../numerics/rng.js'
import type { Judgement } from './pruner.js'
import { prunerOf } from './registry.js'

const TRIALS = 40
const STEPS = 13

/** One report of the contract's study, before its sign; or the end of a trial with its last loss. */
type Told = { readonly trial: number; readonly step: number; readonly loss: number } | { readonly ended: number }

/**
 * The laws of pruners, for one of them with its options.
 *
 * The study: trials in an order that interleaves three at a time, their losses falling from step to step to a level of their own;
 * one in twenty is no number.
 */
export function pruning(named: Named): void {
  describe(`pruner contract: ${JSON.stringify(named)}`, () => {
    const seeds = [1, 2, 3, 4, 5]

    it('stops something, and lets something get to its end', () => {
      const plays = seeds.map((seed) => play(named, study(seed)))
      expect(plays.reduce((sum, { verdicts }) => sum + verdicts.length, 0)).toBeGreaterThan(0)
      // in this study nobody waits for what was paused
      if (!named['promote']) expect(plays.every(({ ended }) => ended > 0)).toBe(true)
    })

    it('replay: the same study, the same verdicts and promotions', () => {
      for (const seed of seeds) expect(play(named, study(seed))).toEqual(play(named, study(seed)))
    })

    it('purity: to ask for promotions changes nothing', () => {
      for (const seed of seeds) expect(play(named, study(seed), { asksOften: true })).toEqual(play(named, study(seed)))
    })

    it('symmetry: the negated metric, to be maximised, gets the same verdicts', () => {
      const turned = named.name === 'threshold' ? { name: 'threshold', lower: -(named['upper'] as number) } : named
      const verdictsOf = (one: Named, direction: Direction) =>
        play(one, study(3), { direction }).verdicts.map(({ trial, step, verdict }) => [trial, step, verdict])
      expect(verdictsOf(turned, 'maximize')).toEqual(verdictsOf(named, 'minimize'))
    })

    it.skipIf(named.name === 'threshold')('scale: losses multiplied by a positive number get the same verdicts', () => {
      const scaled = study(4).map((told) => ('loss' in told ? { ...told, loss: 8 * told.loss } : told))
      expect(play(named, scaled).verdicts).toEqual(play(named, study(4)).verdicts)
    })

    it.skipIf(named.name === 'patient')('best: a trial ahead of all others at every step is never stopped', () => {
      for (const seed of seeds) {
        const favoured = study(seed).map((told) =>
          'loss' in told && told.trial === 17 ? { ...told, loss: -10 - told.step } : told,
        )
        // a pause is lawful where too few are there to tell
        const stopped = play(named, favoured, { letThrough: true }).verdicts.filter(({ trial }) => trial === 17)
        expect(stopped.filter(({ verdict }) => verdict === 'prune')).toEqual([])
      }
    })

    it('survives what is no number, steps that jump, go back or are the first and only one', () => {
      const odd: Told[] = [
        { trial: 0, step: 50, loss: Number.NaN },
        { trial: 1, step: 1e9, loss: 1 },
        { trial: 2, step: -3, loss: 2 },
        { trial: 2, step: 0.5, loss: Number.POSITIVE_INFINITY },
        { trial: 1, step: 7, loss: Number.NEGATIVE_INFINITY },
        { ended: 1 },
        { ended: 2 },
      ]
      expect(() => play(named, [...odd, ...study(1).map((told) => shifted(told, 3))])).not.toThrow()
    })
  })
}

function shifted(told: Told, by: number): Told {
  return 'ended' in told ? { ended: told.ended + by } : { ...told, trial: told.trial + by }
}

function study(seed: number): Told[] {
  const uniform = rng(seed)
  const running: { trial: number; level: number; step: number; noise: number }[] = []
  const told: Told[] = []
  for (let trial = 0; trial < TRIALS || running.length > 0; ) {
    if (running.length < 3 && trial < TRIALS) {
      running.push({ trial: trial++, level: uniform(), step: 0, noise: 0.05 + 0.1 * uniform() })
      continue
    }
    const one = running[Math.floor(uniform() * running.length)]!
    one.step++
    const loss = one.level + Math.exp(-0.4 * one.step) + one.noise * uniform()
    told.push({ trial: one.trial, step: one.step, loss: uniform() < 0.05 ? Number.NaN : loss })
    if (one.step < STEPS) continue
    told.push({ ended: one.trial })
    running.splice(running.indexOf(one), 1)
  }
  return told
}

interface Play {
  readonly verdicts: readonly (Judgement & { readonly trial: number; readonly step: number })[]
  readonly promotions: readonly number[]
  readonly ended: number
}

/** Trials that are stopped or paused report nothing more, unless they are let through; paused ones are promoted when they may be. */
function play(
  named: Named,
  study: readonly Told[],
  {
    direction = 'minimize',
    asksOften = false,
    letThrough = false,
  }: { direction?: Direction; asksOften?: boolean; letThrough?: boolean } = {},
): Play {
  const sign = direction === 'maximize' ? -1 : 1
  const pruner = prunerOf({ pruner: named, objectives: [{ metric: 'm', direction }] })?.make({ direction, seed: 0 })
  const curves = new Map<number, { trial: number; steps: number[]; losses: number[]; best: number }>()
  const verdicts: (Judgement & { trial: number; step: number })[] = []
  const promotions: number[] = []
  const stopped = new Set<number>()
  const paused = new Set<number>()
  let ended = 0
  for (const told of study) {
    if (asksOften) for (let k = 0; k < 3; k++) pruner?.promote?.(paused, k === 0)
    const trial = 'ended' in told ? told.ended : told.trial
    if (stopped.has(trial) && !letThrough) continue
    const curve = curves.get(trial) ?? { trial, steps: [], losses: [], best: Number.NaN }
    curves.set(trial, curve)
    if ('ended' in told) {
      ended++
      pruner?.complete(curve, curve.losses.at(-1) ?? Number.NaN)
      continue
    }
    // the metric has the sign its direction asks for; a pruner is told losses
    const loss = sign * (sign * told.loss)
    curve.steps.push(told.step)
    curve.losses.push(loss)
    if (!Number.isNaN(loss) && !(curve.best <= loss)) curve.best = loss
    const said = pruner?.judge(curve)
    if (!said) continue
    verdicts.push({ ...said, trial, step: told.step })
    stopped.add(trial)
    if (said.verdict === 'pause') paused.add(trial)
    const promotion = pruner?.promote?.(paused, false)
    if (!promotion) continue
    promotions.push(promotion.trial)
    pruner?.promoted?.(promotion.trial)
    paused.delete(promotion.trial)
    stopped.delete(promotion.trial)
  }
  return { verdicts, promotions, ended }
}
