import { rng } from '../../numerics/rng.js'
import type { Choice, Parameter, Params, Space } from '../../space/distribution.js'
import { chooseIndex, contains, countValues, fromUnit, stepOf, toUnit, valueAt } from '../../space/unit-cube.js'

/**
 * A space as rows of numbers, in two forms.
 *
 * - *genes* u: one number in [0, 1) a parameter (P of them), active or not, so that a candidate whose parent changes its
 *   choice finds values for the children that wake up.
 * - *features* f: what the covariance sees (D of them; parameters of a single value have none): numbers first, as the
 *   unit-interval position of the value itself (steps and integers already rounded), 0.5 if inactive; then
 *   categories, as the index of the choice, −1 if inactive.
 */
export interface Encoding {
  readonly names: readonly string[]
  readonly parameters: readonly Parameter[]
  /** P, D, and the count of numeric features. */
  readonly genes: number
  readonly dims: number
  readonly numeric: number
  /** The feature of each gene; −1 for constants. */
  readonly dimOf: Int32Array
  /** Features active in a typical trial: their mean number over draws from the space. */
  readonly typical: number
  /** Number of values of each parameter; Infinity if continuous. */
  readonly counts: Float64Array
  /** What each gene's parents must hold, and which genes are parents. */
  readonly conditions: readonly (readonly Condition[])[]
  readonly isParent: Uint8Array
  /** Reads genes at `uAt`, writes features at `fAt`, marks the active genes. */
  embed(u: Float64Array, uAt: number, f: Float64Array, fAt: number, active: Uint8Array): void
  /** The values at genes `uAt`. */
  decode(u: Float64Array, uAt: number): Params
  /** Genes of known values; those of inactive parameters stay as they are. */
  encode(params: Params, u: Float64Array, uAt: number): void
  /** Gene of value number k of a parameter with finitely many. */
  unitOf(gene: number, k: number): number
  /** Gene of a value; one the parameter cannot take goes to the nearest end or the first choice. */
  unitOfValue(gene: number, value: Choice): number
  valueAt(gene: number, u: number): Choice
  /** Number of the value at u of a parameter with finitely many. */
  indexOf(gene: number, u: number): number
}

export interface Condition {
  readonly parent: number
  readonly values: readonly Choice[]
}

export function encoding(space: Space): Encoding {
  const names = Object.keys(space)
  const parameters = names.map((name) => space[name] as Parameter)
  const counts = Float64Array.from(parameters, countValues)
  const conditions = parameters.map((parameter) =>
    Object.entries(parameter.when ?? {}).map(
      ([parent, values]): Condition => ({ parent: names.indexOf(parent), values }),
    ),
  )
  const { dimOf, numeric, dims } = layout(parameters, counts)
  const isParent = new Uint8Array(names.length)
  for (const list of conditions) for (const { parent } of list) isParent[parent] = 1
  const held: (Choice | undefined)[] = names.map(() => undefined)

  const isOn = (p: number): boolean => {
    for (const { parent, values } of conditions[p]!) {
      const value = held[parent]
      if (value === undefined || !values.includes(value)) return false
    }
    return true
  }
  const coding: Encoding = {
    names,
    parameters,
    genes: names.length,
    dims,
    numeric,
    dimOf,
    counts,
    typical: dims,
    conditions,
    isParent,
    unitOfValue: (gene, value) => unitOfValue(parameters[gene]!, value),
    valueAt: (gene, u) => fromUnit(parameters[gene]!, u),
    embed(u, uAt, f, fAt, active) {
      for (let p = 0; p < names.length; p++) {
        const on = isOn(p)
        active[p] = on ? 1 : 0
        const d = dimOf[p]!
        if (on && isParent[p]) held[p] = fromUnit(parameters[p]!, u[uAt + p]!)
        else if (isParent[p]) held[p] = undefined
        if (d >= 0) f[fAt + d] = feature(parameters[p]!, on, u[uAt + p]!)
      }
    },
    decode(u, uAt) {
      const params: Record<string, Choice> = {}
      for (let p = 0; p < names.length; p++) {
        held[p] = isOn(p) ? fromUnit(parameters[p]!, u[uAt + p]!) : undefined
        if (held[p] !== undefined) params[names[p]!] = held[p] as Choice
      }
      return params
    },
    encode(params, u, uAt) {
      for (let p = 0; p < names.length; p++) {
        const value = params[names[p]!]
        if (value !== undefined) u[uAt + p] = unitOfValue(parameters[p]!, value)
      }
    },
    unitOf(gene, k) {
      const d = parameters[gene]!
      if (d.kind === 'categorical') return toUnit(d, d.choices[k] as Choice)
      return d.kind === 'normal' ? 0.5 : toUnit(d, valueAt(d, k))
    },
    indexOf(gene, u) {
      const d = parameters[gene]!
      if (d.kind === 'categorical') return chooseIndex(d, u)
      return d.kind === 'normal' ? 0 : Math.round(((fromUnit(d, u) as number) - d.low) / (stepOf(d) || 1))
    },
  }
  return { ...coding, typical: meanActive(coding) }
}

function meanActive(coding: Encoding): number {
  const { genes, dims, dimOf } = coding
  const u = new Float64Array(genes)
  const f = new Float64Array(dims)
  const active = new Uint8Array(genes)
  const uniform = rng(genes)
  const draws = 100
  let sum = 0
  for (let k = 0; k < draws; k++) {
    for (let p = 0; p < genes; p++) u[p] = uniform()
    coding.embed(u, 0, f, 0, active)
    for (let p = 0; p < genes; p++) if (active[p] && dimOf[p]! >= 0) sum++
  }
  return Math.max(1, sum / draws)
}

/** Numeric features first, then categorical ones, each in the order of the space. */
function layout(parameters: readonly Parameter[], counts: Float64Array) {
  const dimOf = new Int32Array(parameters.length).fill(-1)
  let dims = 0
  for (let p = 0; p < parameters.length; p++)
    if (parameters[p]!.kind !== 'categorical' && counts[p]! > 1) dimOf[p] = dims++
  const numeric = dims
  for (let p = 0; p < parameters.length; p++)
    if (parameters[p]!.kind === 'categorical' && counts[p]! > 1) dimOf[p] = dims++
  return { dimOf, numeric, dims }
}

function feature(parameter: Parameter, on: boolean, u: number): number {
  if (parameter.kind === 'categorical') return on ? chooseIndex(parameter, u) : -1
  if (!on) return 0.5
  const stepped = parameter.kind === 'normal' ? parameter.step : stepOf(parameter)
  return stepped ? toUnit(parameter, fromUnit(parameter, u)) : u
}

/** Values from an earlier form of the space: numbers go to the nearest end, unknown choices to the first. */
function unitOfValue(parameter: Parameter, value: Choice): number {
  if (contains(parameter, value)) return toUnit(parameter, value)
  if (parameter.kind === 'categorical') return 0
  const u = typeof value === 'number' ? toUnit(parameter, value) : 0.5
  return Number.isFinite(u) ? Math.min(1 - 2 ** -53, Math.max(0, u)) : 0.5
}
