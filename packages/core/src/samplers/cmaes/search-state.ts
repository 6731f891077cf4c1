import type { Direction } from '../../journal/event.js'
import type { TrialRecord } from '../../journal/state.js'
import { rng } from '../../numerics/rng.js'
import type { Choice, Params } from '../../space/distribution.js'
import { lossOf } from '../loss.js'
import type { Axis } from './axis.js'
import { type Category, learn } from './categories.js'
import { deviation, type Evolution, evolution, evolve, type Start } from './evolution.js'
import { correctMargin } from './margin.js'
import { genesOf, memoOf } from './trial-genes.js'
import { promisingCount, warmStart } from './warm-start.js'
import { positivePart, rates, weightsByLoss } from './weights.js'

export interface SearchOptions {
  readonly axes: readonly Axis[]
  readonly categories: readonly Category[]
  readonly direction: Direction
  readonly seed: number
  readonly sigma: number
  readonly populationSize: number
}

/** Where the search stands; a function of the seed and of the finished trials in their order. */
export interface SearchState {
  readonly restart: number
  readonly generation: number
  /** To be read before the categories, which follow it. */
  readonly evolution: Evolution
  observe(trial: TrialRecord): void
}

interface Member {
  readonly genes: Float64Array
  readonly params: Params
  readonly loss: number
  /** Not drawn by the present distribution: a late trial of an earlier generation, or somebody else's. */
  readonly foreign: boolean
}

/** Folds finished trials into generations. Rules: `cmaes.ts`. */
export function searchState(options: SearchOptions): SearchState {
  const { axes, direction, populationSize } = options
  let restart = 0
  let generation = 0
  let current = begin({ m: new Float64Array(axes.length).fill(0.5), sigma: options.sigma }, options, populationSize)
  let pool: Member[] = []
  let bests: number[] = []
  /** Others' trials before the first of ours has finished; undefined after that. */
  let earlier: Member[] | undefined = []
  let isWarm = false
  /** `current` does not know the last of `earlier` yet. */
  let isStale = false

  // when it is needed, not at each of thousands of earlier trials
  const warmUp = () => {
    if (!earlier || !isStale) return
    const warm = beginWarm(earlier, options)
    isWarm = warm !== undefined
    current = warm ?? current
    isStale = false
  }
  const startAgain = () => {
    restart++
    generation = 0
    bests = []
    // late trials of this generation would pull the new mean back
    const uniform = rng(options.seed, 0x434d41, restart)
    const m = Float64Array.from(axes, () => uniform())
    for (const { q, prior } of options.categories) q.set(prior)
    current = begin({ m, sigma: options.sigma }, options, populationSize * 2 ** restart)
  }
  const close = () => {
    const size = populationSize * 2 ** restart
    advance(current, pool, options, size)
    bests.push(Math.min(...pool.map(({ loss }) => loss)))
    generation++
    if (hasEnded(current, pool, bests, size)) startAgain()
    pool = []
  }
  return {
    get restart() {
      return restart
    },
    get generation() {
      return generation
    },
    get evolution() {
      warmUp()
      return current
    },
    observe(trial) {
      const memo = memoOf(trial.memo, axes.length)
      if (memo && memo.restart !== restart) return
      const foreign = memo?.generation !== generation
      const loss = lossOf(trial, direction)
      const member = { genes: genesOf(axes, trial.params, memo), params: trial.params, loss, foreign }
      if (memo && earlier) {
        warmUp()
        // what the start was made from is not used again
        if (isWarm) pool = []
        earlier = undefined
      }
      if (earlier) {
        earlier.push(member)
        isStale = true
      }
      pool.push(member)
      const size = populationSize * 2 ** restart
      const own = pool.reduce((count, one) => count + (one.foreign ? 0 : 1), 0)
      if (pool.length >= size && own >= Math.ceil(size / 2)) close()
    },
  }
}

function begin(start: Start, { axes }: SearchOptions, size: number): Evolution {
  const e = evolution(start)
  correctMargin(e, axes, marginOf(e, size))
  return e
}

/** The paper's 1 / (d λ). */
function marginOf({ d }: Evolution, size: number): number {
  return Math.min(0.25, 1 / (d * size))
}

function beginWarm(earlier: readonly Member[], options: SearchOptions): Evolution | undefined {
  const { axes, categories, populationSize } = options
  const results = earlier.filter(({ loss }) => loss < Infinity).sort((a, b) => a.loss - b.loss)
  const best = results.slice(0, promisingCount(results.length, populationSize))
  if (best.length === 0) return undefined
  for (const c of categories) {
    c.q.set(c.prior)
    const equal = new Float64Array(best.length).fill(1 / best.length)
    learn(c, valuesOf(best, c.name), equal, best.length / (best.length + 1))
  }
  const rows = best.map(({ genes }) => genes.map((gene) => (Number.isNaN(gene) ? 0.5 : gene)))
  return begin(warmStart(rows, axes.length), options, populationSize)
}

function valuesOf(members: readonly Member[], name: string): (Choice | undefined)[] {
  return members.map(({ params }) => params[name])
}

/** One update from a full generation; one without any result teaches nothing. */
function advance(e: Evolution, pool: readonly Member[], { axes, categories }: SearchOptions, size: number): void {
  if (!pool.some(({ loss }) => loss < Infinity)) return
  const losses = Float64Array.from(pool, ({ loss }) => loss)
  const { w, muEff } = rates(Math.max(1, axes.length), pool.length)
  const weights = weightsByLoss(losses, positivePart(w))
  const freedom = categories.reduce((sum, { q }) => sum + q.length - 1, 0)
  for (const c of categories) learn(c, valuesOf(pool, c.name), weights, muEff / (muEff + 2 + freedom))
  if (axes.length === 0) return
  const X = new Float64Array(pool.length * e.d)
  for (const [i, { genes }] of pool.entries())
    for (let j = 0; j < e.d; j++) X[i * e.d + j] = Number.isNaN(genes[j]) ? e.m[j]! : genes[j]!
  evolve(
    e,
    X,
    losses,
    pool.map(({ foreign }) => foreign),
  )
  correctMargin(e, axes, marginOf(e, size))
}

/**
 * Whether to start again: no result in a generation, no progress at all over 10 + 30 d / λ generations, a
 * distribution that has become a point, or one too long for double precision (Hansen 2016, B.3: NoEffect, TolFun, TolX,
 * ConditionCov).
 */
function hasEnded(e: Evolution, pool: readonly Member[], bests: readonly number[], size: number): boolean {
  if (!pool.some(({ loss }) => loss < Infinity)) return true
  if (e.d === 0) return false
  const span = 10 + Math.ceil((30 * e.d) / size)
  const recent = bests.slice(-span)
  const [lowest, highest] = [Math.min(...recent), Math.max(...recent)]
  const worst = Math.max(...pool.map(({ loss }) => loss))
  if (recent.length === span && Math.max(highest, worst) - lowest <= 1e-12 * Math.max(1e-300, Math.abs(lowest)))
    return true
  let widest = 0
  for (let j = 0; j < e.d; j++) widest = Math.max(widest, deviation(e, j))
  const [least, most] = [Math.min(...e.D), Math.max(...e.D)]
  return !(widest > 1e-10) || !(most / least < 1e7) || !Number.isFinite(widest)
}
