import type { StudySummary } from '@parzen/core'
import { useEffect, useState } from 'react'
import { formatAgo, formatDuration, formatValue } from '../controls/format.js'
import { Empty, Failure, Link, Scroll, StateBadge } from '../controls/parts.js'
import { read } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import { change, useAddress } from '../state/address.js'

const AGAIN_MILLISECONDS = 2000

export function StudiesPage() {
  const { search = '' } = useAddress()
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setTurn((n) => n + 1), AGAIN_MILLISECONDS)
    return () => clearInterval(timer)
  }, [])
  const { value, error } = useFetched(String(turn), () => read('studies', '/studies?limit=1000'))
  const studies = value?.studies.filter(({ study }) => study.toLowerCase().includes(search.toLowerCase())) ?? []
  return (
    <main id="main" className="wide">
      <search>
        <form className="filter" onSubmit={(event) => event.preventDefault()}>
          <label htmlFor="search">Search</label>
          <input
            id="search"
            type="search"
            value={search}
            onChange={(event) => change({ search: event.target.value }, { replace: true })}
          />
          <Link to={{ page: 'new' }} className="button primary">
            New study
          </Link>
          <span className="dim">{value ? `${studies.length} of ${value.total} studies` : ' '}</span>
        </form>
      </search>
      {error && <Failure error={error} />}
      {value?.total === 0 && (
        <Empty>
          No study yet. <code>parzen init</code> writes a sweep file, <code>parzen run</code> runs it; it shows up here.
        </Empty>
      )}
      {studies.length > 0 && <StudiesTable studies={studies} />}
    </main>
  )
}

function StudiesTable({ studies }: { studies: readonly StudySummary[] }) {
  const now = Date.now()
  const latest = studies.toSorted((a, b) => b.updatedAt - a.updatedAt)
  return (
    <Scroll label="studies">
      <table className="studies">
        <thead>
          <tr>
            <th scope="col">Study</th>
            <th scope="col">State</th>
            <th scope="col">Progress</th>
            <th scope="col" className="number">
              Best
            </th>
            <th scope="col">Trials</th>
            <th scope="col">Sampler</th>
            <th scope="col" className="number">
              Time
            </th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {latest.map((one) => (
            <tr key={one.study}>
              <th scope="row">
                <Link to={{ study: one.study }}>{one.study}</Link>
              </th>
              <td>
                <StateBadge state={one.state} />
              </td>
              <td>
                <Progress {...one} />
              </td>
              <td className="number">
                {one.best ? (
                  <>
                    {formatValue(one.best.value)} <span className="dim">{one.metric}</span>
                  </>
                ) : (
                  <span className="dim">–</span>
                )}
              </td>
              <td>{countsOf(one)}</td>
              <td>{one.sampler}</td>
              <td className="number">{formatDuration(one.busyMilliseconds)}</td>
              <td>{formatAgo(one.updatedAt, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Progress({ finished, total }: StudySummary) {
  if (total === null) return <>{finished}</>
  return (
    <span className="progress">
      <progress value={finished} max={total} aria-label={`${finished} of ${total} trials done`} /> {finished}/{total}
    </span>
  )
}

function countsOf({ complete, pruned, failed, running, paused }: StudySummary): string {
  const parts = { complete, pruned, failed, running, paused }
  return Object.entries(parts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ')
}
