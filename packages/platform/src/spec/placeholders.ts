/** What a command may hold besides names of parameters. */
export const builtinPlaceholders = ['args', 'params', 'trial', 'seed', 'dir', 'study', 'attempt'] as const

/** `{name}`; `${name}` is the shell's and `{{name}}` a literal `{name}`. Names of parameters may have dots. */
const PLACEHOLDER = /\{\{([\w.-]+)\}\}|(?<![$\w{])\{([A-Za-z_][\w.-]*)\}(?!\})/g

/** The names in a command, in order. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap((match) => (match[2] === undefined ? [] : [match[2]]))
}

/** Puts values for placeholders, which are asked for with their offset; undefined leaves one as it is. */
export function fillPlaceholders(text: string, get: (name: string, at: number) => string | undefined): string {
  return text.replace(PLACEHOLDER, (whole, literal: string | undefined, name: string | undefined, at: number) =>
    name === undefined ? `{${literal}}` : (get(name, at) ?? whole),
  )
}
