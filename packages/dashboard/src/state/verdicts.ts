import type { Comparison, Direction } from '@parzen/core'
import { formatValue, percent } from '../controls/format.js'

type Pair = Comparison['pairs'][number]

/** A better one is told apart from chance from here on. */
const SURE = 0.95
/** The quantile of the normal that belongs to it. */
const SURE_SD = 1.645
const MANY = 100

/** Whether two trials truly differ, in words. */
export function verdict(pair: Pair, comparison: Comparison, direction: Direction): string {
  const { a, b, difference, probability, interval } = pair
  const [repeats, others] = [a, b].map(
    (number) => comparison.trials.find(({ trial }) => trial === number)?.repeats ?? [],
  )
  if (repeats === others || repeats?.includes(b))
    return `trials ${a} and ${b} have the same parameters: what differs is chance`
  if (probability === undefined || interval === undefined) {
    const isBetter = direction === 'minimize' ? difference < 0 : difference > 0
    const [better, worse] = isBetter ? [a, b] : [b, a]
    return difference === 0
      ? `trials ${a} and ${b} reported the same`
      : `trial ${better} reported ${formatValue(Math.abs(difference))} better than trial ${worse}; how much of that is chance is not known yet: a setting that is tried more than once tells`
  }
  const [better, worse, chance] = probability >= 0.5 ? [a, b, probability] : [b, a, 1 - probability]
  // how much better the better one is, whichever way the objective goes and whichever comes first
  const isTurned = (direction === 'minimize') === (better === a)
  const [low, high] = isTurned ? [-interval[1], -interval[0]] : interval
  const by = `by ${formatValue(low)} to ${formatValue(high)} (90 %)`
  if (chance < 0.6)
    return `trials ${a} and ${b} are as good as each other as far as one can tell: trial ${better} is better ${by}${more(pair, comparison)}`
  const is = chance >= SURE ? 'is better' : 'is probably better'
  return `trial ${better} ${is} than trial ${worse}, with ${chance > 0.999 ? 'more than 99.9 %' : percent(chance)}: ${by}${more(pair, comparison)}`
}

/** How many further runs of each would tell them apart, if the difference is what it is expected to be. */
function more({ a, b, probability = 0.5, expected = 0 }: Pair, { noise, trials }: Comparison): string {
  if (Math.max(probability, 1 - probability) >= SURE || !noise) return ''
  const needed = Math.ceil(2 * ((SURE_SD * noise.sd) / Math.abs(expected)) ** 2)
  const fewest = Math.min(...[a, b].map((number) => trials.find(({ trial }) => trial === number)?.repeats.length ?? 1))
  const further = Math.max(1, needed - fewest)
  if (further > MANY || Number.isNaN(further)) return `; more than ${MANY} runs of each would be needed to tell`
  return `; about ${further} more ${further === 1 ? 'run' : 'runs'} of each would tell`
}

/** Where the numbers come from. */
export function noiseWords({ noise, metric }: Comparison): string {
  if (!noise) return `How much ${metric} varies by chance is not known: too few trials, and none repeated.`
  const sd = `${metric} of one and the same setting varies by about ${formatValue(noise.sd)}`
  return noise.source === 'repeats'
    ? `${sd} (standard deviation), as settings tried more than once show.`
    : `${sd} (standard deviation), guessed from trials that lie close to each other; running some again makes it sure.`
}
