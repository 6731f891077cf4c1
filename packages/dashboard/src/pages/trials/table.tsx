import type { TrialRow } from '@parzen/core'
import { type KeyboardEvent, memo, useMemo, useState } from 'react'
import { formatDuration, formatValue } from '../../controls/format.js'
import { Tags } from '../../controls/notes-dialog.js'
import { Link, TrialBadge } from '../../controls/parts.js'
import { useVirtualRows } from '../../controls/virtual-rows.js'
import { report } from '../../live/report.js'
import { change, useAddress } from '../../state/address.js'
import { useChosen } from '../../state/chosen.js'
import { column } from '../../state/columns.js'

/** Heights in CSS pixels, as `trials.css` has them. */
const ROW = 34
const HEAD = 36
/** Rows that say whether a column is of numbers. */
const LOOKED_AT = 50

/** Only the rows in view are drawn. Arrow keys go from row to row, space chooses, shift chooses on the way, enter opens. */
export function TrialsTable({
  name,
  rows,
  columns,
  objectives,
  sort,
  onNotes,
}: {
  name: string
  rows: readonly TrialRow[]
  columns: readonly string[]
  objectives: readonly string[]
  sort: string
  onNotes: (row: TrialRow) => void
}) {
  const { chosen, toggle, choose } = useChosen()
  const { filter = '', chosen: chosenText = '' } = useAddress()
  const { box, first, last, seen, onScroll, reveal } = useVirtualRows(rows.length, { height: ROW, head: HEAD })
  // a trial, not a place: it stays the same when rows come and go
  const [cursor, setCursor] = useState<number>()
  const at = useMemo(
    () => (cursor === undefined ? -1 : rows.findIndex(({ number }) => number === cursor)),
    [rows, cursor],
  )
  const some = rows.slice(0, LOOKED_AT)
  const move = (to: number, isChoosing: boolean) => {
    const index = Math.min(rows.length - 1, Math.max(0, to))
    const row = rows[index] as TrialRow
    if (isChoosing) choose([...chosen, ...(at < 0 ? [] : [cursor as number]), row.number])
    setCursor(row.number)
    reveal(index)
  }
  const pressKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: seen, PageUp: -seen }[event.key]
    if (step !== undefined) move(at < 0 ? first : at + step, event.shiftKey)
    else if (event.key === 'Home') move(0, false)
    else if (event.key === 'End') move(rows.length - 1, false)
    else if (event.key === ' ' && cursor !== undefined) toggle(cursor)
    else if (event.key === 'Enter' && cursor !== undefined) change({ page: 'trial', trial: String(cursor) })
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) choose(rows.map(({ number }) => number))
    else if (event.key === 'Escape') choose([])
    else return
    event.preventDefault()
  }
  const isAll = chosen.size > 0 && chosen.size >= rows.length && rows.every(({ number }) => chosen.has(number))
  return (
    <div className="scroll tall" ref={box} onScroll={onScroll}>
      <table
        className="trials"
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table that is operated by keys is a grid
        role="grid"
        tabIndex={0}
        aria-label="trials; arrow keys go from row to row, space chooses, enter opens"
        aria-rowcount={rows.length + 1}
        aria-multiselectable="true"
        aria-activedescendant={at >= first && at < last ? `trial-${cursor}` : undefined}
        onKeyDown={pressKey}
      >
        <thead>
          <tr aria-rowindex={1}>
            <td>
              <input
                type="checkbox"
                aria-label="choose all that are shown"
                checked={isAll}
                onChange={() => choose(isAll ? [] : rows.map(({ number }) => number))}
              />
            </td>
            {['trial', 'state', ...columns].map((one) => (
              <Heading key={one} column={one} sort={sort} isNumber={some.some((row) => isNumber(row, one))} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Gap rows={first} />}
          {rows.slice(first, last).map((row, i) => (
            <Row
              key={row.number}
              {...{ row, name, columns, objectives, filter, toggle, onNotes }}
              chosenText={chosenText}
              index={first + i}
              isChosen={chosen.has(row.number)}
              isCursor={row.number === cursor}
              onCursor={setCursor}
            />
          ))}
          {last < rows.length && <Gap rows={rows.length - last} />}
        </tbody>
      </table>
    </div>
  )
}

/** Whether it stands at the right edge of its column. */
function isNumber(row: TrialRow, name: string): boolean {
  return name !== 'trial' && typeof column(row, name) === 'number'
}

/** The room of rows that are not drawn. */
function Gap({ rows }: { rows: number }) {
  return <tr style={{ height: rows * ROW }} />
}

function Heading({ column: name, sort, isNumber }: { column: string; sort: string; isNumber: boolean }) {
  const [isDown, key] = sort.startsWith('-') ? [true, sort.slice(1)] : [false, sort]
  const isSorted = key === name
  return (
    <th
      scope="col"
      className={isNumber ? 'number' : undefined}
      aria-sort={isSorted ? (isDown ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        title={name}
        onClick={() => change({ sort: isSorted && !isDown ? `-${name}` : name }, { replace: true })}
      >
        {name}
        <span aria-hidden="true">{isSorted ? (isDown ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}

interface RowProps {
  readonly row: TrialRow
  readonly name: string
  readonly columns: readonly string[]
  readonly objectives: readonly string[]
  readonly filter: string
  readonly chosenText: string
  readonly index: number
  readonly isChosen: boolean
  readonly isCursor: boolean
  readonly toggle: (trial: number) => void
  readonly onCursor: (trial: number) => void
  readonly onNotes: (row: TrialRow) => void
}

const Row = memo(function Row(props: RowProps) {
  const { row, name, columns, objectives, filter, chosenText, index, isChosen, isCursor, toggle, onCursor, onNotes } =
    props
  const { number } = row
  return (
    <tr
      id={`trial-${number}`}
      className={isCursor ? 'cursor' : undefined}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      onClick={() => onCursor(number)}
    >
      <td>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`choose trial ${number}`}
          checked={isChosen}
          onChange={() => toggle(number)}
        />
      </td>
      <th scope="row">
        <Link tabIndex={-1} to={{ study: name, page: 'trial', trial: String(number), filter, chosen: chosenText }}>
          {number}
        </Link>
      </th>
      <td>
        <TrialBadge row={row} />
        {row.pinned && (
          <span className="pin" role="img" aria-label="pinned" title="pinned">
            ★
          </span>
        )}
      </td>
      {columns.map((one) => (
        <Cell key={one} row={row} name={one} isObjective={objectives.includes(one)} onNotes={onNotes} />
      ))}
    </tr>
  )
})

function Cell({
  row,
  name,
  isObjective,
  onNotes,
}: {
  row: TrialRow
  name: string
  isObjective: boolean
  onNotes: (row: TrialRow) => void
}) {
  if (name === 'tag' || name === 'note') {
    return (
      <td>
        <button
          type="button"
          className="inline"
          tabIndex={-1}
          title={row.note || undefined}
          aria-label={`tags and note of trial ${row.number}`}
          disabled={report !== undefined}
          onClick={() => onNotes(row)}
        >
          {name === 'tag' ? <Tags tags={row.tags} /> : row.note}
          {name === 'tag' && row.note !== '' && <span className="dim">✎</span>}
          {(name === 'tag' ? row.tags.length === 0 && row.note === '' : row.note === '') && (
            <span className="add">+</span>
          )}
        </button>
      </td>
    )
  }
  const value = column(row, name)
  if (value === undefined) {
    // an objective without a value is not there yet, or never came: that is its state's to say
    return <td>{isObjective || OTHERS.has(name) ? '' : <span className="dim">not set</span>}</td>
  }
  if (name === 'seconds') return <td className="number">{formatDuration(Number(value) * 1000)}</td>
  return (
    <td className={isNumber(row, name) ? 'number' : undefined} title={String(value)}>
      {formatValue(value)}
    </td>
  )
}

/** Columns that are no parameters: empty where there is nothing. */
const OTHERS = new Set(['seconds', 'cause', 'message'])
