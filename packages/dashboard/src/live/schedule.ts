import type { Schedule, StudyState, TrialRow } from '@parzen/core'
import { read, studyPath } from './api.js'
import { useFetched } from './fetched.js'

/** What trained a fork, step by step; undefined of other trials. A snapshot does not tell it, since it is without reports. */
export function useSchedule(name: string, state: StudyState, row: TrialRow | undefined): Schedule | undefined {
  const isFork = row !== undefined && row.parent !== null
  const turn = row?.finishedAt === null ? Math.floor(state.version / 20) : 'over'
  return useFetched(`${name} ${isFork} ${row?.number} ${turn}`, async () =>
    isFork ? read('schedule', studyPath(name, `/trials/${row.number}/schedule`)) : undefined,
  ).value
}
