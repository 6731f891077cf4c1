import type { Choice } from './distribution.js'
import { formatNotation, isNotation, type Tree, type TreeObject } from './notation.js'
import { fail, type Place, show } from './place.js'

const range = 'a range is written uniform(0, 1), loguniform(1e-5, 0.1) or int(1, 8)'

/** How other tools write distributions as a map: as a group they would be constants, which nobody means. */
const foreignMaps = [
  { keys: ['values'], hint: 'one of several is written choice(16, 32, 64)' },
  { keys: ['min', 'max'], hint: range },
  { keys: ['low', 'high'], hint: range },
] as const

/** @throws ParzenError if the group is a distribution in the words of another tool. */
export function refuseForeignMap(object: TreeObject, place: Place): void {
  const isOfNumbers = (tree: Tree | undefined) =>
    typeof tree === 'number' || (Array.isArray(tree) && tree.every((one) => typeof one !== 'object'))
  const foreign = foreignMaps.find(({ keys }) => keys.every((key) => isOfNumbers(object[key])))
  if (foreign) fail(place, 'space/form', `expected a distribution, got ${show(object)}`, { hint: foreign.hint })
}

/**
 * `[0.1, 0.2]` is a choice in some tools, a range in others and a list of two constants in Hyperopt: it is asked which.
 * @throws ParzenError if nothing in the list is tuned.
 */
export function refuseConstantList(list: readonly Tree[], place: Place): void {
  const got = `got a list of ${list.length === 1 ? '1 constant' : `${list.length} constants`}`
  if (list.every(isConstant)) {
    const first = list.slice(0, 2).map((one) => asChoice([one]))
    const fixed = `the list as it is [${first.join(', ')}${list.length > 2 ? ', …' : ''}]`
    refuse(place, got, [...meant(list), fixed])
  }
  if (list.every((one) => Array.isArray(one) && one.every(isConstant))) {
    refuse(place, `got lists of constants`, [
      'one of several lists is written as one of several options, choice: { small: …, large: … }',
      'a constant in a list choice(3)',
    ])
  }
}

const NUMBER = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.source
const NUMBERS = new RegExp(`^\\s*[[(]?\\s*${NUMBER}(?:\\s*,\\s*${NUMBER})+\\s*[\\])]?\\s*$`)

/** @throws ParzenError if the text is a list of numbers: `0.1, 0.2` without brackets is a text to YAML. */
export function refuseNumbersInText(text: string, place: Place): void {
  if (!NUMBERS.test(text)) return
  const numbers = text.match(new RegExp(NUMBER, 'g')) as readonly string[]
  refuse(place, `got the text ${show(text)}`, [...meant(numbers.map(Number)), `the text as it is ${asChoice([text])}`])
}

function refuse(place: Place, got: string, ways: readonly string[]): never {
  return fail(place, 'space/list', `expected something to tune, ${got}`, { hint: ways.join('; ') })
}

function isConstant(tree: Tree): tree is Choice {
  return tree === null || ['number', 'boolean'].includes(typeof tree) || (typeof tree === 'string' && !isNotation(tree))
}

/** What a list of constants stands for elsewhere, in our words. */
function meant(list: readonly Choice[]): string[] {
  const values = [...new Set(list)]
  const [low, high] = values
  if (values.length === 1) return [`one value is written ${low}`]
  const ways = [`one of them is written ${asChoice(values)}`]
  if (list.length === 2 && typeof low === 'number' && typeof high === 'number' && low < high) {
    const name =
      Number.isInteger(low) && Number.isInteger(high) ? 'int' : low > 0 && high >= 100 * low ? 'loguniform' : 'uniform'
    ways.push(`a value between them ${name}(${low}, ${high})`)
  }
  return ways
}

/** Cut short, as it is an example. */
function asChoice(values: readonly Choice[]): string {
  const text = formatNotation({ choice: values.slice(0, 5) }) as string
  return values.length > 5 ? text.replace(/\)$/, ', …)') : text
}
