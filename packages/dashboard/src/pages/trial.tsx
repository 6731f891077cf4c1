import { best, isActive, type TrialRow } from '@parzen/core'
import { useEffect, useState } from 'react'
import { formatDuration, formatValue, percent } from '../controls/format.js'
import { Card, Empty, Failure, Scroll, StateBadge } from '../controls/parts.js'
import { ApiError, read, send, studyPath } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import { report } from '../live/report.js'
import { useAddress } from '../state/address.js'
import type { StudyPageProps } from './page.js'

const WHY: { readonly [kind: string]: string } = {
  asked: 'somebody asked for it',
  first: 'one of the first, spread over the space before there is much to learn from',
  exploit: 'near what is best so far',
  explore: 'far from what has been tried, to learn more',
  between: 'between what is best and what is unknown',
}

export function TrialPage({ name, live: { state }, rows }: StudyPageProps) {
  const { trial = '' } = useAddress()
  const row = rows[Number(trial)]
  const found = best(state)?.trial.number
  const bestRow = found === undefined ? undefined : rows[found]
  if (!row)
    return (
      <Empty>
        Study {name} has no trial {trial}.
      </Empty>
    )
  return (
    <div className="grid">
      <Card title={`Trial ${row.number}`} aside={!report && <Buttons name={name} row={row} />}>
        <p>
          <StateBadge state={row.state} /> {row.values && <strong className="big">{formatValue(row.values[0])}</strong>}{' '}
          {row.message && <span>{row.message}</span>}
        </p>
        {row.judged && (
          <p className="dim">
            pruner: {row.judged.verdict === 'spare' ? 'would have stopped it, but let it through' : row.judged.verdict},{' '}
            {row.judged.reason}
          </p>
        )}
        <Attempts row={row} />
      </Card>
      <Card title="Parameters" span="two">
        <Scroll label="parameters beside the best">
          <table className="compare">
            <thead>
              <tr>
                <th scope="col">parameter</th>
                <th scope="col">this trial</th>
                <th scope="col">the best, {bestRow ? `trial ${bestRow.number}` : '–'}</th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(state.spec?.space ?? {}).map(([parameter, distribution]) => (
                <tr
                  key={parameter}
                  className={row.params[parameter] !== bestRow?.params[parameter] ? 'differs' : undefined}
                >
                  <th scope="row">{parameter}</th>
                  <td>
                    {isActive(distribution, row.params) ? (
                      formatValue(row.params[parameter])
                    ) : (
                      <span className="dim">not set</span>
                    )}
                  </td>
                  <td>
                    {bestRow && parameter in bestRow.params ? (
                      formatValue(bestRow.params[parameter])
                    ) : (
                      <span className="dim">not set</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </Card>
      <Why name={name} trial={row.number} />
      {!report && <Log name={name} row={row} />}
    </div>
  )
}

function Buttons({ name, row }: { name: string; row: TrialRow }) {
  const [said, setSaid] = useState('')
  const ask = async (work: Promise<{ done: boolean }>, what: string) => {
    try {
      setSaid((await work).done ? what : 'there was nothing to do')
    } catch (error) {
      setSaid(error instanceof ApiError ? error.message : String(error))
    }
  }
  const path = studyPath(name, `/trials/${row.number}`)
  return (
    <span className="buttons">
      {row.finishedAt === null ? (
        <button type="button" onClick={() => ask(send('stopTrial', `${path}/stop`, undefined), 'it is being ended')}>
          Stop it
        </button>
      ) : (
        <button type="button" onClick={() => ask(send('retryTrial', `${path}/retry`, undefined), 'it is queued again')}>
          Run it again
        </button>
      )}
      <span role="status" className="dim">
        {said}
      </span>
    </span>
  )
}

function Attempts({ row }: { row: TrialRow }) {
  return (
    <ul className="plain">
      {row.attempts.map(({ number, launchedAt, endedAt, cause }) => (
        <li key={number}>
          attempt {number}:{' '}
          {launchedAt === null ? 'not launched' : formatDuration((endedAt ?? Date.now()) - launchedAt)}
          {cause ? `, ${cause}` : ''}
        </li>
      ))}
      {Object.entries(row.metrics).map(([metric, value]) => (
        <li key={metric} className="dim">
          {metric} {formatValue(value)}
        </li>
      ))}
    </ul>
  )
}

function Why({ name, trial }: { name: string; trial: number }) {
  const { value, error } = useFetched(`${name} ${trial}`, () =>
    read('explain', studyPath(name, `/trials/${trial}/explanation`)),
  )
  return (
    <Card title="Why it was tried">
      {error && <Failure error={error} />}
      {value && (
        <ul className="plain">
          <li>{WHY[value.kind] ?? value.kind}</li>
          <li className="dim">
            {value.known} complete trials were known, {value.running} were running
          </li>
          {value.novelty !== undefined && (
            <li>farther from earlier trials than {percent(value.novelty)} of all points</li>
          )}
          {value.promise !== undefined && (
            <li>its neighbours were better than those of {percent(value.promise)} of all points</li>
          )}
        </ul>
      )}
    </Card>
  )
}

function Log({ name, row }: { name: string; row: TrialRow }) {
  const [stream, setStream] = useState<'stdout' | 'stderr'>('stdout')
  const [turn, setTurn] = useState(0)
  const isLive = row.finishedAt === null
  useEffect(() => {
    if (!isLive) return
    const timer = setInterval(() => setTurn((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [isLive])
  const attempt = row.attempts.length
  const { value, error } = useFetched(`${name} ${row.number} ${attempt} ${stream} ${turn} ${row.state}`, () =>
    read('log', studyPath(name, `/trials/${row.number}/attempts/${attempt}/logs/${stream}`)),
  )
  return (
    <Card
      title="Log"
      span="all"
      aside={
        <span className="buttons">
          {(['stdout', 'stderr'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={stream === one} onClick={() => setStream(one)}>
              {one}
            </button>
          ))}
        </span>
      }
    >
      {error ? (
        <Empty>{error.message}</Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys
        <pre className="log" tabIndex={0}>
          {value?.text === '' ? 'nothing was printed' : value?.text}
        </pre>
      )}
    </Card>
  )
}
