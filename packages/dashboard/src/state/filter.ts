import type { TrialRow } from '@parzen/core'

export type Predicate = (row: TrialRow) => boolean

/**
 * `loss < 0.1 and optimizer = adam`: conditions joined by `and` and `or` (which binds less), each a name (a parameter, a metric,
 * `state`, `trial`, `tag`), one of = != < <= > >= ~ (contains), and a value, in quotes if it has spaces.
 * @throws Error with what is wrong, in words for the one who typed it.
 */
export function parseFilter(text: string): Predicate {
  const words = text.match(/"[^"]*"|<=|>=|!=|[=<>~]|[^\s=<>!~"]+/g) ?? []
  if (words.length === 0) return () => true
  const any: Predicate[] = []
  let all: Predicate[] = []
  for (let i = 0; i < words.length; ) {
    const [name, operator, value] = words.slice(i, i + 3)
    if (name === undefined || operator === undefined || value === undefined || !/^(<=|>=|!=|[=<>~])$/.test(operator)) {
      throw new Error(`expected name = value, got ${words.slice(i).join(' ')}`)
    }
    all.push(condition(unquoted(name), operator, unquoted(value)))
    const joint = words[i + 3]?.toLowerCase()
    i += 4
    if (joint === undefined) break
    if (joint !== 'and' && joint !== 'or') throw new Error(`expected and or or, got ${words[i - 1]}`)
    if (i >= words.length) throw new Error(`expected a condition after ${joint}`)
    if (joint === 'or') {
      any.push(every(all))
      all = []
    }
  }
  any.push(every(all))
  return (row) => any.some((one) => one(row))
}

function unquoted(word: string): string {
  return word.replace(/^"|"$/g, '')
}

function every(all: readonly Predicate[]): Predicate {
  return (row) => all.every((one) => one(row))
}

function condition(name: string, operator: string, wanted: string): Predicate {
  const number = wanted.trim() === '' ? Number.NaN : Number(wanted)
  return (row) => {
    const value = cell(row, name)
    if (value === undefined || value === null) return operator === '!='
    const text = String(value)
    if (operator === '~') return text.toLowerCase().includes(wanted.toLowerCase())
    if (operator === '=' || operator === '!=') {
      const isEqual = typeof value === 'number' && !Number.isNaN(number) ? value === number : text === wanted
      return (operator === '=') === isEqual
    }
    const x = Number(value)
    if (operator === '<') return x < number
    if (operator === '<=') return x <= number
    return operator === '>' ? x > number : x >= number
  }
}

/** What stands in a column of a trial; undefined where it is not set. */
export function cell(row: TrialRow, name: string): string | number | boolean | null | undefined {
  if (name === 'trial' || name === 'number') return row.number
  if (name === 'state') return row.state
  if (name === 'seconds') return row.finishedAt === null ? undefined : (row.finishedAt - row.startedAt) / 1000
  if (Object.hasOwn(row.params, name)) return row.params[name]
  return row.metrics[name]
}
