/**
 * How much of the variation of the losses each parameter and each pair explains: functional ANOVA on a random forest
 * (Hutter, Hoos & Leyton-Brown 2014, "An efficient approach for assessing hyperparameter importance").
 *
 * The forest is a function on the whole space, constant in parameters that are not active; its variance under the
 * space's own distributions falls into parts: V_i of one parameter alone, V_ij of two together, the rest of more.
 *
 * Differs from the paper: conditional parameters (the paper has none); losses so far above the best three quarters that
 * three more ranges of those would not reach them count as at that fence, so that one diverged trial does not become
 * the whole variance; 16 cells per numeric parameter (32 if others depend on it) instead of all split points.
 */
import { rng } from '../numerics/rng.js'
import type { Space } from '../space/distribution.js'
import { type Axis, cellsOf } from './cells.js'
import { growForest, type Leaf } from './forest.js'
import type { Observation } from './observation.js'

const TREES = 32
/** Pairs of only so many parameters are looked at: those of the greatest main effects and their parents. */
const PAIRED = 8
const FEWEST = 8

export interface Fanova {
  /** Shares of the variance, per parameter, in [0, 1]. */
  readonly main: ReadonlyMap<string, number>
  /** The greatest first. */
  readonly pairs: readonly { readonly names: readonly [string, string]; readonly share: number }[]
}

/**
 * @param losses one per observation, lower is better.
 * @returns undefined for fewer than 8 trials, or if all losses are equal. The same trials and seed, the same result.
 */
export function fanova(
  space: Space,
  trials: readonly Observation[],
  losses: readonly number[],
  seed: number,
): Fanova | undefined {
  if (trials.length < FEWEST) return undefined
  const cells = cellsOf(space)
  const { axes } = cells
  const rows = trials.map(({ params }) => cells.of(params))
  const y = fenced(losses)
  const effects = growForest({ axes, rows, y }, TREES, rng(seed, 0xfa)).map((leaves) => treeEffects(axes, leaves))
  const counted = effects.filter(({ total }) => total > 0)
  if (counted.length === 0) return undefined
  const mean = (of: (tree: Effects) => number) => counted.reduce((sum, tree) => sum + of(tree), 0) / counted.length
  const main = axes.map((_, i) => mean(({ total, marginals }) => marginals[i]!.variance / total))
  const paired = strongest(axes, main)
  const pairs = paired.flatMap((j, k) =>
    paired.slice(0, k).map((i) => {
      const share = mean((tree) => pairVariance(axes, tree, i, j) / tree.total)
      return { names: [axes[i]!.name, axes[j]!.name] as const, share }
    }),
  )
  return {
    main: new Map(axes.map(({ name }, i) => [name, main[i] as number])),
    pairs: pairs.toSorted((a, b) => b.share - a.share),
  }
}

/** Losses with those beyond the fence moved onto it. */
export function fenced(losses: readonly number[]): Float64Array {
  const sorted = losses.toSorted((a, b) => a - b)
  const least = sorted[0] as number
  const upper = sorted[Math.floor(0.75 * (sorted.length - 1))] as number
  const fence = upper > least ? upper + 3 * (upper - least) : Infinity
  return Float64Array.from(losses, (loss) => Math.min(loss, fence))
}

/** Axis numbers in order; a parent comes with its children, since their interaction is likely. */
function strongest(axes: readonly Axis[], main: readonly number[]): number[] {
  const order = [...axes.keys()].sort((a, b) => main[b]! - main[a]! || a - b)
  const chosen = new Set<number>()
  for (const axis of order) {
    for (const each of [axis, ...axes[axis]!.needs.map((need) => need.axis)]) if (chosen.size < PAIRED) chosen.add(each)
  }
  return [...chosen].sort((a, b) => a - b)
}

interface Effects {
  readonly leaves: readonly Leaf[]
  /** Per leaf and axis: the prior mass of the leaf's cells. */
  readonly masses: readonly Float64Array[]
  readonly mean: number
  readonly total: number
  /** Per axis: the mean of the tree in each cell minus its mean everywhere, and the variance of that. */
  readonly marginals: readonly { readonly effect: Float64Array; readonly variance: number }[]
}

function treeEffects(axes: readonly Axis[], leaves: readonly Leaf[]): Effects {
  const masses = leaves.map(({ region }) => Float64Array.from(axes, (axis, i) => massOf(axis, region[i]!)))
  const whole = masses.map((mass) => mass.reduce((product, m) => product * m, 1))
  const mean = leaves.reduce((sum, leaf, l) => sum + whole[l]! * leaf.mean, 0)
  const total = leaves.reduce((sum, leaf, l) => sum + whole[l]! * (leaf.mean - mean) ** 2, 0)
  const marginals = axes.map((axis, i) => {
    const effect = new Float64Array(axis.masses.length)
    leaves.forEach((leaf, l) => {
      const others = whole[l]! / masses[l]![i]!
      if (!(others > 0)) return
      for (let c = 0; c < effect.length; c++) {
        if ((leaf.region[i]! >>> c) & 1) effect[c]! += others * (leaf.mean - mean)
      }
    })
    const variance = effect.reduce((sum, e, c) => sum + axis.masses[c]! * e * e, 0)
    return { effect, variance }
  })
  return { leaves, masses, mean, total, marginals }
}

function massOf({ masses }: Axis, cells: number): number {
  return masses.reduce((sum, m, c) => ((cells >>> c) & 1 ? sum + m : sum), 0)
}

/** V_ij: what the two together explain beyond what they explain alone. O(leaves · cells of i · cells of j). */
function pairVariance(
  axes: readonly Axis[],
  { leaves, masses, mean, marginals }: Effects,
  i: number,
  j: number,
): number {
  const [p, q] = [axes[i]!.masses, axes[j]!.masses]
  const joint = new Float64Array(p.length * q.length)
  leaves.forEach((leaf, l) => {
    let others = leaf.mean - mean
    for (let k = 0; k < axes.length; k++) if (k !== i && k !== j) others *= masses[l]![k]!
    for (let a = 0; a < p.length; a++) {
      if (!((leaf.region[i]! >>> a) & 1)) continue
      for (let b = 0; b < q.length; b++) if ((leaf.region[j]! >>> b) & 1) joint[a * q.length + b]! += others
    }
  })
  const [ei, ej] = [marginals[i]!.effect, marginals[j]!.effect]
  return joint.reduce((sum, f, k) => {
    const [a, b] = [Math.floor(k / q.length), k % q.length]
    return sum + p[a]! * q[b]! * (f - ei[a]! - ej[b]!) ** 2
  }, 0)
}
