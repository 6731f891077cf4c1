import { limits } from './compile.js'
import type { Choice, Distribution, Parameter, Space, When } from './distribution.js'
import { numericDistribution } from './forms.js'
import { choiceOptions } from './options.js'
import { fail, type Place, show } from './place.js'
import { contains } from './unit-cube.js'

/**
 * A flat space that came as JSON, checked as strictly as a sweep file's: it must be one that some sweep file means.
 *
 * Where a parent was narrowed, its children follow: `when` keeps the values the parent still has, and a parameter that
 * nothing can wake any more is left out.
 * @throws ParzenError `space/…`.
 */
export function checkSpace(given: unknown): Space {
  if (!isRecord(given)) return fail(root, 'space/form', `expected a map of parameters by name, got ${show(given)}`)
  const names = Object.keys(given)
  if (names.length > limits.parameters) {
    fail(root, 'space/size', `expected at most ${limits.parameters} parameters, got ${names.length}`)
  }
  const space: Record<string, Parameter> = {}
  /** Left out: nothing wakes them. */
  const asleep = new Set<string>()
  for (const name of names) {
    const place: Place = { name, path: [name] }
    const parameter = given[name]
    checkName(name, place)
    if (!isRecord(parameter)) return fail(place, 'space/form', `expected a distribution, got ${show(parameter)}`)
    const { when, ...rest } = parameter
    const distribution = distributionOf(rest, place)
    const waking = when === undefined ? undefined : checkWhen(when, { space, asleep, place })
    const parent = parentOf(name, (shorter) => Object.hasOwn(space, shorter) || asleep.has(shorter))
    const named = waking === undefined ? undefined : Object.keys(waking)[0]
    if (parent !== named) {
      fail(place, 'space/when', `expected ${parent ?? 'no parent'} in when, got ${named ?? 'none'}`, {
        hint: 'a name says below which choice or length a parameter lies',
      })
    }
    if (waking && Object.values(waking)[0]?.length === 0) asleep.add(name)
    else space[name] = waking ? { ...distribution, when: waking } : distribution
  }
  if (Object.keys(space).length === 0) fail(root, 'space/form', 'expected at least one parameter, got none')
  return space
}

const root: Place = { name: 'space', path: [] }

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkName(name: string, place: Place): void {
  const parts = name.split('.')
  const isPlain = parts.every((part) => /^[A-Za-z0-9_+-]+$/.test(part) && !(part in {}))
  if (!isPlain || !/^[A-Za-z_]/.test(name) || parts.length > limits.depth) {
    fail(place, 'space/name', `expected names of letters, digits, _ + and -, joined by dots, got ${show(name)}`)
  }
}

/** The longest shorter name that is a parameter: what lies below it is of one of its options or elements. */
function parentOf(name: string, isKnown: (name: string) => boolean): string | undefined {
  const parts = name.split('.')
  for (let length = parts.length - 1; length > 0; length--) {
    const shorter = parts.slice(0, length).join('.')
    if (isKnown(shorter)) return shorter
  }
  return undefined
}

function distributionOf(given: { readonly [key: string]: unknown }, place: Place): Distribution {
  const { kind, ...rest } = given
  if (kind === 'float')
    return numericDistribution('uniform', { uniform: [rest['low'], rest['high']], ...without(rest) }, place)
  if (kind === 'int') return numericDistribution('int', { int: [rest['low'], rest['high']], ...without(rest) }, place)
  if (kind === 'normal') {
    const { log = false, mean, sd, ...others } = rest
    if (typeof log !== 'boolean') fail(place, 'space/form', `expected true or false for log, got ${show(log)}`)
    const form = log ? 'lognormal' : 'normal'
    return numericDistribution(form, { [form]: [mean, sd], ...others }, place)
  }
  if (kind !== 'categorical') {
    return fail(place, 'space/form', `expected kind float, int, normal or categorical, got ${show(kind)}`)
  }
  const { choices, ...others } = rest
  if (!Array.isArray(choices)) return fail(place, 'space/form', `expected a list of choices, got ${show(choices)}`)
  const { distribution } = choiceOptions({ choice: choices, ...others } as Parameters<typeof choiceOptions>[0], place)
  const { weights } = others as { readonly weights?: readonly number[] }
  // weights that sum to 1 already stay as they are, to the bit: the same space is no edit
  const isNormed = weights !== undefined && Math.abs(weights.reduce((a, b) => a + b, 0) - 1) < 1e-12
  return isNormed ? { ...distribution, weights } : distribution
}

function without({ low: _l, high: _h, ...rest }: { readonly [key: string]: unknown }): object {
  return rest
}

interface Before {
  readonly space: Space
  readonly asleep: ReadonlySet<string>
  readonly place: Place
}

function checkWhen(given: unknown, { space, asleep, place }: Before): When {
  const entries = isRecord(given) ? Object.entries(given) : []
  const [parent, values] = entries[0] ?? []
  if (entries.length !== 1 || parent === undefined || !Array.isArray(values) || values.length === 0) {
    return fail(place, 'space/when', `expected when with one parent and its values, got ${show(given)}`)
  }
  if (asleep.has(parent)) return { [parent]: [] }
  const known = Object.hasOwn(space, parent) ? space[parent] : undefined
  if (known?.kind !== 'categorical' && known?.kind !== 'int') {
    return fail(place, 'space/when', `expected a choice or a length before it as parent, got ${show(parent)}`)
  }
  return { [parent]: values.filter((value: Choice) => contains(known, value)) }
}
