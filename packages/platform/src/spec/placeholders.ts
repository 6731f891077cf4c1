/** What a command may hold besides names of parameters. */
export const builtinPlaceholders = ['args', 'params', 'trial', 'seed', 'dir', 'study', 'attempt'] as const

/**
 * `{name}`, or with an option in front that goes with it: `{--lr=name}`, `{--lr name}`. `${name}` is the shell's and `{{name}}` a
 * literal `{name}`. Names of parameters may have dots.
 */
const PLACEHOLDER = /\{\{([\w.-]+)\}\}|(?<![$\w{])\{(?:(--?[A-Za-z][\w.-]*)([ =]))?([A-Za-z_][\w.-]*)\}/g

export interface Placeholder {
  readonly name: string
  /** As `--lr` and `=`, or a space: both are left out where the name has no value. */
  readonly option?: { readonly flag: string; readonly separator: string }
  /** Offset in the text. */
  readonly at: number
}

/**
 * The names in a command that are meant as placeholders, in order. Of `{"acc": {x}}` x is none for certain: it may be a
 * shell's or awk's own, and is filled in only if it has a value.
 */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap((match) => {
    const isOpen = text[match.index + match[0].length] === '}'
    return match[4] === undefined || isOpen ? [] : [match[4]]
  })
}

/** Puts values for placeholders; undefined leaves one as it is. */
export function fillPlaceholders(text: string, get: (placeholder: Placeholder) => string | undefined): string {
  return text.replace(
    PLACEHOLDER,
    (whole, literal?: string, flag?: string, separator?: string, name?: string, at?: number) => {
      if (name === undefined) return `{${literal}}`
      const option = flag === undefined || separator === undefined ? {} : { option: { flag, separator } }
      return get({ name, at: at as number, ...option }) ?? whole
    },
  )
}

/** The placeholder that a text consists of. */
export function lonePlaceholder(text: string): Placeholder | undefined {
  const [found] = text.matchAll(PLACEHOLDER)
  if (!found || found[0] !== text || found[4] === undefined) return undefined
  const [, , flag, separator, name] = found
  return { name, at: 0, ...(flag && separator ? { option: { flag, separator } } : {}) }
}
