import type { Rng } from '../samplers/sampler.js'
import type { Tree } from './notation.js'

/** A distribution in string form that is right, of any kind. */
export function randomNotation(rng: Rng): string {
  const pick = <T>(of: readonly T[]) => of[Math.floor(rng() * of.length)] as T
  const low = pick([-3, 0, 1, 2.5])
  const positive = pick([1e-5, 0.1, 1, 7])
  const whole = pick([-5, 0, 1, 3])
  return pick([
    () => `uniform(${low}, ${low + 1 + rng()})`,
    () => `uniform(${low}, ${low + 4}, step=0.25)`,
    () => `loguniform(${positive}, ${positive * 100})`,
    () => `loguniform(${positive}, ${positive * 100}, step=${positive})`,
    () => `int(${whole}, ${whole + pick([1, 5, 1000])})`,
    () => `int(${whole}, ${whole + 20}, step=3)`,
    () => `int(${pick([1, 8])}, 512, log)`,
    () => `normal(${low}, ${positive})`,
    () => `normal(${low}, ${positive}, step=${positive / 4})`,
    () => `lognormal(${low}, 0.5)`,
    () => `quniform(${low}, ${low + 10}, 3)`,
    () => `qloguniform(1, 20, 2)`,
    () => `qnormal(0, 10, 2)`,
    () => `qlognormal(0, 2, 1)`,
    () => `uniformint(${whole}, ${whole + 3})`,
    () => `randint(${pick([1, 2, 10])})`,
    () => `randint(${whole}, ${whole + 4})`,
    () => `choice(a, 'b, c', "7", 7, true, null)`,
    () => `choice(x: 0.7, y: 0.2, "z z": 0.1)`,
    () => `pchoice(0: 0.1, 1: 0.9)`,
  ])()
}

/** A group with subtrees of every kind, at most `depth` levels deep. */
export function randomTree(rng: Rng, depth: number): { readonly [name: string]: Tree } {
  const size = 1 + Math.floor(rng() * 2.5)
  return Object.fromEntries(
    ['alpha', 'be-ta', '_c'].slice(0, size).map((name) => [name, randomSubtree(rng, depth - 1)]),
  )
}

function randomSubtree(rng: Rng, depth: number): Tree {
  const u = rng()
  if (depth <= 0 || u < 0.2)
    return u < 0.03 ? (['word', 3, true, 0.5][Math.floor(rng() * 4)] as Tree) : randomNotation(rng)
  const inner = () => randomSubtree(rng, depth - 1)
  if (u < 0.4) return randomTree(rng, depth - 1)
  if (u < 0.75) {
    const options = { plain: null, '2': {}, sgd: randomTree(rng, depth - 1), bare: inner() }
    return rng() < 0.5 ? { choice: options } : { choice: options, weights: { plain: 1, '2': 2, sgd: 3, bare: 4 } }
  }
  if (u < 0.9)
    return { repeat: rng() < 0.3 ? 2 : `int(${Math.floor(rng() * 2)}, ${2 + Math.floor(rng() * 2)})`, each: inner() }
  return [element(inner()), element(inner())]
}

/** A list of constants alone is refused unless they say that they are. */
function element(tree: Tree): Tree {
  return typeof tree === 'number' || typeof tree === 'boolean' || tree === 'word' ? { choice: [tree] } : tree
}
