/** What `parzen report` puts into a page instead of a server behind it: replies of this API, asked for beforehand. */
export interface ReportContent {
  readonly study: string
  /** Epoch milliseconds. */
  readonly madeAt: number
  readonly version: string
  /** Replies by path after /api/v1, with the query as a page asks. */
  readonly replies: { readonly [path: string]: unknown }
  /** Replies of `curves` by metric, of as many trials as there is room for. */
  readonly curves: { readonly [metric: string]: unknown }
  /** What it does not hold, in words. */
  readonly leftOut: readonly string[]
}

/** The id of the element that holds it: gzipped JSON in base64, so that nothing in it can be taken for HTML. */
export const REPORT_ELEMENT = 'parzen-report'
