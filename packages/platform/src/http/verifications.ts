import { existsSync } from 'node:fs'
import { ParzenError, type Store, type Study } from '@parzen/core'
import { requestThread, threadEntry } from '../runner/request-thread.js'
import { type Verified, verified } from '../runner/verified.js'

/** Makes the suggestions of studies again, one study at a time, in a thread: it can take minutes. */
export interface Verifications {
  /**
   * Begins with a study, unless it is being verified or its journal has not grown since it was.
   *
   * @returns undefined if it is not done within some seconds: ask again.
   * @throws ParzenError `http/busy` if too many wait already.
   */
  of(study: Study): Promise<Verified | undefined>
  close(): Promise<void>
}

const compiled = threadEntry('./verification-thread-entry.js', import.meta.url)
const MOST_WAITING = 8
const PATIENCE_MILLISECONDS = 20_000

interface Begun {
  readonly study: Study
  readonly version: number
  readonly result: Promise<Verified>
  isDone: boolean
}

export function verifications(store: Store): Verifications {
  const begun = new Map<string, Begun>()
  let turn: Promise<unknown> = Promise.resolve()
  let thread: ReturnType<typeof requestThread> | undefined
  let isClosed = false

  const inThread = async ({ name }: Study): Promise<Verified> => {
    if (isClosed) throw new ParzenError('http/closed', `study ${name}: expected a server, got one that ends`)
    const events = await store.read(name, 0)
    if (!existsSync(compiled)) return verified(events)
    // for each a thread of its own: what it has made of a large study is not to be kept
    thread = requestThread(compiled, 'a thread of verifications')
    try {
      return (await thread.send(events)) as Verified
    } finally {
      await thread.close()
    }
  }

  const begin = (study: Study): Begun => {
    const waiting = [...begun.values()].filter(({ isDone }) => !isDone).length
    if (waiting >= MOST_WAITING) {
      throw new ParzenError('http/busy', `verification: expected at most ${MOST_WAITING} at a time, got another`)
    }
    const result = turn.then(() => inThread(study))
    const one: Begun = { study, version: study.state.version, result, isDone: false }
    turn = result.then(
      () => {
        one.isDone = true
      },
      () => begun.delete(study.name),
    )
    begun.set(study.name, one)
    return one
  }

  return {
    async of(study) {
      const known = begun.get(study.name)
      // a study that was deleted may have left its name
      const isOld = known?.isDone === true && (known.study !== study || known.version !== study.state.version)
      const { result } = known && !isOld ? known : begin(study)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<undefined>((resolve) => {
        timer = setTimeout(() => resolve(undefined), PATIENCE_MILLISECONDS)
      })
      try {
        return await Promise.race([result, late])
      } finally {
        clearTimeout(timer)
      }
    },
    async close() {
      isClosed = true
      await thread?.close()
      await turn
    },
  }
}
