import { useMemo } from 'react'
import { change, useAddress } from './address.js'

/** Trials picked by hand, to compare or to act on: `chosen=3,17` in the address, so on every page and in every link. */
export function useChosen(): {
  readonly chosen: ReadonlySet<number>
  readonly toggle: (trial: number) => void
  readonly choose: (trials: Iterable<number>) => void
} {
  const { chosen: text = '' } = useAddress()
  return useMemo(() => {
    const chosen = new Set(text.split(',').flatMap((part) => (/^\d+$/.test(part) ? [Number(part)] : [])))
    const choose = (trials: Iterable<number>) =>
      change({ chosen: [...new Set(trials)].sort((a, b) => a - b).join(',') }, { replace: true })
    const toggle = (trial: number) =>
      choose(chosen.has(trial) ? [...chosen].filter((one) => one !== trial) : [...chosen, trial])
    return { chosen, toggle, choose }
  }, [text])
}
