import type { TrialRow } from '@parzen/core'
import { useDeferredValue, useMemo, useState } from 'react'
import { EnqueueDialog } from '../controls/enqueue-dialog.js'
import { Empty } from '../controls/parts.js'
import { report } from '../live/report.js'
import { useAddress } from '../state/address.js'
import { useChosen } from '../state/chosen.js'
import { columnsOf, shownColumns } from '../state/columns.js'
import { inOrder } from '../state/order.js'
import type { StudyPageProps } from './page.js'
import '../controls/forms.css'
import './trials/trials.css'
import { ChosenBar } from './trials/chosen-bar.js'
import { TrialNotesDialog } from './trials/notes.js'
import { TrialsTable } from './trials/table.js'
import { TrialsToolbar } from './trials/toolbar.js'

/** What is open over the table. */
type Open =
  | { readonly kind: 'notes'; readonly trials: readonly TrialRow[] }
  | { readonly kind: 'enqueue'; readonly row?: TrialRow }

/** Every trial a row: sorted, filtered, chosen, and acted on by the hundred. */
export function TrialsPage({ name, live: { state }, rows, shown, metrics }: StudyPageProps) {
  const { sort = '-trial', columns: wanted = '' } = useAddress()
  const { chosen } = useChosen()
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  const all = useMemo(() => columnsOf(state.spec, metrics), [state.spec, metrics])
  const columns = useMemo(() => shownColumns(wanted, all), [wanted, all])
  // a study of many thousand trials is put in order anew with each one that ends: typing and scrolling go before
  const settled = useDeferredValue(shown)
  const sorted = useMemo(() => inOrder(settled, sort), [settled, sort])
  const chosenRows = useMemo(() => [...chosen].flatMap((number) => rows[number] ?? []), [chosen, rows])
  if (rows.length === 0) return <Empty>No trial has started yet. They show up here as they do.</Empty>
  return (
    <>
      <TrialsToolbar
        name={name}
        rows={rows}
        sorted={sorted}
        all={all}
        columns={columns}
        onEnqueue={() => setOpen({ kind: 'enqueue' })}
      />
      {!report && (
        <ChosenBar
          name={name}
          rows={chosenRows}
          onNotes={() => setOpen({ kind: 'notes', trials: chosenRows })}
          onVariant={(row) => setOpen({ kind: 'enqueue', row })}
        />
      )}
      {sorted.length === 0 ? (
        <Empty>No trial passes the filter.</Empty>
      ) : (
        <TrialsTable
          name={name}
          rows={sorted}
          columns={columns}
          objectives={all.objectives}
          sort={sort}
          onNotes={(row) => setOpen({ kind: 'notes', trials: [row] })}
        />
      )}
      {open?.kind === 'notes' && <TrialNotesDialog study={name} trials={open.trials} onClose={close} />}
      {open?.kind === 'enqueue' && state.spec && (
        <EnqueueDialog
          study={name}
          space={state.spec.space}
          from={open.row?.params ?? {}}
          title={open.row ? `A variant of trial ${open.row.number}` : 'Enqueue a trial'}
          onClose={close}
        />
      )}
    </>
  )
}
