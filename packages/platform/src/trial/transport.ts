import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeMetrics, type Metrics, type Verdict } from '@parzen/core'

/** What has been decided of the trial, and why, in the words of who did: the pruner, or whoever stopped it. */
export interface Said {
  readonly verdict: Verdict
  readonly reason?: string | undefined
}

export const GO_ON: Said = { verdict: 'continue' }

/** How a trial's words travel: into its own folder, over HTTP, or, outside a sweep, nowhere. */
export interface Transport {
  /** Their folder, with what there is to go on from. */
  checkpoints(): string
  /** One report, on record once and in order. @returns what is known then. */
  report(step: number, metrics: Metrics): Said
  said(): Said
  /** Keeps data, or the file of that path, under a name. @returns where. */
  keep(name: string, source: string | Uint8Array | { readonly path: string }): string
  /** Sends what is still to be sent. */
  flush(): void
}

/** Outside a sweep: reports go nowhere, files into a folder of one's own. */
export function nowhere(folder: string): Transport {
  return {
    checkpoints: () => made(join(folder, 'checkpoints')),
    report: () => GO_ON,
    said: () => GO_ON,
    keep: (name, source) => keepIn(folder, name, source),
    flush: () => undefined,
  }
}

export interface OwnFolder {
  readonly folder: string
  readonly checkpoints: string
  readonly verdictFile: string
}

/** `metrics.jsonl` in the attempt's folder, read by the runner; its answer is a file. */
export function folderTransport({ folder, checkpoints, verdictFile }: OwnFolder): Transport {
  // what says that this script ends itself when it is told to
  writeFileSync(join(folder, 'sdk.json'), `${JSON.stringify({ sdk: 'typescript/0.1.0' })}\n`)
  const said = (): Said => (existsSync(verdictFile) ? (JSON.parse(readFileSync(verdictFile, 'utf8')) as Said) : GO_ON)
  return {
    checkpoints: () => made(checkpoints),
    report(step, metrics) {
      // one write of one line: what is read is whole, also of several threads
      appendFileSync(join(folder, 'metrics.jsonl'), `${JSON.stringify({ step, ...encodeMetrics(metrics) })}\n`)
      return said()
    },
    said,
    keep: (name, source) => keepIn(folder, name, source),
    flush: () => undefined,
  }
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Whole or not there: written beside its place and renamed. */
export function keepIn(folder: string, name: string, source: Parameters<Transport['keep']>[1]): string {
  const path = join(folder, 'artifacts', name)
  mkdirSync(dirname(path), { recursive: true })
  const draft = `${path}.${process.pid}.draft`
  if (typeof source === 'object' && 'path' in source) copyFileSync(source.path, draft)
  else writeFileSync(draft, source)
  renameSync(draft, path)
  return path
}
