import type { Choice, Nested } from '@parzen/core'
import { stringify } from 'yaml'
import { quote } from '../../executors/quote.js'

export const pasteFormats = ['args', 'json', 'yaml'] as const
export type PasteFormat = (typeof pasteFormats)[number]

/** `--lr=0.01 --optimizer=adam`, exact and quoted for a POSIX shell: what `{args}` in a command becomes. */
export function asArgs(params: { readonly [name: string]: Choice }): string[] {
  return Object.entries(params).map(([name, value]) => `--${name}=${quote(String(value))}`)
}

export function asYaml(nested: { readonly [name: string]: Nested }): string {
  return stringify(nested, { lineWidth: 0 }).trimEnd()
}
