import { parseTerms, quoted, type Term } from './filter.js'

/** The filter in which `condition` is all that is said of `name` alone: what is brushed anew replaces what was brushed before. */
export function narrowed(filter: string, name: string, condition: string): string {
  const kept = readable(filter).filter(({ names }) => !(names.size === 1 && names.has(name)))
  return together([...kept, ...(condition === '' ? [] : [{ text: condition }])])
}

/** What a stretch of an axis says, its ends with four digits; an end that is undefined is left out. */
export function stretch(name: string, low: number | undefined, high: number | undefined): string {
  const end = (value: number) => String(Number(value.toPrecision(4)))
  return [
    ...(low === undefined ? [] : [`${quoted(name)} >= ${end(low)}`]),
    ...(high === undefined ? [] : [`${quoted(name)} <= ${end(high)}`]),
  ].join(' and ')
}

/** The filter without the term at `index`. */
export function without(filter: string, index: number): string {
  return together(readable(filter).filter((_, i) => i !== index))
}

/** A filter that cannot be read is put aside, since nothing can be added to it. */
export function readable(filter: string): Term[] {
  try {
    return parseTerms(filter)
  } catch {
    return []
  }
}

function together(terms: readonly Pick<Term, 'text' | 'isOpen'>[]): string {
  return terms.map(({ text, isOpen }) => (isOpen && terms.length > 1 ? `(${text})` : text)).join(' and ')
}
