import type { StudySpec, TrialRow } from '@parzen/core'
import { formatDuration, formatValue } from '../controls/format.js'
import { TrialBadge } from '../controls/parts.js'
import { brokenText } from '../state/broken.js'

const MOST = 12

/** What a picture tells of the trial under the pointer. */
export function TrialTip({ row, spec }: { row: TrialRow; spec: StudySpec | undefined }) {
  const params = Object.entries(row.params)
  return (
    <>
      <p>
        <strong>trial {row.number}</strong> <TrialBadge row={row} />
      </p>
      {row.feasible === false && <p>{brokenText(row, spec)}</p>}
      {row.message && <p>{row.message.slice(0, 200)}</p>}
      <table>
        <tbody>
          {row.values?.map((value, i) => (
            <tr key={spec?.objectives[i]?.metric ?? i}>
              <th scope="row">{spec?.objectives[i]?.metric ?? 'value'}</th>
              <td>{formatValue(value)}</td>
            </tr>
          ))}
          {params.slice(0, MOST).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{formatValue(value)}</td>
            </tr>
          ))}
          {row.finishedAt !== null && (
            <tr>
              <th scope="row">time</th>
              <td>{formatDuration(row.finishedAt - row.startedAt)}</td>
            </tr>
          )}
        </tbody>
      </table>
      {params.length > MOST && <p className="dim">and {params.length - MOST} more</p>}
    </>
  )
}
