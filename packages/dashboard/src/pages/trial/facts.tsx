import type { AttemptRow, Schedule, StudySpec, TrialRow } from '@parzen/core'
import { useState } from 'react'
import { formatDuration, formatValue } from '../../controls/format.js'
import { Link, TrialBadge } from '../../controls/parts.js'
import { read, studyPath } from '../../live/api.js'
import { useFetched } from '../../live/fetched.js'
import { brokenText } from '../../state/broken.js'

/** How a trial stands, what came of it, and its attempts over time. */
export function Facts({
  name,
  row,
  spec,
  schedule,
}: {
  name: string
  row: TrialRow
  spec: StudySpec | undefined
  schedule: Schedule | undefined
}) {
  const objectives = spec?.objectives ?? []
  const isResult = (metric: string) => row.values !== null && objectives.some((one) => one.metric === metric)
  // of a trial without a result the objectives as it reported them last say how it went
  const others = Object.entries(useLastMetrics(name, row)).filter(([metric]) => !isResult(metric))
  return (
    <>
      <p className="trial-state">
        <TrialBadge row={row} />
        {row.values?.map((value, i) => (
          <span key={objectives[i]?.metric ?? i}>
            <strong className="big">{formatValue(value)}</strong> <span className="dim">{objectives[i]?.metric}</span>
          </span>
        ))}
        {row.feasible === false && <span>{brokenText(row, spec)}</span>}
        {row.message && <span>{row.message}</span>}
      </p>
      {row.judged && row.judged.reason !== row.message && (
        <p className="dim">
          pruner: {row.judged.verdict === 'spare' ? 'would have stopped it, but let it through' : row.judged.verdict},{' '}
          {row.judged.reason}
        </p>
      )}
      {row.parent !== null && (
        <p>
          went on from the checkpoint of{' '}
          <Link to={{ study: name, page: 'trial', trial: String(row.parent) }}>trial {row.parent}</Link>
          {originText(row, schedule)}
        </p>
      )}
      <Attempts row={row} />
      {others.length > 0 && (
        <dl className="params" aria-label="reported last">
          {others.map(([metric, value]) => (
            <div key={metric}>
              <dt>{metric}</dt>
              <dd>{formatValue(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}

/** The step of its parent that a fork went on from; nothing until it is known. */
function originText({ number, parent }: TrialRow, schedule: Schedule | undefined): string {
  if (schedule?.trial !== number) return ''
  const before = schedule.pieces.findLast(({ trial }) => trial !== number)
  if (!before) return ', but began anew'
  return before.trial === parent ? ` at step ${before.to}` : `, which was at step ${before.to} of trial ${before.trial}`
}

/** What a snapshot leaves out; of a running trial, what came since the page was opened is newer. */
function useLastMetrics(name: string, row: TrialRow): TrialRow['metrics'] {
  const { value } = useFetched(`${name} ${row.number} ${row.state}`, () =>
    read('trial', studyPath(name, `/trials/${row.number}`)),
  )
  return { ...value?.metrics, ...row.metrics }
}

/** A bar for each attempt, from when the trial was suggested to its end. */
function Attempts({ row }: { row: TrialRow }) {
  const [now] = useState(Date.now)
  const end = row.finishedAt ?? now
  const place = (at: number) => (100 * (at - row.startedAt)) / Math.max(1, end - row.startedAt)
  return (
    <ol className="attempts" aria-label="attempts">
      {row.attempts.map((attempt) => (
        <li key={attempt.number}>
          <span className="dim">{described(attempt, now)}</span>
          {attempt.launchedAt !== null && (
            <span className="track">
              <span
                className={`span state-${attempt.cause ? 'failed' : row.state}`}
                style={{
                  left: `${place(attempt.launchedAt)}%`,
                  width: `${place(attempt.endedAt ?? end) - place(attempt.launchedAt)}%`,
                }}
              />
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}

function described({ number, launchedAt, endedAt, cause }: AttemptRow, now: number): string {
  const lasted = launchedAt === null ? 'not launched' : formatDuration((endedAt ?? now) - launchedAt)
  const since = launchedAt === null ? '' : `, from ${new Date(launchedAt).toLocaleTimeString()}`
  return `attempt ${number}: ${lasted}${since}${cause ? `, ended by ${cause}` : ''}`
}
