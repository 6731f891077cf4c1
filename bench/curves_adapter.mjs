/**
 * Lets curves.py drive a study with a pruner: `node bench/curves_adapter.mjs '{"sampler":{"name":"auto"},"pruner":{"name":"asha"}}'`.
 *
 * A line in, a line out: init {space, seed, maxStep}; ask (a paused trial that is promoted comes again, under its id); report {id, step, loss} -> {verdict};
 * pause {id}; tell {id, loss} (null: it was pruned).
 * PARZEN_CORE: another build of the core to measure.
 */
import { createInterface } from 'node:readline'
import { toSpace } from './spaces.mjs'

const { memoryStore, openStudy } = await import(
  process.env['PARZEN_CORE'] ?? new URL('../packages/core/dist/index.js', import.meta.url).href
)
const { sampler, pruner } = JSON.parse(process.argv[2] ?? '{}')
let study

const replies = {
  async init({ space, seed, maxStep }) {
    study = await openStudy(memoryStore(), {
      name: 'bench',
      space: toSpace(space),
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      seed,
      sampler,
      pruner: ['asha', 'hyperband'].includes(pruner.name) ? { maxStep, ...pruner } : pruner,
      budget: {},
    })
    return { ok: true }
  },
  async ask() {
    const promoted = await study.promote()
    const trial = promoted === undefined ? await study.ask() : study.state.trials[promoted]
    return { id: trial.number, params: trial.params }
  },
  async report({ id, step, loss }) {
    return { verdict: await study.report(id, step, { loss }) }
  },
  async pause({ id }) {
    return { ok: await study.pause(id, study.state.trials[id].attempts.length) }
  },
  async tell({ id, loss }) {
    await study.tell(id, loss === null ? { state: 'pruned', reason: '' } : { state: 'complete', values: [loss] })
    return { ok: true }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line)
  process.stdout.write(JSON.stringify(await replies[message.op](message)) + '\n')
}
