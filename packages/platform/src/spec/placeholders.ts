/** What a command may hold besides names of parameters. */
export const builtinPlaceholders = ['args', 'params', 'trial', 'seed', 'dir', 'study', 'attempt'] as const

/** `{name}`; `${name}` is the shell's and `{{name}}` a literal `{name}`. Names of parameters may have dots. */
const PLACEHOLDER = /\{\{([\w.-]+)\}\}|(?<![$\w{])\{([A-Za-z_][\w.-]*)\}/g

/**
 * The names in a command that are meant as placeholders, in order. Of `{"acc": {x}}` x is none for certain: it may be a
 * shell's or awk's own, and is filled in only if it has a value.
 */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap((match) => {
    const isOpen = text[match.index + match[0].length] === '}'
    return match[2] === undefined || isOpen ? [] : [match[2]]
  })
}

/** Puts values for placeholders, which are asked for with their offset; undefined leaves one as it is. */
export function fillPlaceholders(text: string, get: (name: string, at: number) => string | undefined): string {
  return text.replace(PLACEHOLDER, (whole, literal: string | undefined, name: string | undefined, at: number) =>
    name === undefined ? `{${literal}}` : (get(name, at) ?? whole),
  )
}
