import type { Store, Study, TrialRecord } from '@parzen/core'
import { ParzenError } from '@parzen/core'
import { InvalidArgumentError } from 'commander'
import { pickStudy } from './open.js'

/** An argument that counts something. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number.')
  return Number(text)
}

/** The trial of that number. @throws ParzenError `trial/unknown`. */
export function trialOf(study: Study, number: number): TrialRecord {
  const trial = study.state.trials[number]
  if (trial) return trial
  const { length } = study.state.trials
  throw new ParzenError('trial/unknown', `study ${study.name}: expected a trial of it, got ${number}`, {
    hint: length === 0 ? 'it has none yet' : `it has 0 to ${length - 1}`,
  })
}

/** `[study] [trial]`: a number alone is a trial of the only study, unless a study has that name. */
export async function pickStudyAndTrial(
  store: Store,
  first: string | undefined,
  second: string | undefined,
): Promise<{ study: Study; number: number | undefined }> {
  const isTrial = second === undefined && first !== undefined && /^\d{1,9}$/.test(first)
  if (isTrial && !(await store.list()).includes(first)) {
    return { study: await pickStudy(store, undefined), number: Number(first) }
  }
  if (second !== undefined && !/^\d{1,9}$/.test(second)) {
    throw new ParzenError('trial/unknown', `trial: expected its number, got ${JSON.stringify(second)}`)
  }
  return { study: await pickStudy(store, first), number: second === undefined ? undefined : Number(second) }
}
