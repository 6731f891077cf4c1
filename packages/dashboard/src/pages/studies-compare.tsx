import { restore, type StudySummary, summarize } from '@parzen/core'
import { useEffect, useMemo, useState } from 'react'
import { BestChart } from '../charts/best-chart.js'
import { categoryColour } from '../charts/shading.js'
import { Choose, Toggle } from '../controls/choose.js'
import { formatDuration, formatValue } from '../controls/format.js'
import { Card, Empty, Failure, Link, Scroll, StateBadge } from '../controls/parts.js'
import { read, studyPath } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import { useAddress } from '../state/address.js'
import { type BestCurve, bestCurve } from '../state/best-curve.js'
import '../controls/forms.css'
import './compare/compare.css'

const AGAIN_MILLISECONDS = 10_000
const MOST = 12

interface Compared {
  readonly summary: StudySummary
  readonly curve: BestCurve
}

/** Studies over each other: how good each was after as many trials, or after as long. */
export function StudiesComparePage() {
  const { studies = '', metric: wanted, x = 'trials', log } = useAddress()
  const names = useMemo(() => studies.split(',').filter(Boolean).slice(0, MOST), [studies])
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setTurn((n) => n + 1), AGAIN_MILLISECONDS)
    return () => clearInterval(timer)
  }, [])
  const { value, error } = useFetched(`${studies} ${turn}`, () => Promise.all(names.map(compared)))
  const metrics = [...new Set((value ?? []).map(({ summary }) => goal(summary)))]
  const metric = wanted !== undefined && metrics.includes(wanted) ? wanted : (metrics[0] ?? '')
  const alike = useMemo(() => (value ?? []).filter(({ summary }) => goal(summary) === metric), [value, metric])
  const curves = useMemo(() => alike.map(({ curve }) => curve).filter(({ values }) => values.length > 0), [alike])
  return (
    <main id="main" className="wide compare-page">
      <header className="page-head">
        <h1>Studies compared</h1>
        <Link to={{ studies }}>back to the studies</Link>
      </header>
      {error && <Failure error={error} />}
      {names.length < 2 && <Empty>Choose two or more studies in the list of them.</Empty>}
      {value && (
        <Card
          title={`Best so far: ${metric}`}
          aside={
            <span className="buttons">
              {metrics.length > 1 && <Choose label="objective" part="metric" value={metric} options={metrics} />}
              <Choose label="across" part="x" value={x} options={['trials', 'time']} />
              <Toggle label="log" part="log" value={log} />
            </span>
          }
        >
          {curves.length === 0 ? (
            <Empty>None of them has a complete trial yet.</Empty>
          ) : (
            <BestChart curves={curves} metric={metric} isByTime={x === 'time'} isLog={log === 'yes'} />
          )}
          {alike.length < value.length && (
            <p className="dim">
              {value.length - alike.length} of them have another objective, and cannot be drawn on the same axis.
            </p>
          )}
          <Summaries all={alike} drawn={curves} />
        </Card>
      )}
    </main>
  )
}

async function compared(name: string): Promise<Compared> {
  const state = restore(await read('snapshot', studyPath(name, '/snapshot')))
  return { summary: summarize(state), curve: bestCurve(state) }
}

function goal({ direction, metric }: StudySummary): string {
  return `${direction} ${metric}`
}

function Summaries({ all, drawn }: { all: readonly Compared[]; drawn: readonly BestCurve[] }) {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  return (
    <Scroll label="the studies in numbers">
      <table>
        <thead>
          <tr>
            {['study', 'state', 'best', 'trials', 'complete', 'time', 'sampler'].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {all.map(({ summary, curve }) => (
            <tr key={summary.study}>
              <th scope="row">
                {drawn.includes(curve) && (
                  <i className="swatch" style={{ background: categoryColour(drawn.indexOf(curve), isDark) }} />
                )}{' '}
                <Link to={{ study: summary.study }}>{summary.study}</Link>
              </th>
              <td>
                <StateBadge state={summary.state} />
              </td>
              <td>{summary.best ? formatValue(summary.best.value) : '–'}</td>
              <td>{summary.finished}</td>
              <td>{summary.complete}</td>
              <td>{formatDuration(summary.busyMilliseconds)}</td>
              <td>{summary.sampler}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}
