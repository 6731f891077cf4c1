import { type Analysis, formatConstraint, type StudySpec, type TrialRow } from '@parzen/core'
import { useMemo } from 'react'
import { percent } from '../../controls/format.js'
import { Card, Link } from '../../controls/parts.js'
import { useAddress } from '../../state/address.js'
import { narrowed } from '../../state/filter-terms.js'

const WORDS: { readonly [cause: string]: string } = {
  exit: 'ended with an error',
  timeout: 'took too long',
  memory: 'ran out of memory',
  nan: 'gave no number',
  lost: 'lost: its process is gone',
  killed: 'ended from outside',
}

/** What failed, by cause, with the last words of the latest; what broke a constraint; and what the pruner stopped. */
export function Failures({
  name,
  spec,
  shown,
  falseStops,
}: {
  name: string
  spec: StudySpec | undefined
  shown: readonly TrialRow[]
  falseStops?: Analysis['falseStops']
}) {
  const { filter = '' } = useAddress()
  const causes = useMemo(() => byCause(shown), [shown])
  const pruned = useMemo(() => shown.filter(({ state }) => state === 'pruned').length, [shown])
  const bounds = (spec?.constraints ?? []).map(formatConstraint).join(', ')
  const infeasible = useMemo(() => shown.filter(({ feasible }) => feasible === false).length, [shown])
  if (causes.length === 0 && pruned === 0 && infeasible === 0) return null
  return (
    <Card title={causes.length > 0 ? 'Failures and pruning' : pruned > 0 ? 'Pruning' : 'Constraints'}>
      <ul className="plain failures">
        {causes.map(({ cause, count, latest }) => (
          <li key={cause}>
            <strong>
              {count} {WORDS[cause] ?? cause}
            </strong>{' '}
            <Link
              to={{
                study: name,
                page: 'trials',
                filter: narrowed(narrowed(filter, 'state', ''), 'cause', `cause = ${cause}`),
              }}
            >
              show them
            </Link>
            {latest.message && (
              <p className="words">
                <Link to={{ study: name, page: 'trial', trial: String(latest.number) }}>trial {latest.number}</Link>:{' '}
                <q>{latest.message.trim().split('\n').at(-1)?.slice(0, 200)}</q>
              </p>
            )}
          </li>
        ))}
        {infeasible > 0 && (
          <li>
            <strong>{infeasible} infeasible</strong>{' '}
            <Link to={{ study: name, page: 'trials', filter: narrowed(filter, 'feasible', 'feasible = no') }}>
              show them
            </Link>
            {bounds !== '' && <p className="words">wanted: {bounds}</p>}
          </li>
        )}
        {pruned > 0 && (
          <li>
            <strong>{pruned} pruned</strong>{' '}
            <Link to={{ study: name, page: 'trials', filter: narrowed(filter, 'state', 'state = pruned') }}>
              show them
            </Link>
            {falseStops && (
              <p className="words">
                of {falseStops.spared} that were let through to check on the pruner, {falseStops.good} ended among the
                best tenth{falseStops.spared > 0 ? ` (${percent(falseStops.good / falseStops.spared)})` : ''}
              </p>
            )}
          </li>
        )}
      </ul>
    </Card>
  )
}

function byCause(rows: readonly TrialRow[]): { cause: string; count: number; latest: TrialRow }[] {
  const found = new Map<string, { cause: string; count: number; latest: TrialRow }>()
  for (const row of rows) {
    if (row.state !== 'failed') continue
    const cause = row.cause ?? 'exit'
    const one = found.get(cause)
    if (!one) found.set(cause, { cause, count: 1, latest: row })
    else {
      one.count++
      if ((row.finishedAt ?? 0) >= (one.latest.finishedAt ?? 0)) one.latest = row
    }
  }
  return [...found.values()].sort((a, b) => b.count - a.count)
}
