import { type Choice, didYouMean, type Params, ParzenError, type Space } from '@parzen/core'
import { quote, quoteContexts } from '../executors/quote.js'
import { builtinPlaceholders, fillPlaceholders, placeholdersIn } from '../spec/placeholders.js'

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
 * The words to run. A string becomes one for `/bin/sh -c`, with values quoted for where they stand; in a list each
 * placeholder expands inside its word, save that a lone `{args}` becomes as many words as there are active parameters.
 *
 * A parameter that is not active in this trial is empty.
 */
export function fillCommand(command: Command, values: CommandValues): string[] {
  const wordsOf = (name: string): string[] | undefined => {
    const builtin = builtinValue(name, values)
    if (name in values.params) return [asText(values.params[name] as Choice)]
    if (name in values.space) return ['']
    return typeof builtin === 'string' ? [builtin] : builtin
  }
  if (typeof command === 'string') {
    const contexts = quoteContexts(command)
    const filled = fillPlaceholders(command, (name, at) =>
      wordsOf(name)
        ?.map((word) => (word === '' ? '' : quote(word, contexts[at])))
        .join(' '),
    )
    return ['/bin/sh', '-c', filled]
  }
  return command.flatMap((word) =>
    word === '{args}' && !('args' in values.space)
      ? argsOf(values.params)
      : [fillPlaceholders(word, (name) => wordsOf(name)?.join(' '))],
  )
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
