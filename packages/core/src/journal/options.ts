import { ParzenError } from '../error.js'
import { didYouMean } from '../space/closest.js'

/** What an option must be: its check, and the words for it. */
export interface OptionRule {
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
}

export const positive: OptionRule = {
  expected: 'a number above 0',
  accepts: (value) => typeof value === 'number' && value > 0 && value < Infinity,
}
export const naturalNumber: OptionRule = {
  expected: 'a whole number, 0 or more',
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
}
export const positiveInteger: OptionRule = {
  expected: 'a whole number, 1 or more',
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
}

export const isFiniteNumber: OptionRule = { expected: 'a number', accepts: (value) => Number.isFinite(value) }
export const notNegative: OptionRule = {
  expected: 'a number, 0 or more',
  accepts: (value) => typeof value === 'number' && value >= 0 && value < Infinity,
}
export const yesOrNo: OptionRule = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' }
export function oneOf(...values: readonly unknown[]): OptionRule {
  return {
    expected: values.map((value) => JSON.stringify(value)).join(' or '),
    accepts: (value) => values.includes(value),
  }
}

type Rules = { readonly [option: string]: OptionRule }

/**
 * Checks the options of a sampler or a pruner, which may come from a sweep file.
 * @throws ParzenError `sampler/option` or `pruner/option`: an unknown name, or a value its rule does not accept.
 */
export function optionCheck(kind: 'sampler' | 'pruner') {
  return (name: string, options: { readonly [option: string]: unknown }, rules: Rules) =>
    check(kind, name, options, rules)
}

function check(
  kind: 'sampler' | 'pruner',
  named: string,
  options: { readonly [option: string]: unknown },
  rules: Rules,
): void {
  for (const [option, value] of Object.entries(options)) {
    if (option === 'name' || value === undefined) continue
    const rule = Object.hasOwn(rules, option) ? rules[option] : undefined
    if (!rule) {
      const known = Object.keys(rules)
      throw new ParzenError(
        `${kind}/option`,
        `${kind} ${named}: expected one of its options, got ${JSON.stringify(option)}`,
        { path: [kind, option], hint: known.length > 0 ? didYouMean(option, known) : 'it has none' },
      )
    }
    if (!rule.accepts(value)) {
      throw new ParzenError(
        `${kind}/option`,
        `${kind} ${named}: ${option}: expected ${rule.expected}, got ${value === null ? 'nothing' : JSON.stringify(value)}`,
        { path: [kind, option] },
      )
    }
  }
}
