import type { StudyState, TrialRow } from '@parzen/core'
import { useEffect, useState } from 'react'
import { TimelineChart } from '../../charts/timeline-chart.js'
import { Card, Empty } from '../../controls/parts.js'

const STATES = [
  ['complete', 'complete'],
  ['pruned', 'pruned'],
  ['failed', 'failed'],
  ['running', 'running'],
] as const

/** Who ran when. */
export function Timeline({ state, shown }: { state: StudyState; shown: readonly TrialRow[] }) {
  const now = useNow(state.running.size > 0, state.lastEventAt)
  return (
    <Card
      title="Timeline"
      span="two"
      aside={
        <span className="legend">
          {STATES.map(([key, text]) => (
            <span key={key} className={`badge state-${key}`}>
              {text}
            </span>
          ))}
        </span>
      }
    >
      {shown.length === 0 ? (
        <Empty>No trial passes the filter.</Empty>
      ) : (
        <TimelineChart rows={shown} spec={state.spec} now={now} />
      )}
    </Card>
  )
}

/** The time, each second while something runs; otherwise that of the last event. */
function useNow(isRunning: boolean, last: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => document.hidden || setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [isRunning])
  return isRunning ? now : last
}
