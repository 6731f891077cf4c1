import type { StudySpec, TrialRow } from '@parzen/core'
import type { FoundFront } from './front-chart.js'
import { TrialTip } from './trial-tip.js'

/** What a picture of a front tells of the trial under the pointer. */
export function FrontTip({ row, spec, front }: { row: TrialRow; spec: StudySpec; front: FoundFront }) {
  return (
    <>
      {row.number === front.knee && <p className="dim">the knee of the front</p>}
      <TrialTip row={row} spec={spec} />
    </>
  )
}

/** What a picture of a front shows, in words. */
export function frontText({ numbers, knee }: FoundFront, trials: number): string {
  return `a front of ${numbers.size} among ${trials} complete trials${knee === undefined ? '' : `, its knee trial ${knee}`}`
}
