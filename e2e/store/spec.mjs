/** The study that the worker processes share. */
export const spec = {
  name: 'shared',
  space: { x: { kind: 'float', low: 0, high: 1 }, n: { kind: 'int', low: 1, high: 9 } },
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 1,
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  budget: { trials: 400 },
}
