import { ParzenError } from '../error.js'
import type { StudyEvent } from '../journal/event.js'
import { apply, emptyState, type StudyState } from '../journal/state.js'
import type { Store } from '../journal/store.js'
import { type Judging, judging } from './judging.js'

/** An event before it is stamped. */
type Unstamped<E> = E extends { readonly at: number } ? Omit<E, 'at'> : never
export type NewEvent = Unstamped<StudyEvent>

/** What to append, and what the caller gets once it is. */
export interface Decision<T> {
  readonly events: readonly NewEvent[]
  readonly result: T
}

/** Where every change to a study is a decision on its state, appended if nobody came first. */
export interface Desk {
  /** As of the last `sync` or commit. */
  readonly state: Readonly<StudyState>
  /** Reads what others have written. @returns the new events. */
  sync(): Promise<readonly StudyEvent[]>
  /**
   * Decides on the present state and appends the events, again from the start if somebody else appended first.
   *
   * `decide` may run several times and must not have effects of its own. Decisions that are each about another `trial`
   * and look at nothing else that changes share an append, and so its fsync.
   */
  commit<T>(decide: (state: Readonly<StudyState>) => Decision<T>, trial?: number): Promise<T>
  /** Which paused trial has earned to go on, as of `state`. */
  readonly promotion: Judging['promotion']
  /** Where a trial is compared next, as of `state`. */
  readonly target: Judging['target']
}

interface Queued {
  readonly decide: (state: Readonly<StudyState>) => Decision<unknown>
  readonly trial: number | undefined
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** In place of a result that nobody waits for: it may be all events of a long journal. */
const nothing = () => undefined

/** @param now epoch milliseconds, for time stamps. */
export function desk(store: Store, name: string, now: () => number): Desk {
  const state = emptyState()
  const queue: Queued[] = []
  /** A sync that waits for its turn. */
  let syncing: Promise<readonly StudyEvent[]> | undefined
  /** Has followed the journal up to the state's version; undefined: it has to begin again. */
  let judge: Judging | undefined = judging()
  /** Callers of one process take turns: a lost race against oneself would only cost a suggestion. */
  let turn: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work)
    turn = mine.then(nothing, nothing)
    return mine
  }

  const read = async (): Promise<readonly StudyEvent[]> => {
    if (!judge) {
      // it had taken in events that somebody else's came before
      judge = judging()
      const before = state.version > 0 ? await store.read(name, 0) : []
      for (const event of before.slice(0, state.version)) judge.follow(event)
    }
    const events = await store.read(name, state.version)
    for (const event of events) {
      apply(state, event)
      judge.follow(event)
    }
    return events
  }

  const append = async (events: readonly NewEvent[]): Promise<boolean> => {
    const told = stampedWith(now(), events)
    // what has no report is not judged: the judge need not hear of it before it is in the journal, nor then begin again if it is late
    const isJudged = told.some(({ type }) => type === 'trial-reported')
    const stamped = isJudged ? judged(told, judge) : told
    let isAppended = false
    try {
      isAppended = await store.append(name, state.version, stamped)
    } finally {
      // it has heard of events that are not in the journal
      if (!isAppended && isJudged) judge = undefined
    }
    if (!isAppended) return false
    for (const event of stamped) {
      apply(state, event)
      if (!isJudged) judge?.follow(event)
    }
    return true
  }

  const commitBatch = async (batch: readonly Queued[]): Promise<void> => {
    for (let isLate = false; batch.length > 0; isLate = true) {
      const events = await read()
      // whoever came first has written something, unless there is nothing any more to write to
      if (isLate && events.length === 0)
        throw new ParzenError('study/deleted', `study ${name}: was deleted while it was in use`)
      const decisions = batch.map(({ decide }) => attempted(() => decide(state)))
      const decided = decisions.flatMap((decision) => ('events' in decision ? decision.events : []))
      if (decided.length > 0 && !(await append(decided))) continue
      decisions.forEach((decision, index) => {
        if ('events' in decision) batch[index]?.resolve(decision.result)
        else batch[index]?.reject(decision.error)
      })
      return
    }
  }

  return {
    state,
    sync() {
      // one that has not begun will see all that has been written by now
      syncing ??= inTurn(() => {
        syncing = undefined
        return read()
      })
      return syncing
    },
    commit<T>(decide: (state: Readonly<StudyState>) => Decision<T>, trial?: number) {
      return new Promise<T>((resolve, reject) => {
        queue.push({ decide, trial, resolve: resolve as (result: unknown) => void, reject })
        void inTurn(async () => {
          const batch = takeBatch(queue)
          await commitBatch(batch).catch((error: unknown) => {
            for (const { reject } of batch) reject(error)
          })
        })
      })
    },
    promotion: (isLast) => judge?.promotion(isLast),
    target: (trial, step) => judge?.target(trial, step),
  }
}

/** Through JSON, so that this process sees exactly what a reader of the store will (no -0, no undefined). */
function stampedWith(at: number, events: readonly NewEvent[]): StudyEvent[] {
  return JSON.parse(JSON.stringify(events.map((event) => ({ at, ...event })))) as StudyEvent[]
}

/** With what the pruner says of each report behind it. */
function judged(events: readonly StudyEvent[], judge: Judging | undefined): StudyEvent[] {
  return events.flatMap((event, index): StudyEvent[] => {
    const judgment = judge?.follow(event)
    // of a trial that has come to its end meanwhile there is nothing to be said
    if (!judgment || events.slice(index + 1).some((later) => endsTrial(later, judgment.trial))) return [event]
    const said: StudyEvent = { at: event.at, ...judgment }
    judge?.follow(said)
    return [event, said]
  })
}

/** Also an attempt: of the next one another is judged. */
function endsTrial(event: StudyEvent, trial: number): boolean {
  const isEnd = event.type === 'trial-finished' || event.type === 'trial-retried' || event.type === 'trial-paused'
  return isEnd && event.trial === trial
}

/** The first queued commit, with those after it as long as each is about another trial. */
function takeBatch(queue: Queued[]): Queued[] {
  const trials = new Set<number>()
  for (const { trial } of queue) {
    if (trial === undefined || trials.has(trial)) break
    trials.add(trial)
  }
  return queue.splice(0, Math.max(1, trials.size))
}

function attempted<T>(decide: () => Decision<T>): Decision<T> | { readonly error: unknown } {
  try {
    return decide()
  } catch (error) {
    return { error }
  }
}
