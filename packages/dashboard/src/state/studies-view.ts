import type { StudyNote, StudySummary } from '@parzen/core'

/** A study as the list of them has it. */
export type Listed = StudySummary & StudyNote & { readonly history: readonly number[]; readonly version: number }

export type StudiesView = 'active' | 'archived' | 'deleted'

/** Whether a study is meant by what was typed: all the words in its name, tags, note, owner or sampler. */
export function isFound({ study, tags = [], note = '', owner, sampler }: Listed, search: string): boolean {
  const text = [study, ...tags, note, owner ?? '', sampler].join(' ').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

/** Names of columns that studies can be sorted by, and what stands there. */
const sortable: { readonly [column: string]: (study: Listed) => string | number | null } = {
  study: ({ study }) => study,
  state: ({ state }) => state,
  progress: ({ finished, total }) => (total === null ? finished : finished / total),
  best: ({ best }) => best?.value ?? null,
  trials: ({ trials }) => trials,
  sampler: ({ sampler }) => sampler,
  owner: ({ owner }) => owner,
  time: ({ busyMilliseconds }) => busyMilliseconds,
  changed: ({ updatedAt }) => updatedAt,
}

/** @param sort a column, `-` in front: the greatest first. What is missing stands last. */
export function sortedStudies(studies: readonly Listed[], sort: string): Listed[] {
  const [sign, key] = sort.startsWith('-') ? [-1, sort.slice(1)] : [1, sort]
  const value = sortable[key] ?? sortable['study']
  return studies.toSorted((one, other) => {
    const [a, b] = [value?.(one) ?? null, value?.(other) ?? null]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return sign * (typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b)))
  })
}

/**
 * Milliseconds until the budget of trials is spent, at the pace so far; undefined if it does not run, has no such budget or has
 * ended too few trials to tell.
 */
export function timeLeft({ state, total, finished, busyMilliseconds }: Listed): number | undefined {
  if (state !== 'running' || total === null || finished < 2) return undefined
  return (busyMilliseconds / finished) * Math.max(0, total - finished)
}
