/** What a command may hold besides names of parameters. */
export const builtinPlaceholders = ['args', 'params', 'trial', 'seed', 'dir', 'study', 'attempt'] as const

/** `{name}`; `${name}` is the shell's and `{{name}}` a literal `{name}`. Names of parameters may have dots. */
const PLACEHOLDER = /\{\{([\w.-]+)\}\}|(?<![$\w{])\{([A-Za-z_][\w.-]*)\}(?!\})/g

/** The names in a command, in order. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap((match) => (match[2] === undefined ? [] : [match[2]]))
}

/** Puts values for placeholders; undefined leaves one as it is. */
export function fillPlaceholders(text: string, get: (name: string) => string | undefined): string {
  return text.replace(PLACEHOLDER, (whole, literal: string | undefined, name: string | undefined) =>
    name === undefined ? `{${literal}}` : (get(name) ?? whole),
  )
}
