import { expect, test } from 'vitest'
import type { Direction, Named } from '../journal/event.js'
import golden from './optuna.golden.json' with { type: 'json' }
import { prunerOf } from './registry.js'

type Op = readonly [trial: number, step: number | null, value: number | null, what: number]

test.each(golden.cases.map((one) => [JSON.stringify(one.pruner), one] as const))('%s decides as Optuna', (_, one) => {
  const direction = one.direction as Direction
  const sign = direction === 'maximize' ? -1 : 1
  const watching = prunerOf({ pruner: one.pruner as Named, objectives: [{ metric: 'm', direction }] })
  const pruner = watching?.make({ direction, seed: 0 })
  const curves = new Map<number, { trial: number; steps: number[]; losses: number[]; best: number }>()
  const wrong: unknown[] = []
  for (const [trial, step, value, what] of one.ops as unknown as Op[]) {
    const curve = curves.get(trial) ?? { trial, steps: [], losses: [], best: Number.NaN }
    curves.set(trial, curve)
    if (what === 2) {
      pruner?.complete(curve, sign * (value as number))
      continue
    }
    const loss = value === null ? Number.NaN : sign * value
    curve.steps.push(step as number)
    curve.losses.push(loss)
    if (!(curve.best <= loss) && !Number.isNaN(loss)) curve.best = loss
    const said = pruner?.judge(curve)
    if ((said !== undefined) !== (what === 1)) wrong.push({ trial, step, value, what, said })
  }
  expect(wrong).toEqual([])
})
