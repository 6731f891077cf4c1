/**
 * Spaces in TypeScript: the same authoring trees as in a sweep file, with the type of the nested values inferred.
 *
 * `space({ lr: loguniform(1e-5, 0.1), optimizer: choice({ adam: { beta1: uniform(0.8, 1) }, sgd: {} }) })`
 * has values `{ lr: number, optimizer: { choice: 'adam', beta1: number } | { choice: 'sgd' } }`.
 */
import { compileSpace } from './compile.js'
import type { Choice, Space } from './distribution.js'
import type { Tree } from './notation.js'

declare const brand: unique symbol
declare const values: unique symbol

/** Some distribution. Not `Described<unknown>`, which would have TypeScript infer the options of a choice from its context. */
interface AnyDescribed {
  readonly [brand]: true
}

/** A distribution whose values have type T; at run time its object form. */
export interface Described<T> extends AnyDescribed {
  readonly [values]: T
}

/** A flat space whose nested values have type T. */
export type TypedSpace<T> = Space & { readonly [values]?: T }

/** The nested values of a space made with `space`. */
export type ValuesOf<S> = S extends { readonly [values]?: infer T } ? T : never

/** What may stand in a space: a distribution, a constant, a list, a group. */
export type Subtree =
  | AnyDescribed
  | string
  | number
  | boolean
  | readonly Subtree[]
  | { readonly [name: string]: Subtree }

/** Parameters of an option; null and {} are none. */
export type OptionTree = Subtree | null

type Flat<T> = { [K in keyof T]: T[K] } & {}

/** The nested value of a subtree. */
export type ValueOf<S> =
  S extends Described<infer T>
    ? T
    : S extends Choice
      ? S
      : S extends readonly unknown[]
        ? { -readonly [K in keyof S]: ValueOf<S[K]> }
        : S extends object
          ? { -readonly [K in keyof S]: ValueOf<S[K]> }
          : never

type HasParameters<S> = S extends null
  ? false
  : S extends AnyDescribed | Choice
    ? true
    : keyof S extends never
      ? false
      : true

type OptionValue<K, S> =
  HasParameters<S> extends false
    ? { choice: K }
    : S extends Described<infer T>
      ? { choice: K; value: T }
      : S extends Choice | readonly unknown[]
        ? { choice: K; value: ValueOf<S> }
        : Flat<{ choice: K } & ValueOf<S>>

/** The value of a choice of subtrees: a union told apart by `choice`, or the bare names if no option has parameters. */
export type OptionsValue<O> = true extends { [K in keyof O]: HasParameters<O[K]> }[keyof O]
  ? { [K in keyof O]: OptionValue<K, O[K]> }[keyof O]
  : { [K in keyof O]: K }[keyof O]

interface Stepped {
  /** Only low + k · step, inside the bounds. */
  readonly step?: number
}
interface Logged {
  /** Uniform in ln x. */
  readonly log?: boolean
}

function described<T>(tree: Tree): Described<T> {
  return tree as unknown as Described<T>
}

/** From low to high, both values of x. */
export function uniform(low: number, high: number, options: Stepped & Logged = {}): Described<number> {
  return described({ uniform: [low, high], ...options } as Tree)
}

/** Whole numbers from low to high, both included. */
export function int(low: number, high: number, options: Stepped & Logged = {}): Described<number> {
  return described({ int: [low, high], ...options } as Tree)
}

/** Uniform in ln x; low and high are values of x, above 0. */
export function loguniform(low: number, high: number, options: Stepped = {}): Described<number> {
  return described({ loguniform: [low, high], ...options } as Tree)
}

/** With a step: rounded to its multiples. */
export function normal(mean: number, sd: number, options: Stepped = {}): Described<number> {
  return described({ normal: [mean, sd], ...options } as Tree)
}

/** mean and sd are those of ln x. */
export function lognormal(mean: number, sd: number, options: Stepped = {}): Described<number> {
  return described({ lognormal: [mean, sd], ...options } as Tree)
}

/**
 * One of several values, `choice('relu', 'tanh')` or `choice(['relu', 'tanh'])`; or one of several subtrees by name,
 * `choice({ adam: { … }, sgd: { … } })`.
 */
export function choice<const C extends readonly Choice[]>(choices: C): Described<C[number]>
export function choice<const C extends readonly Choice[]>(...choices: C): Described<C[number]>
export function choice<const O extends { readonly [option: string]: OptionTree }>(
  options: O,
): Described<OptionsValue<O>>
export function choice(...given: readonly unknown[]): Described<unknown> {
  const [first] = given
  const isWhole = given.length === 1 && typeof first === 'object' && first !== null
  return described({ choice: (isWhole ? first : given) as Tree })
}

/** A choice that is not drawn evenly; weights are relative, in the order of the values or by option. */
export function weighted<const C extends readonly Choice[]>(
  choices: C,
  weights: readonly number[],
): Described<C[number]>
export function weighted<const O extends { readonly [option: string]: OptionTree }>(
  options: O,
  weights: { readonly [K in keyof O]: number },
): Described<OptionsValue<O>>
export function weighted(given: unknown, weights: unknown): Described<unknown> {
  return described({ choice: given as Tree, weights: weights as Tree })
}

/** A list of `length` elements alike, each with parameters of its own; `length` may be tuned: `int(1, 4)`. */
export function repeat<const E extends Subtree>(length: number | Described<number>, each: E): Described<ValueOf<E>[]> {
  return described({ repeat: length as unknown as Tree, each: each as unknown as Tree })
}

/**
 * The flat space of a tree, knowing the type of its nested values.
 * @throws ParzenError `space/…`
 */
export function space<const S extends { readonly [name: string]: Subtree }>(tree: S): TypedSpace<ValueOf<S>> {
  return compileSpace(tree as unknown as Tree) as TypedSpace<ValueOf<S>>
}
