import type { TrialRow } from '@parzen/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import { formatDuration, formatValue } from '../controls/format.js'
import { Empty, Link, StateBadge } from '../controls/parts.js'
import { change, useAddress } from '../state/address.js'
import { cell } from '../state/filter.js'
import type { StudyPageProps } from './page.js'

const ROW = 34
/** Rows drawn beyond what is seen, so that scrolling shows no gaps. */
const SPARE = 12

export function TrialsPage({ name, live: { state }, shown }: StudyPageProps) {
  const { sort = '-trial' } = useAddress()
  const metric = state.spec?.objectives[0]?.metric ?? 'value'
  const columns = useMemo(() => [metric, ...Object.keys(state.spec?.space ?? {})], [metric, state.spec])
  const sorted = useMemo(() => inOrder(shown, sort), [shown, sort])
  const box = useRef<HTMLElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setView((old) => ({ ...old, height: element.clientHeight })))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const first = Math.max(0, Math.floor(view.top / ROW) - SPARE)
  const last = Math.min(sorted.length, Math.ceil((view.top + view.height) / ROW) + SPARE)
  if (shown.length === 0) return <Empty>No trial passes the filter.</Empty>
  return (
    <>
      <p className="buttons">
        <button type="button" onClick={() => download(`${name}.csv`, csv(sorted, columns))}>
          CSV
        </button>
      </p>
      <section
        className="scroll tall"
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys
        tabIndex={0}
        aria-label="trials"
        onScroll={({ currentTarget }) => {
          const { scrollTop: top } = currentTarget
          setView((old) => ({ ...old, top }))
        }}
      >
        <table className="trials" aria-rowcount={sorted.length + 1}>
          <thead>
            <tr>
              {['trial', 'state', ...columns, 'seconds'].map((column) => (
                <Heading key={column} column={column} sort={sort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {first > 0 && <Gap rows={first} />}
            {sorted.slice(first, last).map((row, i) => (
              <Row key={row.number} row={row} name={name} columns={columns} index={first + i} />
            ))}
            {last < sorted.length && <Gap rows={sorted.length - last} />}
          </tbody>
        </table>
      </section>
    </>
  )
}

/** The room of rows that are not drawn. */
function Gap({ rows }: { rows: number }) {
  return <tr style={{ height: rows * ROW }} />
}

function Heading({ column, sort }: { column: string; sort: string }) {
  const [isDown, key] = sort.startsWith('-') ? [true, sort.slice(1)] : [false, sort]
  const isSorted = key === column
  return (
    <th scope="col" aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        onClick={() => change({ sort: isSorted && !isDown ? `-${column}` : column }, { replace: true })}
      >
        {column}
        <span aria-hidden="true">{isSorted ? (isDown ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}

function Row({
  row,
  name,
  columns,
  index,
}: {
  row: TrialRow
  name: string
  columns: readonly string[]
  index: number
}) {
  return (
    <tr style={{ height: ROW }} aria-rowindex={index + 2}>
      <th scope="row">
        <Link to={{ study: name, page: 'trial', trial: String(row.number) }}>{row.number}</Link>
      </th>
      <td>
        <StateBadge state={row.state} />
      </td>
      {columns.map((column, i) => {
        const value = i === 0 ? (row.values?.[0] ?? row.metrics[column]) : cell(row, column)
        return (
          <td key={column} className={typeof value === 'number' ? 'number' : undefined}>
            {value === undefined ? <span className="dim">{i === 0 ? '' : 'not set'}</span> : formatValue(value)}
          </td>
        )
      })}
      <td className="number">{row.finishedAt === null ? '' : formatDuration(row.finishedAt - row.startedAt)}</td>
    </tr>
  )
}

/** Numbers before words, what is not set last. */
function inOrder(rows: readonly TrialRow[], sort: string): TrialRow[] {
  const [sign, key] = sort.startsWith('-') ? [-1, sort.slice(1)] : [1, sort]
  const keyed = rows.map((row) => ({ row, value: cell(row, key) }))
  keyed.sort(({ value: a }, { value: b }) => {
    if (a === undefined || b === undefined || a === null || b === null) return Number(a == null) - Number(b == null)
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b)
    return sign * String(a).localeCompare(String(b), 'en', { numeric: true })
  })
  return keyed.map(({ row }) => row)
}

function csv(rows: readonly TrialRow[], columns: readonly string[]): string {
  const quoted = (value: unknown) => {
    const text = value === undefined || value === null ? '' : String(value)
    // a spreadsheet would take these for formulas
    const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  const all = ['trial', 'state', ...columns, 'seconds']
  return [all, ...rows.map((row) => all.map((column) => cell(row, column)))]
    .map((line) => line.map(quoted).join(','))
    .join('\n')
}

function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
