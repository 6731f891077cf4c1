import type { Choice, Distribution } from './distribution.js'
import type { Tree, TreeObject } from './notation.js'
import { fail, type Place, show } from './place.js'

/** A choice as written: its distribution, and the subtree of each option that has one. */
export interface Options {
  readonly distribution: Extract<Distribution, { kind: 'categorical' }>
  /** Options with a subtree, by name. */
  readonly subtrees: readonly (readonly [string, Tree])[]
}

/** Object form `{ choice: [values], weights }`, `{ choice: { option: subtree }, weights }` or `{ pchoice: [[p, value]] }`. */
export function choiceOptions(object: TreeObject, place: Place): Options {
  for (const key of Object.keys(object)) {
    if (key !== 'choice' && key !== 'pchoice' && !(key === 'weights' && 'choice' in object)) {
      fail(
        { name: place.name, path: [...place.path, key] },
        'space/form',
        `expected only choice and weights, got ${show(key)}`,
        {
          hint: key === 'weights' ? 'pchoice has them inside' : 'choice is a reserved name',
        },
      )
    }
  }
  if ('pchoice' in object) return probabilities(object['pchoice'] as Tree, place)
  const given = object['choice']
  if (Array.isArray(given)) {
    const choices = given.map((value) => scalar(value as Tree, place))
    return { distribution: categorical(choices, weightList(object['weights'], choices, place), place), subtrees: [] }
  }
  if (typeof given !== 'object' || given === null) {
    return fail(place, 'space/form', `expected a list of values or a map of options, got ${show(given)}`, {
      hint: 'choice is a reserved name',
    })
  }
  const subtrees = Object.entries(given as TreeObject)
  for (const [option] of subtrees) checkOption(option, place)
  const choices = subtrees.map(([option]) => option)
  return { distribution: categorical(choices, weightList(object['weights'], choices, place), place), subtrees }
}

/** Hyperopt's `pchoice`: `[[0.3, a], [0.7, b]]`; unlike there, the probabilities are checked. */
function probabilities(given: Tree, place: Place): Options {
  if (!Array.isArray(given)) return fail(place, 'space/form', `expected pchoice: [[0.3, a], …], got ${show(given)}`)
  const pairs = given.map((pair: Tree) => {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'number') {
      return fail(place, 'space/form', `expected pairs of a probability and a value, got ${show(pair)}`)
    }
    return [pair[0], scalar(pair[1] as Tree, place)] as const
  })
  const weights = pairs.map(([p]) => p)
  const sum = weights.reduce((a, b) => a + b, 0)
  const distribution = categorical(
    pairs.map(([, value]) => value),
    weights,
    place,
  )
  if (Math.abs(sum - 1) > 1e-6) {
    fail(place, 'space/weights', `expected probabilities with the sum 1, got ${Number(sum.toPrecision(6))}`, {
      hint: 'choice takes weights of any sum',
    })
  }
  return { distribution, subtrees: [] }
}

function scalar(value: Tree, place: Place): Choice {
  if (typeof value === 'object' && value !== null) {
    return fail(place, 'space/choice', `expected plain values in a choice, got ${show(value)}`, {
      hint: 'options with parameters are written as a map: choice: { name: { … } }',
    })
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) fail(place, 'space/number', `expected finite numbers in a choice, got ${value}`)
    return value + 0
  }
  return value
}

function checkOption(option: string, place: Place): void {
  // no dots: a dot in a flat name separates levels
  if (!/^[A-Za-z0-9_+-]+$/.test(option) || option in {}) {
    fail(place, 'space/name', `expected option names of letters, digits, _ + and -, got ${show(option)}`)
  }
}

function categorical(
  choices: readonly Choice[],
  weights: readonly number[] | undefined,
  place: Place,
): Options['distribution'] {
  if (choices.length === 0) fail(place, 'space/choice', 'expected at least one choice, got none')
  const seen = new Set<Choice>()
  for (const choice of choices) {
    if (seen.has(choice)) fail(place, 'space/choice', `expected different choices, got ${show(choice)} twice`)
    seen.add(choice)
  }
  if (!weights) return { kind: 'categorical', choices }
  const bad = weights.find((weight) => !(Number.isFinite(weight) && weight > 0))
  if (bad !== undefined) {
    fail(place, 'space/weights', `expected weights > 0, got ${bad}`, {
      ...(bad === 0 ? { hint: 'leave the choice out instead' } : {}),
    })
  }
  const sum = weights.reduce((a, b) => a + b, 0)
  return { kind: 'categorical', choices, weights: weights.map((weight) => weight / sum) }
}

/** Weights as a list in the order of the choices, or as a map by choice. */
function weightList(given: Tree | undefined, choices: readonly Choice[], place: Place): readonly number[] | undefined {
  if (given === undefined) return undefined
  const at = { name: place.name, path: [...place.path, 'weights'] }
  const list = Array.isArray(given) ? given : byChoice(given, choices, at)
  if (list.length !== choices.length) {
    fail(at, 'space/weights', `expected ${choices.length} weights, one for each choice, got ${list.length}`)
  }
  return list.map((weight) =>
    typeof weight === 'number' ? weight : fail(at, 'space/weights', `expected numbers as weights, got ${show(weight)}`),
  )
}

function byChoice(given: Tree, choices: readonly Choice[], place: Place): Tree[] {
  if (typeof given !== 'object' || given === null) {
    return fail(place, 'space/weights', `expected a list or a map of weights, got ${show(given)}`)
  }
  const names = choices.map(String)
  const unknown = Object.keys(given).find((key) => !names.includes(key))
  if (unknown !== undefined) {
    fail(place, 'space/weights', `expected weights for ${names.join(', ')}, got one for ${show(unknown)}`)
  }
  return names.map(
    (name) => (given as TreeObject)[name] ?? fail(place, 'space/weights', `expected a weight for ${name}, got none`),
  )
}
