import { type Choice, didYouMean, type Params, ParzenError, type Space } from '@parzen/core'
import { quote, quoteContexts } from '../executors/quote.js'
import {
  builtinPlaceholders,
  fillPlaceholders,
  lonePlaceholder,
  type Placeholder,
  placeholdersIn,
} from '../spec/placeholders.js'

/** What the placeholders of a command stand for in one attempt. */
export interface CommandValues {
  readonly space: Space
  readonly params: Params
  /** Path of the parameters as JSON. */
  readonly paramsFile: string
  readonly study: string
  readonly trial: number
  readonly attempt: number
  readonly seed: number
  /** The attempt's folder. */
  readonly dir: string
}

type Command = string | readonly string[]

/** @throws ParzenError `command/placeholder` for a placeholder that means nothing in this space. */
export function checkCommand(command: Command, space: Space): void {
  const known = [...builtinPlaceholders, ...Object.keys(space)]
  for (const text of typeof command === 'string' ? [command] : command) {
    const unknown = placeholdersIn(text).find((name) => !known.includes(name))
    if (unknown === undefined) continue
    throw new ParzenError(
      'command/placeholder',
      `command: expected a parameter or one of ${builtinPlaceholders.join(', ')} in braces, got {${unknown}}`,
      { hint: `${didYouMean(unknown, known)}; for literal braces write {{${unknown}}}`, path: ['command'] },
    )
  }
}

/**
 * Options that stand before a parameter which some trials do not have: there they lack a value, and most programs refuse that.
 * In words, each once.
 */
export function danglingOptions(command: Command, space: Space): string[] {
  const text = typeof command === 'string' ? command : command.join(' ')
  const found = [...text.matchAll(/(?<=^|\s)(--?[A-Za-z][\w.-]*)(=| +)["']?\{([A-Za-z_][\w.-]*)\}["']?(?=[\s;&|)]|$)/g)]
  const said = found.flatMap(([, flag, separator, name = '']) => {
    if (space[name]?.when === undefined) return []
    const better = `{${flag}${separator === '=' ? '=' : ' '}${name}}`
    return [
      `command: ${flag} is without a value in trials that have no ${name}. write ${better}, which is left out then`,
    ]
  })
  return [...new Set(said)]
}

/**
 * The words to run. A string becomes one for `/bin/sh -c`, with values quoted for where they stand; in a list each
 * placeholder expands inside its word, save that a lone `{args}` becomes as many words as there are active parameters, and a
 * lone `{--option name}` two, or none.
 *
 * A parameter that is not active in this trial is empty, together with the option in its braces.
 */
export function fillCommand(command: Command, values: CommandValues): string[] {
  if (typeof command === 'string') {
    const contexts = quoteContexts(command)
    const filled = fillPlaceholders(command, (placeholder) =>
      wordsOf(placeholder, values)
        ?.map((word) => (word === '' ? '' : quote(word, contexts[placeholder.at])))
        .join(' '),
    )
    return ['/bin/sh', '-c', filled]
  }
  return command.flatMap((word) => {
    const lone = lonePlaceholder(word)
    const isSeveral = lone?.option !== undefined || (lone?.name === 'args' && !('args' in values.space))
    const several = lone && isSeveral ? wordsOf(lone, values) : undefined
    return several ?? [fillPlaceholders(word, (placeholder) => wordsOf(placeholder, values)?.join(' '))]
  })
}

/** Undefined if the name means nothing. */
function wordsOf({ name, option }: Placeholder, values: CommandValues): string[] | undefined {
  const words = valuesOf(name, values)
  if (!option || !words) return words
  if (name in values.space && !(name in values.params)) return []
  const value = words.join(' ')
  return option.separator === '=' ? [`${option.flag}=${value}`] : [option.flag, value]
}

function valuesOf(name: string, values: CommandValues): string[] | undefined {
  if (name in values.params) return [asText(values.params[name] as Choice)]
  if (name in values.space) return ['']
  const builtin = builtinValue(name, values)
  return typeof builtin === 'string' ? [builtin] : builtin
}

/** `--name=value` for each active parameter. */
function argsOf(params: Params): string[] {
  return Object.entries(params).map(([name, value]) => `--${name}=${asText(value)}`)
}

function builtinValue(name: string, values: CommandValues): string | string[] | undefined {
  switch (name as (typeof builtinPlaceholders)[number]) {
    case 'args':
      return argsOf(values.params)
    case 'params':
      return values.paramsFile
    case 'trial':
      return String(values.trial)
    case 'attempt':
      return String(values.attempt)
    case 'seed':
      return String(values.seed)
    case 'dir':
      return values.dir
    case 'study':
      return values.study
    default:
      return undefined
  }
}

function asText(value: Choice): string {
  return String(value)
}
