import type { TrialRow } from '@parzen/core'
import { useMemo } from 'react'
import { Empty } from '../controls/parts.js'
import { useChosen } from '../state/chosen.js'
import './compare/compare.css'
import { Overlay } from './compare/overlay.js'
import { SideBySide } from './compare/side-by-side.js'
import { Significance } from './compare/significance.js'
import type { StudyPageProps } from './page.js'

/** More columns than anybody reads, and than the server compares. */
const MOST = 30

/** The chosen trials beside each other: what they have in common, what differs, and whether that is more than chance. */
export function ComparePage({ name, live: { state }, rows, shown }: StudyPageProps) {
  const { chosen, choose } = useChosen()
  const compared = useMemo(() => [...chosen].flatMap((number) => rows[number] ?? []).slice(0, MOST), [chosen, rows])
  const objectives = state.spec?.objectives ?? []
  if (compared.length < 2) {
    const best = bestOf(shown, objectives[0]?.direction === 'maximize')
    return (
      <Empty>
        Choose two or more trials: by their boxes in Trials, or by a click in any picture.{' '}
        {best.length > 1 && (
          <button type="button" onClick={() => choose(best)}>
            the best {best.length}
          </button>
        )}
      </Empty>
    )
  }
  return (
    <div className="compare-page">
      {chosen.size > MOST && (
        <p className="dim">
          The first {MOST} of {chosen.size} chosen trials.
        </p>
      )}
      <SideBySide name={name} state={state} rows={compared} />
      <Significance name={name} state={state} rows={compared} />
      <Overlay name={name} state={state} rows={compared} />
    </div>
  )
}

function bestOf(rows: readonly TrialRow[], isGreaterBetter: boolean): number[] {
  const value = ({ values }: TrialRow) => (isGreaterBetter ? -1 : 1) * (values?.[0] ?? Infinity)
  const complete = rows.filter(({ values }) => values !== null)
  return complete
    .toSorted((a, b) => value(a) - value(b))
    .slice(0, 5)
    .map(({ number }) => number)
}
