import type { Distribution } from './distribution.js'
import { fail, type Place, show } from './place.js'

/** Numbers by argument name. */
type Values = { readonly [argument: string]: number | undefined }

/** How one numeric distribution is written. */
export interface Form {
  /** In order. */
  readonly args: readonly string[]
  /** How many of the first ones may be left out. */
  readonly optional?: number
  readonly options: readonly ('step' | 'log')[]
  make(values: Values, log: boolean, place: Place): Distribution
}

type Ranged = Extract<Distribution, { kind: 'float' | 'int' }>

const range = ['low', 'high'] as const
const moments = ['mean', 'sd'] as const

/**
 * The numeric distributions by name; `choice` and `pchoice` are in `options.ts`.
 *
 * Bounds are values, never logarithms. The names from `quniform` on are Hyperopt's, with two differences kept on purpose:
 * multiples of q stay inside the bounds, and `randint` is an ordered integer.
 */
export const forms: { readonly [name: string]: Form } = {
  uniform: { args: range, options: ['step', 'log'], make: (v, log, at) => ranged({ kind: 'float', log }, v, at) },
  int: { args: range, options: ['step', 'log'], make: (v, log, at) => ranged({ kind: 'int', log }, v, at) },
  loguniform: { args: range, options: ['step'], make: (v, _, at) => ranged({ kind: 'float', log: true }, v, at) },
  normal: { args: moments, options: ['step'], make: (v, _, at) => normal(false, v, at) },
  lognormal: { args: moments, options: ['step'], make: (v, _, at) => normal(true, v, at) },
  quniform: { args: [...range, 'q'], options: [], make: (v, _, at) => multiples(false, v, at) },
  qloguniform: { args: [...range, 'q'], options: [], make: (v, _, at) => multiples(true, v, at) },
  qnormal: { args: [...moments, 'q'], options: [], make: ({ q, ...v }, _, at) => normal(false, { ...v, step: q }, at) },
  qlognormal: {
    args: [...moments, 'q'],
    options: [],
    make: ({ q, ...v }, _, at) => normal(true, { ...v, step: q }, at),
  },
  uniformint: { args: range, options: [], make: (v, _, at) => ranged({ kind: 'int', log: false }, v, at) },
  randint: { args: range, optional: 1, options: [], make: (v, _, at) => randint(v, at) },
}

function finite(values: Values, place: Place): void {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && !Number.isFinite(value)) {
      fail(place, 'space/number', `expected a finite number for ${name}, got ${value}`)
    }
  }
}

function ranged(shape: { kind: 'float' | 'int'; log: boolean }, values: Values, place: Place): Distribution {
  finite(values, place)
  const { low = 0, high = 0, step } = values
  const d: Ranged = {
    kind: shape.kind,
    low: low + 0,
    high: high + 0,
    ...(shape.log ? { log: true } : {}),
    ...(step === undefined ? {} : { step }),
  }
  if (d.kind === 'int') whole({ low, high, ...(step === undefined ? {} : { step }) }, place)
  checkBounds(d, place)
  const size = d.kind === 'int' ? 0 : Math.max(Math.abs(low), Math.abs(high))
  if (step !== undefined) checkStep(step, high - low, size, place)
  return d
}

function whole(values: { readonly [name: string]: number }, place: Place): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isSafeInteger(value)) {
      fail(place, 'space/number', `expected a whole number for ${name}, got ${value}`, {
        hint: 'uniform takes fractions',
      })
    }
  }
}

function checkBounds({ low, high, log }: Ranged, place: Place): void {
  if (low === high) {
    fail(place, 'space/bounds', `expected low < high, got ${low} for both`, { hint: `write the constant ${low}` })
  }
  if (low > high) {
    fail(place, 'space/bounds', `expected low < high, got low ${low}, high ${high}`, { hint: 'swap them?' })
  }
  // the smallest doubles have too few digits left for a scale
  if (log && low < 1e-300) {
    fail(place, 'space/log', `expected low > 0 on a log scale, got low ${low}`, {
      hint: 'bounds are values, not their logarithms',
    })
  }
  if (!Number.isFinite(high - low)) {
    fail(place, 'space/bounds', `expected a range of finite width, got low ${low}, high ${high}`)
  }
}

/** @param width of the range; Infinity if unbounded. @param size of the largest value the step is added to. */
function checkStep(step: number, width: number, size: number, place: Place): void {
  if (step <= 0) fail(place, 'space/step', `expected step > 0, got ${step}`)
  if (step > width) fail(place, 'space/step', `expected a step no wider than the range ${width}, got ${step}`)
  // doubles carry about 15 digits: below this, neighbouring values would not be told apart
  if (size / step > 1e13) fail(place, 'space/step', `expected a step of at least ${size / 1e13}, got ${step}`)
}

function multiples(log: boolean, values: Values, place: Place): Distribution {
  const { low = 0, high = 0, q = 1 } = values
  finite(values, place)
  checkBounds({ kind: 'float', low, high, log }, place)
  if (q <= 0) fail(place, 'space/step', `expected q > 0, got ${q}`)
  // 1e-9 forgives 0.3 / 0.1 coming out above 3
  const first = Math.ceil(low / q - 1e-9)
  const last = Math.floor(high / q + 1e-9)
  if (first > last || (first === last && q > high - low)) {
    fail(place, 'space/step', `expected two multiples of ${q} between ${low} and ${high}, got fewer`)
  }
  const at = (k: number) => Number((k * q).toPrecision(15)) + 0
  return ranged(
    { kind: 'float', log },
    { low: Math.max(low, at(first)), high: Math.min(high, at(last)), step: q },
    place,
  )
}

function normal(log: boolean, values: Values, place: Place): Distribution {
  finite(values, place)
  const { mean = 0, sd = 1, step } = values
  if (sd <= 0) fail(place, 'space/sd', `expected sd > 0, got ${sd}`)
  // doubles near the mean, or near ln x, would be too few
  const least = 1e-12 * Math.max(Math.abs(mean), log ? 1 : 0)
  if (sd < least) fail(place, 'space/sd', `expected sd >= ${least}, got ${sd}`)
  // draws reach 8.3 sd: beyond these the values would be infinite
  const reach = Math.abs(mean) + 9 * sd
  if (reach > (log ? 700 : 1e300)) {
    const limit = log ? 'mean and sd of ln x with |mean| + 9 sd below 700' : '|mean| + 9 sd below 1e300'
    fail(place, 'space/number', `expected ${limit}, got mean ${mean}, sd ${sd}`)
  }
  if (step !== undefined) {
    checkStep(step, Infinity, log ? 0 : reach, place)
    if (log && !Number.isFinite(Math.exp(mean + 9 * sd) / step)) {
      fail(place, 'space/step', `expected a step nearer to the size of the values, got ${step}`)
    }
  }
  return {
    kind: 'normal',
    mean: mean + 0,
    sd,
    ...(log ? { log: true } : {}),
    ...(step === undefined ? {} : { step }),
  }
}

/** [0, high) or [low, high). */
function randint({ low = 0, high = 0 }: Values, place: Place): Distribution {
  finite({ low, high }, place)
  whole({ low, high }, place)
  if (high - low < 1) {
    fail(place, 'space/bounds', `expected low < high (high is left out), got low ${low}, high ${high}`)
  }
  if (high - low === 1) return { kind: 'categorical', choices: [low] }
  return ranged({ kind: 'int', log: false }, { low, high: high - 1 }, place)
}

/** Object form `{ name: [low, high] }` or `{ name: { low, high } }`, with `step` and `log` beside the name or inside. */
export function numericDistribution(
  name: string,
  object: Readonly<Record<string, unknown>>,
  place: Place,
): Distribution {
  const form = forms[name] as Form
  const values: Record<string, number> = {}
  let log = false
  const set = (key: string, value: unknown) => {
    if (key === 'log' && form.options.includes('log')) {
      if (typeof value !== 'boolean') fail(place, 'space/form', `expected true or false for log, got ${show(value)}`)
      log = value
    } else if (!form.args.includes(key) && !(form.options as readonly string[]).includes(key)) {
      const known = [...form.args, ...form.options]
      fail(place, 'space/form', `expected ${known.join(', ')} in ${name}, got ${show(key)}`)
    } else if (typeof value !== 'number') {
      fail(place, 'space/form', `expected a number for ${key}, got ${show(value)}`)
    } else if (key in values) {
      fail(place, 'space/form', `expected ${key} once, got it twice`)
    } else values[key] = value
  }
  const given = object[name]
  if (Array.isArray(given)) {
    const least = form.args.length - (form.optional ?? 0)
    if (given.length < least || given.length > form.args.length) {
      fail(
        place,
        'space/form',
        `expected ${usage(name)}, got ${given.length} ${given.length === 1 ? 'number' : 'numbers'}`,
      )
    }
    const skipped = form.args.length - given.length
    given.forEach((value, i) => {
      set(form.args[i + skipped] as string, value)
    })
  } else if (typeof given === 'object' && given !== null) {
    for (const [key, value] of Object.entries(given)) set(key, value)
  } else if (given !== undefined && form.optional === form.args.length - 1) {
    set(form.args.at(-1) as string, given)
  } else
    fail(place, 'space/form', `expected ${usage(name)}, got ${show(given)}`, { hint: `${name} is a reserved name` })
  for (const [key, value] of Object.entries(object)) if (key !== name) set(key, value)
  for (const key of form.args.slice(form.optional ?? 0)) {
    if (!(key in values)) fail(place, 'space/form', `expected ${usage(name)}, got no ${key}`)
  }
  return form.make(values, log, place)
}

/** `uniform(low, high, step=, log)`. */
export function usage(name: string): string {
  const form = forms[name]
  if (!form) return name === 'pchoice' ? 'pchoice(a: 0.3, b: 0.7)' : 'choice(a, b, …)'
  const options = form.options.map((option) => (option === 'log' ? 'log' : `${option}=`))
  return `${name}(${[...form.args, ...options].join(', ')})`
}
