/**
 * Appends a second on SQLite, by durability and by how many append at once, and a whole trial through a study.
 *
 * `node bench/append.bench.mjs [folder]` after `npm run build`; the folder says which disk. Best of five runs of half a
 * second each, since fsync depends on who else uses the disk.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, openStudy } from '../packages/platform/dist/index.js'

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'parzen-bench-'))
const spec = {
  name: 'study',
  space: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`p${i}`, { kind: 'float', low: 0, high: 1 }])),
  objectives: [{ metric: 'loss', direction: 'minimize' }],
  seed: 1,
  sampler: { name: 'random' },
  pruner: { name: 'none' },
  budget: {},
}
const metrics = { loss: 0.123456, accuracy: 0.9 }
const report = { at: 1, type: 'trial-reported', trial: 1, attempt: 1, reports: [{ at: 1, step: 1, metrics }] }

/** Calls `once` from `strands` loops for half a second. @returns calls a second. */
async function rate(strands, once) {
  const start = performance.now()
  let calls = 0
  const strand = async (index) => {
    while (performance.now() - start < 500) {
      await once(index)
      calls++
    }
  }
  await Promise.all(Array.from({ length: strands }, (_, index) => strand(index)))
  return (calls * 1000) / (performance.now() - start)
}

async function best(measure) {
  const rates = []
  for (let run = 0; run < 5; run++) rates.push(await measure(run))
  return Math.round(Math.max(...rates))
}

let files = 0
for (const durability of ['process', 'power']) {
  for (const strands of [1, 64]) {
    const store = await openStore(join(folder, `${++files}.db`), { durability })
    const versions = Array.from({ length: strands }, () => 0)
    const separate = await best(() => rate(strands, (index) => store.append(`s${index}`, versions[index]++, [report])))
    const study = await openStudy(store, spec)
    for (let trial = 0; trial < strands; trial++) await study.ask()
    const shared = await best(() => rate(strands, (index) => study.report(index, 1, metrics)))
    const whole = await best(() =>
      rate(strands, async () => {
        const { number } = await study.ask()
        await study.report(number, 1, metrics)
        await study.tell(number, { state: 'complete', values: [0.5] })
      }),
    )
    const label = `${durability.padEnd(8)} ${String(strands).padStart(2)} at once`
    console.log(
      `${label}: ${separate} appends/s to as many studies, ${shared} reports/s to one, ${whole} ask+report+tell/s`,
    )
    await store.close()
  }
}
rmSync(folder, { recursive: true })
