/** A value a parameter can take. */
export type Choice = string | number | boolean | null

/**
 * How the values of one parameter are spread.
 *
 * - `float`, `int`: from low to high, both included; `log`: uniform in ln x; `step`: only low + k·step (int: 1 if left out).
 * - `normal`: mean and sd, with `log` those of ln x; `step`: rounded to multiples of step.
 * - `categorical`: unordered; `weights` sum to 1 and default to equal. A constant is a categorical of one choice.
 */
export type Distribution =
  | {
      readonly kind: 'float'
      readonly low: number
      readonly high: number
      readonly log?: boolean
      readonly step?: number
    }
  | {
      readonly kind: 'int'
      readonly low: number
      readonly high: number
      readonly log?: boolean
      readonly step?: number
    }
  | {
      readonly kind: 'normal'
      readonly mean: number
      readonly sd: number
      readonly log?: boolean
      readonly step?: number
    }
  | { readonly kind: 'categorical'; readonly choices: readonly Choice[]; readonly weights?: readonly number[] }

/** Active while every named parent is active and holds one of the listed values. */
export type When = { readonly [parent: string]: readonly Choice[] }
export type Parameter = Distribution & { readonly when?: When }

/**
 * A flat search space: dotted names to parameters, parents before their children. Plain JSON.
 *
 * Names: `optimizer` (a choice), `optimizer.sgd.momentum` (a parameter of its option `sgd`),
 * `layers` (a length), `layers.0.units` (a parameter of its first element).
 */
export type Space = { readonly [name: string]: Parameter }

/** The values of the active parameters of one trial, by dotted name. */
export type Params = { readonly [name: string]: Choice }
