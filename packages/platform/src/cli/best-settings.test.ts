import { expect, it } from 'vitest'
import { bestSettings } from './best-settings.js'
import { complete, failed, sampleStudy } from './sample-study.contract.js'

it('are the different settings of the best means, the best first', async () => {
  const study = await sampleStudy([0.5, 0.9, 0.7].map(complete).concat(failed), { budget: { trials: 9 } })
  const of = (count: number) => bestSettings(study.state, count).map(({ lr }) => Math.round((lr as number) * 1000))
  expect(of(2)).toEqual([2, 3])
  expect(of(9)).toEqual([2, 3, 1])
  // the luckiest one again, with worse luck
  await study.enqueue(study.state.trials[1]?.params ?? {})
  const again = await study.ask()
  await study.tell(again?.number ?? -1, complete(0.2))
  expect(of(9)).toEqual([3, 2, 1])
})
