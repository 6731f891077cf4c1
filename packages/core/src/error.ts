/**
 * The one error Parzen throws for misuse and I/O. A trial that fails is an `Outcome`, never an exception.
 *
 * The message has one form: `where: what was expected, what came. hint`.
 */
export class ParzenError extends Error {
  override readonly name = 'ParzenError'
  /** Stable, for programs: `area/what`, e.g. `space/bounds`. */
  readonly code: string
  /** Where in the input, as keys and indices from its root; a reader of files turns it into line and column. */
  readonly path: readonly (string | number)[]
  readonly hint: string | undefined
  /** Where in the string at `path`, counted in UTF-16 units, if the fault lies at one place of it. */
  readonly offset: number | undefined

  constructor(
    code: string,
    message: string,
    options: {
      hint?: string | undefined
      path?: readonly (string | number)[]
      offset?: number | undefined
      cause?: unknown
    } = {},
  ) {
    super(options.hint ? `${message}. ${options.hint}` : message, 'cause' in options ? { cause: options.cause } : {})
    this.code = code
    this.path = options.path ?? []
    this.hint = options.hint
    this.offset = options.offset
  }
}
