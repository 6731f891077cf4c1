import type { Json } from '@parzen/core'

type Options = { readonly [name: string]: Json }

/** Options of a sampler or a pruner as one types them: `maxStep: 27, promote: true`. */
export function optionsText(options: Options): string {
  return Object.entries(options)
    .map(([name, value]) => `${name}: ${isPlain(value) ? value : JSON.stringify(value)}`)
    .join(', ')
}

/** @returns undefined if that is no list of options. */
export function readOptions(text: string): Options | undefined {
  const found: Record<string, Json> = {}
  for (const part of apart(text)) {
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)\s*:\s*(\S.*?)\s*$/s.exec(part) ?? []
    if (name === undefined) return undefined
    try {
      found[name] = JSON.parse(value) as Json
    } catch {
      if (!isPlain(value)) return undefined
      found[name] = value
    }
  }
  return found
}

/** A word that stands for itself, without quotes. */
function isPlain(value: Json): value is string {
  return typeof value === 'string' && /^[A-Za-z_][\w./-]*$/.test(value) && !['true', 'false', 'null'].includes(value)
}

/** The parts between commas that stand in no list, object or quotes. */
function apart(text: string): string[] {
  if (text.trim() === '') return []
  const parts = ['']
  let [depth, isQuoted] = [0, false]
  for (const [i, letter] of [...text].entries()) {
    if (letter === '"' && text[i - 1] !== '\\') isQuoted = !isQuoted
    if (!isQuoted && '[{'.includes(letter)) depth++
    if (!isQuoted && ']}'.includes(letter)) depth--
    if (letter === ',' && depth === 0 && !isQuoted) parts.push('')
    else parts[parts.length - 1] += letter
  }
  return parts
}
