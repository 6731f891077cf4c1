import { ParzenError, type Study, type TrialRecord } from '@parzen/core'

/** @throws ParzenError `trial/unknown`. */
export function trialOf(study: Study, number: number): TrialRecord {
  const trial = study.state.trials[number]
  if (trial) return trial
  const count = study.state.trials.length
  const has = count === 0 ? 'there is none yet' : `there are ${count}, from 0`
  throw new ParzenError('trial/unknown', `study ${study.name} trial ${number}: expected a trial it has, ${has}`)
}
