import { REPORT_ELEMENT, type ReportContent } from '../../../platform/src/http/contract/report.js'
import type { ReplyOf } from '../../../platform/src/http/contract.js'

async function embedded(): Promise<ReportContent | undefined> {
  const element = document.getElementById(REPORT_ELEMENT)
  if (!element) return undefined
  const bytes = Uint8Array.from(atob(element.textContent.trim()), (letter) => letter.charCodeAt(0))
  const text = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return (await new Response(text).json()) as ReportContent
}

/** Set in a file that `parzen report` wrote: there is no server, nothing changes, and nothing can be changed. */
export const report = await embedded()

/** What the server would have said; undefined if the report does not hold it. */
export function replyOf({ replies, curves }: ReportContent, path: string): unknown {
  const [where, query] = path.split('?')
  return where?.endsWith('/curves') ? curvesFor(curves, new URLSearchParams(query)) : replies[path]
}

function curvesFor(all: ReportContent['curves'], query: URLSearchParams): ReplyOf<'curves'> {
  const metrics = Object.keys(all)
  const reply = all[query.get('metric') ?? metrics[0] ?? ''] as ReplyOf<'curves'> | undefined
  const numbers = query.get('trials')
  const wanted = numbers === null ? undefined : new Set(numbers.split(',').map(Number))
  return { metrics, curves: reply?.curves.filter(({ trial }) => !wanted || wanted.has(trial)) ?? [] }
}
