import { Readable } from 'node:stream'
import { ParzenError, type Study } from '@parzen/core'
import { type ExportFormat, exportLines } from '../../stores/export-lines.js'
import type { Answers } from '../call.js'
import { importArchive } from '../import-archive.js'
import { reportContent } from '../report-content.js'
import { reportPage } from '../report-page.js'

/** A page of one's own has them one by one; for a file they would hold up others. */
const REPORT_EXPLANATIONS = 20
const CHUNK_CHARACTERS = 65_536

const TYPES: { readonly [F in ExportFormat]: readonly [type: string, extension: string] } = {
  csv: ['text/csv; charset=utf-8', 'csv'],
  jsonl: ['application/x-ndjson', 'jsonl'],
  series: ['text/csv; charset=utf-8', 'series.csv'],
}

/** Reports that are being made. */
const reporting = new WeakSet<Study>()

/** A study as files, out of the store and into it. */
export const copyAnswers = {
  async exportFile({ params, query: { format } }, { store, studies }) {
    const study = await studies.get(params.study)
    const [type, extension] = TYPES[format]
    const bytes = Readable.from(chunks(exportLines(study, store, format)), { objectMode: false })
    return attachment(Readable.toWeb(bytes) as ReadableStream<Uint8Array>, type, `${study.name}.${extension}`)
  },
  async reportFile({ params }, { studies, ask, now, version }) {
    const study = await studies.get(params.study)
    const { name, state } = study
    if (reporting.has(study)) {
      throw new ParzenError('http/busy', `report of ${name}: expected one at a time, got another while it is made`)
    }
    reporting.add(study)
    try {
      const options = { name, ask, madeAt: now(), version, explanations: REPORT_EXPLANATIONS }
      const page = reportPage(await reportContent(state, options))
      return attachment(page, 'text/html; charset=utf-8', `${name}.html`)
    } finally {
      reporting.delete(study)
    }
  },
  importRuns: ({ query: { study: name, ...wanted }, body: archive }, { store }) =>
    importArchive(store, { ...wanted, name, archive }),
} satisfies Partial<Answers>

/** To be saved, not shown: nothing in it may act for this server's page. */
function attachment(body: ReadableStream<Uint8Array> | string, type: string, name: string): Response {
  return new Response(body, {
    headers: {
      'content-type': type,
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'cache-control': 'no-store',
    },
  })
}

async function* chunks(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<Buffer> {
  let text = ''
  for await (const line of lines) {
    text += line
    if (text.length < CHUNK_CHARACTERS) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}
