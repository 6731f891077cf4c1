import type { Outcome } from '../journal/event.js'
import type { Choice, Params, Space } from '../space/distribution.js'

/** Every kind of distribution. */
export const everyKind: Space = {
  float: { kind: 'float', low: -3, high: 7 },
  floatLog: { kind: 'float', low: 1e-5, high: 1e-1, log: true },
  floatStep: { kind: 'float', low: 0, high: 0.5, step: 0.05 },
  floatLogStep: { kind: 'float', low: 1, high: 20, step: 2, log: true },
  int: { kind: 'int', low: -2, high: 9 },
  intLog: { kind: 'int', low: 1, high: 512, log: true },
  intStep: { kind: 'int', low: 16, high: 500, step: 64 },
  normal: { kind: 'normal', mean: 4, sd: 7 },
  normalLog: { kind: 'normal', mean: -2, sd: 2, log: true },
  normalStep: { kind: 'normal', mean: 0, sd: 10, step: 2 },
  normalLogStep: { kind: 'normal', mean: 0, sd: 2, step: 1, log: true },
  choice: { kind: 'categorical', choices: ['relu', 'tanh', 3, true, null] },
  weighted: { kind: 'categorical', choices: ['often', 'seldom', 'never'], weights: [0.9, 0.1, 0] },
  constant: { kind: 'categorical', choices: ['sgd'] },
  point: { kind: 'float', low: 0.25, high: 0.25 },
  onlyOne: { kind: 'int', low: 5, high: 5 },
}

/** A choice within a choice, a list of 1 to 3 layers of two kinds, and a parameter with two parents. */
export const deep: Space = {
  lr: { kind: 'float', low: 1e-4, high: 1, log: true },
  optimizer: { kind: 'categorical', choices: ['adam', 'sgd'] },
  'optimizer.adam.beta1': { kind: 'float', low: 0.8, high: 0.999, when: { optimizer: ['adam'] } },
  'optimizer.sgd.momentum': { kind: 'categorical', choices: [false, true], when: { optimizer: ['sgd'] } },
  'optimizer.sgd.momentum.rate': {
    kind: 'float',
    low: 0,
    high: 0.9,
    step: 0.1,
    when: { 'optimizer.sgd.momentum': [true] },
  },
  layers: { kind: 'int', low: 1, high: 3 },
  ...layer(0, [1, 2, 3]),
  ...layer(1, [2, 3]),
  ...layer(2, [3]),
  shared: { kind: 'int', low: 0, high: 3, when: { layers: [2, 3], optimizer: ['sgd'] } },
}

function layer(k: number, lengths: readonly Choice[]): Space {
  const kind = `layers.${k}.kind`
  return {
    [kind]: { kind: 'categorical', choices: ['dense', 'conv'], when: { layers: lengths } },
    [`${kind}.dense.units`]: { kind: 'int', low: 8, high: 128, log: true, when: { [kind]: ['dense'] } },
    [`${kind}.conv.kernel`]: { kind: 'categorical', choices: [3, 5], when: { [kind]: ['conv'] } },
  }
}

/** Any space to a number: each active parameter adds its own, so that branches differ in value. */
export function objective(params: Params): number {
  let sum = 0
  for (const [name, value] of Object.entries(params)) {
    const x = typeof value === 'number' ? Math.atan(value - 1) : String(value).length
    sum += (x * ((name.length % 5) + 1)) / 3
  }
  return sum
}

/** Mostly complete; a third of each ten goes wrong in one of the ways a trial can. */
export function mixedOutcome(sign = 1): (params: Params, number: number) => Outcome {
  return (params, number) => {
    switch (number % 10) {
      case 3:
        return { state: 'failed', cause: 'exit', message: 'exit code 1' }
      case 6:
        return { state: 'failed', cause: 'timeout', message: 'after 1 s' }
      case 8:
        return { state: 'pruned', reason: 'not promising' }
      default:
        return { state: 'complete', values: [sign * objective(params)] }
    }
  }
}
