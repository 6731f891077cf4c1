import type { StudyState, TrialRow } from '@parzen/core'
import { categoryColour } from '../../charts/shading.js'
import { Toggle } from '../../controls/choose.js'
import { formatDuration, formatValue } from '../../controls/format.js'
import { Tags } from '../../controls/notes-dialog.js'
import { Card, Link, Scroll, TrialBadge } from '../../controls/parts.js'
import { read, studyPath } from '../../live/api.js'
import { useFetched } from '../../live/fetched.js'
import { useAddress } from '../../state/address.js'
import { useChosen } from '../../state/chosen.js'

type Value = string | number | boolean | null | undefined

/** A line a parameter, metric and time; a column a trial. */
export function SideBySide({ name, state, rows }: { name: string; state: StudyState; rows: readonly TrialRow[] }) {
  const { same, filter = '', chosen: text = '' } = useAddress()
  const { toggle } = useChosen()
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  const metrics = useMetrics(name, rows)
  const objectives = state.spec?.objectives ?? []
  const others = [...new Set(metrics.flatMap((one) => Object.keys(one)))].filter((one) =>
    objectives.every(({ metric }) => metric !== one),
  )
  const shown = (values: readonly Value[]) => same !== 'yes' || differs(values)
  const lines = (names: readonly string[], inRow: (row: TrialRow, name: string, i: number) => Value, missing: string) =>
    names.map((one) => {
      const values = rows.map((row, i) => inRow(row, one, i))
      return (
        values.some((value) => value !== undefined) &&
        shown(values) && <Line key={one} name={one} values={values} rows={rows} missing={missing} />
      )
    })
  return (
    <Card title="Side by side" aside={<Toggle label="only what differs" part="same" value={same} />}>
      <Scroll label="trials side by side">
        <table className="side-by-side">
          <thead>
            <tr>
              <td />
              {rows.map((row, i) => (
                <th key={row.number} scope="col">
                  <i className="swatch" style={{ background: categoryColour(i, isDark) }} />{' '}
                  <Link to={{ study: name, page: 'trial', trial: String(row.number), filter, chosen: text }}>
                    trial {row.number}
                  </Link>
                  <button
                    type="button"
                    className="inline"
                    aria-label={`put trial ${row.number} back`}
                    onClick={() => toggle(row.number)}
                  >
                    ×
                  </button>
                  <br />
                  <TrialBadge row={row} />
                  {row.tags.length > 0 && <br />}
                  <Tags tags={row.tags} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Section title="objectives" span={rows.length} />
            {objectives.map(({ metric, direction }, k) => {
              const values = rows.map(({ values }) => values?.[k])
              const known = values.flatMap((one) => one ?? [])
              const best = direction === 'maximize' ? Math.max(...known) : Math.min(...known)
              return <Line key={metric} name={metric} values={values} rows={rows} missing="no result" best={best} />
            })}
            {objectives.map(({ metric }) => {
              // how far one came that was ended early
              const values = rows.map(({ values }, i) => (values ? undefined : metrics[i]?.[metric]))
              return (
                values.some((value) => value !== undefined) && (
                  <Line key={metric} name={`${metric}, reported last`} values={values} rows={rows} missing="" />
                )
              )
            })}
            <Section title="parameters" span={rows.length} />
            {lines(Object.keys(state.spec?.space ?? {}), (row, one) => row.params[one], 'not set')}
            {others.length > 0 && <Section title="metrics, the last value of each" span={rows.length} />}
            {lines(others, (_, one, i) => metrics[i]?.[one], '')}
            <Section title="more" span={rows.length} />
            <Line
              name="duration"
              values={rows.map(({ startedAt, finishedAt }) =>
                finishedAt === null ? undefined : formatDuration(finishedAt - startedAt),
              )}
              rows={rows}
              missing="runs"
            />
            {lines(['attempts'], ({ attempts }) => attempts.length, '')}
            {lines(['note'], ({ note }) => note || undefined, '')}
          </tbody>
        </table>
      </Scroll>
    </Card>
  )
}

function Section({ title, span }: { title: string; span: number }) {
  return (
    <tr className="section">
      <th scope="rowgroup" colSpan={span + 1}>
        {title}
      </th>
    </tr>
  )
}

function Line({
  name,
  values,
  rows,
  missing,
  best,
}: {
  name: string
  values: readonly Value[]
  rows: readonly TrialRow[]
  missing: string
  best?: number
}) {
  const isOther = differs(values)
  const usual = mostFrequent(values)
  return (
    <tr className={isOther ? 'differs' : undefined}>
      <th scope="row">{name}</th>
      {values.map((value, i) => (
        <td
          key={(rows[i] as TrialRow).number}
          className={value !== undefined && value === best ? 'best' : isOther && value !== usual ? 'other' : undefined}
          title={value === undefined ? undefined : String(value)}
        >
          {value === undefined ? <span className="dim">{missing}</span> : formatValue(value)}
          {value !== undefined && value === best && <span className="dim"> best</span>}
        </td>
      ))}
    </tr>
  )
}

function differs(values: readonly Value[]): boolean {
  return values.some((value) => !Object.is(value, values[0]))
}

/** The value most trials have; undefined if all have their own. */
function mostFrequent(values: readonly Value[]): Value {
  const counts = new Map<Value, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const [[value, count] = []] = [...counts].sort(([, a], [, b]) => b - a)
  return count !== undefined && count > 1 ? value : undefined
}

/** What a snapshot leaves out: the last value of every metric. */
function useMetrics(name: string, rows: readonly TrialRow[]): readonly TrialRow['metrics'][] {
  const key = rows.map(({ number, state }) => `${number}${state}`).join()
  const { value } = useFetched(`${name} ${key}`, () =>
    Promise.all(rows.map(({ number }) => read('trial', studyPath(name, `/trials/${number}`)))),
  )
  return rows.map(({ number, metrics }) => value?.find((one) => one.number === number)?.metrics ?? metrics)
}
