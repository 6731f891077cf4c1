import { existsSync } from 'node:fs'
import { ParzenError, type Store, type Study } from '@parzen/core'
import { type RequestThread, requestThread, threadEntry } from '../runner/request-thread.js'
import { type Work, type WorkReply, type WorkRequest, workOn } from './analysis-work.js'

/** Analyses of large studies take a second: they are made in a thread, one at a time, each once for a version of its journal. */
export interface AnalysisThread {
  /** @throws ParzenError what the core throws. */
  of<T>(study: Study, work: Work): Promise<T>
  close(): Promise<void>
}

const compiled = threadEntry('./analysis-thread-entry.js', import.meta.url)

/** With fewer finished trials it is quicker to do it here than to wake anybody. */
const FEWEST = 200
/** Studies the thread keeps folded, and answers that are kept. */
const MOST_STUDIES = 8
const MOST_ANSWERS = 64

interface Answer {
  readonly study: Study
  readonly version: number
  readonly result: Promise<unknown>
}

export function analysisThread(store: Store): AnalysisThread {
  let thread: RequestThread<WorkRequest, WorkReply> | undefined
  let turn: Promise<unknown> = Promise.resolve()
  /** Up to where the thread has read each study; another one may have the name since. */
  const read = new Map<string, { readonly study: Study; readonly version: number }>()
  const answers = new Map<string, Answer>()

  const inThread = async (study: Study, work: Work): Promise<unknown> => {
    if (!thread || thread.hasFailed()) {
      read.clear()
      thread = requestThread(compiled, 'a thread of analyses')
    }
    const known = read.get(study.name)
    const isAnother = known !== undefined && known.study !== study
    const from = known && !isAnother ? known.version : 0
    // up to the version that the answer is tagged with, or a little later
    const events = await store.read(study.name, from)
    read.delete(study.name)
    read.set(study.name, { study, version: from + events.length })
    const forget = [...read.keys()].slice(0, Math.max(0, read.size - MOST_STUDIES))
    for (const name of forget) read.delete(name)
    if (isAnother) forget.push(study.name)
    const reply = await thread.send({ study: study.name, events, work, forget })
    if ('result' in reply) return reply.result
    throw new ParzenError(reply.code, reply.message, { path: reply.path })
  }

  return {
    of<T>(study: Study, work: Work): Promise<T> {
      const key = JSON.stringify([study.name, work])
      const known = answers.get(key)
      if (known?.study === study && known.version === study.state.version) return known.result as Promise<T>
      let result: Promise<unknown>
      if (study.state.finished.length < FEWEST || !existsSync(compiled)) {
        result = Promise.resolve().then(() => workOn(study.state, work))
      } else {
        result = turn.then(() => inThread(study, work))
        turn = result.catch(() => undefined)
      }
      answers.delete(key)
      answers.set(key, { study, version: study.state.version, result })
      result.catch(() => answers.delete(key))
      const [oldest] = answers.keys()
      if (answers.size > MOST_ANSWERS && oldest !== undefined) answers.delete(oldest)
      return result as Promise<T>
    },
    async close() {
      await thread?.close()
    },
  }
}
