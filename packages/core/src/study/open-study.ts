import { ParzenError } from '../error.js'
import type { StudySpec } from '../journal/event.js'
import type { StudyState } from '../journal/state.js'
import type { Store } from '../journal/store.js'
import { checkParams } from '../space/check.js'
import type { NewEvent } from './desk.js'
import { differences } from './differences.js'
import { endReason } from './limits.js'
import { Study, type StudyOptions } from './study.js'
import { type Source, warmStart } from './warm-start.js'

export interface OpenOptions extends StudyOptions {
  /** Earlier studies to begin with, if the study is new. */
  readonly from?: readonly Source[]
  /** Who makes it if it is new, for people. */
  readonly owner?: string
}

/**
 * Opens the study named in `spec`, creating it if the store has none of that name: that is all that resuming takes.
 *
 * All but the objectives, the constraints and the seed of an existing study may differ and is updated (`study-edited`); trials of the space
 * before count as far as they fit the new one (`carryOver`). A study that had ended goes on if its new budget says so; one
 * that was stopped stays so until `resume`.
 * @throws ParzenError `study/changed` if the objectives, the constraints or the seed differ, `study/queue` if a queued trial does not fit.
 */
export async function openStudy(store: Store, spec: StudySpec, options: OpenOptions = {}): Promise<Study> {
  const { from = [], owner, ...rest } = options
  const study = new Study(store, spec.name, rest)
  await study.commit((state) => {
    if (!state.spec) {
      const created: NewEvent = { type: 'study-created', spec, ...(owner === undefined ? {} : { owner }) }
      return { events: [created, ...warmStart(spec, from)], result: undefined }
    }
    const changed = differences(state.spec, spec)
    if (changed.fixed.length > 0) {
      throw new ParzenError(
        'study/changed',
        `study ${spec.name}: expected the ${changed.fixed[0]?.what} it was created with, got a different one: ${changed.fixed.map((d) => d.text).join('; ')}`,
        { hint: 'give the changed sweep another study name, or put back what changed; nothing was lost' },
      )
    }
    if (!changed.editable) return { events: [], result: undefined }
    if (changed.space.length > 0) checkQueue(state, spec)
    const edited: NewEvent[] = [{ type: 'study-edited', spec }]
    const goesOn = state.ended !== undefined && !state.stop && endReason({ ...state, spec }) === undefined
    if (goesOn) edited.push({ type: 'study-resumed', by: options.worker ?? 'local' })
    return { events: edited, result: undefined }
  })
  return study
}

/** What people asked for must fit the edited space: it is neither dropped in silence nor tried outside. */
function checkQueue({ queue, queueTaken }: Readonly<StudyState>, { name, space }: StudySpec): void {
  for (const params of queue.slice(queueTaken)) {
    try {
      checkParams(space, params)
    } catch (cause) {
      throw new ParzenError(
        'study/queue',
        `study ${name}: expected the queued trials to fit the edited space: ${(cause as Error).message}`,
        {
          cause,
          hint: 'let them run first, or keep their values in the space',
        },
      )
    }
  }
}

/** Opens a study that exists. @throws ParzenError `study/unknown`. */
export async function findStudy(store: Store, name: string, options: StudyOptions = {}): Promise<Study> {
  const study = new Study(store, name, options)
  await study.sync()
  if (!study.state.spec) {
    const known = await store.list()
    throw new ParzenError('study/unknown', `study ${JSON.stringify(name)}: not in this store`, {
      hint: known.length > 0 ? `it has: ${known.join(', ')}` : 'it has no study yet; `parzen run sweep.yaml` makes one',
    })
  }
  return study
}
