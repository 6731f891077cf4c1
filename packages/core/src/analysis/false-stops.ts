import type { TrialRecord } from '../journal/state.js'

/**
 * What became of the trials that the pruner would have stopped, but for the draw that lets some through: the only ones that can
 * tell whether it is right.
 */
export interface FalseStops {
  /** Trials stopped for good. */
  readonly pruned: number
  /** Let through, and complete. */
  readonly spared: number
  /** Of these, the ones among the best tenth of all complete trials (at least the best one): each a false stop. */
  readonly good: number
  /** good / spared with its 90 % interval (Wilson 1927): the share of stops that were false; undefined if none was spared. */
  readonly rate: { readonly value: number; readonly low: number; readonly high: number } | undefined
}

const Z = 1.6448536269514722

/** @returns undefined if the pruner has stopped and spared nothing. @param sign −1 if the first objective is to be maximised */
export function falseStops(finished: readonly TrialRecord[], sign: 1 | -1): FalseStops | undefined {
  const pruned = finished.filter((trial) => trial.state === 'pruned').length
  const complete = finished.flatMap(({ outcome, judged }) => {
    const value = outcome?.state === 'complete' ? outcome.values[0] : undefined
    return value === undefined ? [] : [{ loss: sign * value, isSpared: judged?.verdict === 'spare' }]
  })
  const spared = complete.filter((trial) => trial.isSpared)
  if (pruned === 0 && spared.length === 0) return undefined
  const inOrder = complete.map(({ loss }) => loss).sort((a, b) => a - b)
  const limit = inOrder[Math.max(1, Math.floor(inOrder.length / 10)) - 1] as number
  const good = spared.filter(({ loss }) => loss <= limit).length
  return { pruned, spared: spared.length, good, rate: rateOf(good, spared.length) }
}

function rateOf(good: number, n: number): FalseStops['rate'] {
  if (n === 0) return undefined
  const p = good / n
  const middle = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n)
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2))
  return { value: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
