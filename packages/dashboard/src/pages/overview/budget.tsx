import type { StudyState, StudySummary } from '@parzen/core'
import { formatDuration, formatValue } from '../../controls/format.js'
import { Card, Empty } from '../../controls/parts.js'
import { type Limit, limitsOf, timeLeft } from './budget-left.js'

/** What is left of the budget, and for how long. */
export function Budget({ state, summary }: { state: StudyState; summary: StudySummary }) {
  const limits = limitsOf(state)
  const isOn = summary.state === 'running' || summary.state === 'open' || summary.state === 'interrupted'
  const left = isOn ? timeLeft(state) : undefined
  const metric = summary.metric
  return (
    <Card title="Budget">
      {state.ended !== undefined && <p>ended: {state.ended}</p>}
      {left !== undefined && (
        <p>
          about <strong>{formatDuration(left)}</strong> left{summary.state === 'running' ? '' : ', once it goes on'}
        </p>
      )}
      {limits.length === 0 && <Empty>It has no limits: it runs until somebody stops it.</Empty>}
      <dl className="limits">
        {limits.map((limit) => (
          <div key={limit.kind}>
            <dt>{limit.kind}</dt>
            <dd>
              {limit.used !== undefined && (
                <progress max={1} value={limit.used} aria-label={`${limit.kind} used: ${wordsOf(limit, metric)}`} />
              )}
              <span>{wordsOf(limit, metric)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}

function wordsOf({ kind, spent, of }: Limit, metric: string): string {
  switch (kind) {
    case 'trials':
      return `${spent} of ${of} started`
    case 'time':
      return `${formatDuration(spent ?? 0)} of ${formatDuration(of)}`
    case 'patience':
      return `${spent} of ${of} in a row without a better one`
    case 'target':
      return spent === undefined
        ? `${metric} ${formatValue(of)}`
        : `${metric} ${formatValue(spent)}, wanted ${formatValue(of)}`
    case 'gain':
      return `ends when 20 more trials promise less than ${formatValue(of)}`
    default:
      return kind satisfies never
  }
}
