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

export function oneOf(...values: readonly unknown[]): OptionRule {
  return {
    expected: values.map((value) => JSON.stringify(value)).join(' or '),
    accepts: (value) => values.includes(value),
  }
}

/**
 * Checks the options of a sampler, which may come from a sweep file.
 * @throws ParzenError `sampler/option`: an unknown name, or a value its rule does not accept.
 */
export function checkOptions(
  sampler: string,
  options: { readonly [option: string]: unknown },
  rules: { readonly [option: string]: OptionRule },
): void {
  for (const [option, value] of Object.entries(options)) {
    if (option === 'name' || value === undefined) continue
    const rule = Object.hasOwn(rules, option) ? rules[option] : undefined
    if (!rule) {
      const known = Object.keys(rules)
      throw new ParzenError(
        'sampler/option',
        `sampler ${sampler}: expected one of its options, got ${JSON.stringify(option)}`,
        { path: ['sampler', option], hint: known.length > 0 ? didYouMean(option, known) : 'it has none' },
      )
    }
    if (!rule.accepts(value)) {
      throw new ParzenError(
        'sampler/option',
        `sampler ${sampler}: ${option}: expected ${rule.expected}, got ${JSON.stringify(value)}`,
        { path: ['sampler', option] },
      )
    }
  }
}
