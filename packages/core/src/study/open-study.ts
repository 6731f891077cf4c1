import { ParzenError } from '../error.js'
import type { StudySpec } from '../journal/event.js'
import type { Store } from '../journal/store.js'
import { differences } from './differences.js'
import { endReason } from './limits.js'
import { type NewEvent, Study, type StudyOptions } from './study.js'

/**
 * Opens the study named in `spec`, creating it if the store has none of that name: that is all that resuming takes.
 *
 * The budget, the sampler, the pruner and the job of an existing study may differ and are updated (`study-edited`). A
 * study that had ended goes on if its new budget says so; one that was stopped stays so until `resume`.
 * @throws ParzenError `study/changed` if the space, the objectives or the seed differ.
 */
export async function openStudy(store: Store, spec: StudySpec, options: StudyOptions = {}): Promise<Study> {
  const study = new Study(store, spec.name, options)
  await study.commit((state) => {
    if (!state.spec) return { events: [{ type: 'study-created', spec }], result: undefined }
    const changed = differences(state.spec, spec)
    if (changed.fixed.length > 0) {
      throw new ParzenError(
        'study/changed',
        `study ${spec.name}: expected the ${changed.fixed[0]?.what} it was created with, got a different one: ${changed.fixed.map((d) => d.text).join('; ')}`,
        { hint: 'give the changed sweep another study name, or put back what changed; nothing was lost' },
      )
    }
    if (!changed.editable) return { events: [], result: undefined }
    const edited: NewEvent[] = [{ type: 'study-edited', spec }]
    const goesOn = state.ended !== undefined && !state.stop && endReason({ ...state, spec }) === undefined
    if (goesOn) edited.push({ type: 'study-resumed', by: options.worker ?? 'local' })
    return { events: edited, result: undefined }
  })
  return study
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
