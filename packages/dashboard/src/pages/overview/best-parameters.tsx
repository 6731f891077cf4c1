import type { TrialRow } from '@parzen/core'
import { formatValue } from '../../controls/format.js'
import { Card, CopyButton, Empty, Link } from '../../controls/parts.js'

/** The best trial's parameters, ready to copy. @param what which trial it is, in words */
export function BestParameters({ row, name, what }: { row: TrialRow | undefined; name: string; what: string }) {
  return (
    <Card title="Best parameters" aside={row && <Copies row={row} />}>
      {row ? (
        <>
          <dl className="params">
            {Object.entries(row.params).map(([parameter, value]) => (
              <div key={parameter}>
                <dt>{parameter}</dt>
                <dd title={String(value)}>{formatValue(value)}</dd>
              </div>
            ))}
          </dl>
          <p>
            <Link to={{ study: name, page: 'trial', trial: String(row.number) }}>trial {row.number}</Link>
            <span className="dim"> {what}</span>
          </p>
        </>
      ) : (
        <Empty>No complete trial yet, or it does not pass the filter.</Empty>
      )}
    </Card>
  )
}

function Copies({ row }: { row: TrialRow }) {
  const args = Object.entries(row.params)
    .map(([parameter, value]) => `--${parameter}=${inShell(String(value))}`)
    .join(' ')
  return (
    <span className="buttons">
      <CopyButton label="copy as JSON" text={JSON.stringify(row.nested, null, 2)} />
      <CopyButton label="as arguments" text={args} />
    </span>
  )
}

function inShell(text: string): string {
  return /^[\w.,:/+-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
