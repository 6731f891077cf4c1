/**
 * Lets the neutral benches of ../shared/bench drive Parzen: `node bench/adapter.mjs SAMPLER` after `npm run build`.
 *
 * SAMPLER: a name (`tpe`) or the sampler's options as JSON (`{"name":"tpe","compat":"hyperopt"}`).
 * Speaks the three-line protocol of run.py on stdin and stdout, through a real study on a memory store, so that what
 * is measured is what users get. PARZEN_CORE: another build of the core to measure.
 */
import { createInterface } from 'node:readline'
import { toSpace } from './spaces.mjs'

const { memoryStore, openStudy } = await import(
  process.env['PARZEN_CORE'] ?? new URL('../packages/core/dist/index.js', import.meta.url).href
)

const argument = process.argv.slice(2).join(' ')
if (argument === '' || argument === '--help') {
  process.stderr.write('usage: node bench/adapter.mjs SAMPLER   (a name, or options as JSON)\n')
  process.exit(argument === '' ? 2 : 0)
}
const sampler = argument.startsWith('{') ? JSON.parse(argument) : { name: argument }

let study

const replies = {
  async init({ space, seed, budget, objectives = 1 }) {
    study = await openStudy(memoryStore(), {
      name: 'bench',
      space: toSpace(space),
      objectives: Array.from({ length: objectives }, (_, i) => ({ metric: `loss${i}`, direction: 'minimize' })),
      seed,
      sampler,
      pruner: { name: 'none' },
      budget: { trials: budget },
    })
    return { ok: true }
  },
  async ask() {
    const trial = await study.ask()
    if (!trial) throw new Error('the sampler has nothing left to try')
    return { id: trial.number, params: trial.params }
  },
  async tell({ id, loss, losses = [loss] }) {
    const failed = { state: 'failed', cause: 'exit', message: 'as the bench wants it' }
    await study.tell(id, losses === null ? failed : { state: 'complete', values: losses })
    return { ok: true }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line)
  process.stdout.write(JSON.stringify(await replies[message.op](message)) + '\n')
}
