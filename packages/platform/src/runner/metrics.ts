import { ParzenError } from '@parzen/core'
import type { MetricSources } from '../spec/spec.js'

/** What a line of output says. */
export interface ParsedLine {
  /** Undefined if the line names none. */
  readonly step: number | undefined
  /** May be NaN or infinite. */
  readonly metrics: { readonly [name: string]: number }
}

export type LineParser = (line: string) => ParsedLine | undefined

/**
 * Finds metrics in lines of standard output: by the pattern's named groups, in lines that are JSON objects, and if
 * there is no pattern by `name=number` or `name: number` in lines that so name an objective (`epoch 3` is their step).
 * @throws ParzenError `metrics/pattern` if the pattern is no regular expression.
 */
export function stdoutParser(sources: MetricSources, wanted: readonly string[]): LineParser {
  const byPattern = sources.stdout === undefined ? pairsParser(wanted) : patternParser(sources.stdout)
  return (line) => (sources.jsonLines ? parseJsonLine(line) : undefined) ?? byPattern(line)
}

/** A line of `metrics.jsonl`, or of JSON on standard output: an object whose numbers are metrics, `step` the step. */
export function parseJsonLine(line: string): ParsedLine | undefined {
  const text = line.trim()
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  const object = parseLoosely(text)
  if (object === undefined) return undefined
  const metrics: Record<string, number> = {}
  for (const [name, value] of Object.entries(object)) {
    const number = typeof value === 'number' ? value : typeof value === 'string' ? parseNonFinite(value) : undefined
    if (number !== undefined && name !== 'step') metrics[name] = number
  }
  return Object.keys(metrics).length === 0 ? undefined : { step: asStep(object['step']), metrics }
}

function patternParser(pattern: string): LineParser {
  const expression = compile(pattern)
  return (line) => {
    const groups = expression.exec(line)?.groups
    if (!groups) return undefined
    const metrics: Record<string, number> = {}
    for (const [name, text] of Object.entries(groups)) {
      const number = text === undefined || name === 'step' ? undefined : parseNumber(text)
      if (number !== undefined) metrics[name] = number
    }
    const step = groups['step'] === undefined ? undefined : asStep(parseNumber(groups['step']))
    return Object.keys(metrics).length === 0 ? undefined : { step, metrics }
  }
}

const PAIR =
  /([\p{L}_][\p{L}\p{N}_./-]*)\s*[=:]\s*([+-]?(?:\d[\d.]*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|nan|inf(?:inity)?))(?![\w.]*\w)/giu

/** `epoch 3`, `Epoch [3/10]`, `step: 3`; not `epochs=10` or `epoch 0.5`. */
const COUNTER = /(?<![\p{L}\p{N}_])(?:epoch|step|iter|iteration)[\s:=#[(]*(\d+)(?!\.?\w)/giu

/**
 * The step of a line that begins with it. One that names it later tells of the past (`best accuracy: 0.9 in epoch 3`), and of
 * epoch and step the one begins anew in the other.
 */
function countedStep(line: string): number | undefined {
  const [first, ...more] = line.matchAll(COUNTER)
  const isHead = first && !/\p{L}/u.test(line.slice(0, first.index))
  return isHead && more.length === 0 ? asStep(Number(first[1])) : undefined
}

function pairsParser(wanted: readonly string[]): LineParser {
  return (line) => {
    if (!wanted.some((name) => line.includes(name))) return undefined
    const metrics: Record<string, number> = {}
    let step: number | undefined
    for (const [, name = '', text = ''] of line.matchAll(PAIR)) {
      const number = parseNumber(text)
      if (number === undefined) continue
      if (name === 'step') step = asStep(number)
      else metrics[name] = number
    }
    return wanted.some((name) => name in metrics) ? { step: step ?? countedStep(line), metrics } : undefined
  }
}

function compile(pattern: string): RegExp {
  let expression: RegExp
  try {
    expression = new RegExp(pattern, 'u')
  } catch {
    try {
      // without the u flag, needless escapes such as \- are allowed
      expression = new RegExp(pattern)
    } catch (cause) {
      throw new ParzenError(
        'metrics/pattern',
        `metrics.stdout: expected a regular expression, got ${JSON.stringify(pattern)}: ${(cause as Error).message}`,
        { cause, path: ['trial', 'metrics', 'stdout'] },
      )
    }
  }
  return expression
}

/** As programs print numbers: also `nan`, `-inf`, `1e400`, and with a comma or bracket behind. */
export function parseNumber(text: string): number | undefined {
  const bare = text.trim().replace(/[,;:)\]}.]+$/, '')
  const special = parseNonFinite(bare)
  if (special !== undefined) return special
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare) ? Number(bare) : undefined
}

function parseNonFinite(text: string): number | undefined {
  const match = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i.exec(text.trim())
  if (!match) return undefined
  if (match[2] !== undefined) return Number.NaN
  return match[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** Python writes bare NaN and Infinity into JSON, which has neither. */
function parseLoosely(text: string): { readonly [key: string]: unknown } | undefined {
  for (const candidate of [text, text.replace(/([:,[]\s*)(NaN|-?Infinity)(?=\s*[,}\]])/g, '$1"$2"')]) {
    try {
      return JSON.parse(candidate) as { readonly [key: string]: unknown }
    } catch {
      // a line that only looks like JSON is text
    }
  }
  return undefined
}

function asStep(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}
