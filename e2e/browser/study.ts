/** What runs in the browser, and in Node beside it: a study with `auto`, its start and its model. */
import { choice, loguniform, minimize, space, uniform } from '@parzen/core'

export interface Ran {
  readonly params: readonly { readonly lr: number; readonly x: number; readonly kind: string }[]
  readonly best: number
  readonly speakers: readonly string[]
}

export async function ran(): Promise<Ran> {
  const { best, study } = await minimize(
    ({ lr, x, kind }) => (Math.log10(lr) + 3) ** 2 + (x - 0.3) ** 2 + (kind === 'a' ? 0.5 : 0),
    {
      space: space({ lr: loguniform(1e-5, 0.1), x: uniform(0, 1), kind: choice(['a', 'b']) }),
      maxTrials: 40,
      sampler: 'auto',
      seed: 5,
    },
  )
  const memos = study.state.trials.map(({ memo }) => memo as { readonly by: string })
  return {
    params: study.state.trials.map(({ params }) => params as Ran['params'][number]),
    best: best.value,
    speakers: [...new Set(memos.map(({ by }) => by))],
  }
}
