import { useMemo } from 'react'
import { axisOf } from '../../charts/axis.js'
import { Legend } from '../../charts/legend.js'
import { MOST_ROWS, ScatterMatrix } from '../../charts/scatter-matrix.js'
import { shadingBy } from '../../charts/shading.js'
import { Choose } from '../../controls/choose.js'
import { Card, Scroll } from '../../controls/parts.js'
import { change, useAddress } from '../../state/address.js'
import { keepWithin, type ViewProps } from './view.js'

const MOST = 6
const FIRST = 4

/** Columns of one's choice, every two against each other. */
export function Matrix({ spec, rows, parameters, metrics }: ViewProps) {
  const { filter = '', columns = '', colour } = useAddress()
  const objectives = spec.objectives.map(({ metric }) => metric)
  const all = useMemo(
    () => [...parameters, 'trial', 'seconds', ...spec.objectives.map(({ metric }) => metric), ...metrics],
    [parameters, spec, metrics],
  )
  const picked = columns.split(',').filter((name) => all.includes(name))
  const names =
    picked.length >= 2 ? picked.slice(0, MOST) : [...parameters.slice(0, FIRST), ...objectives].slice(0, MOST)
  const key = names.join('\n')
  const axes = useMemo(() => key.split('\n').map((name) => axisOf(name, rows, spec)), [key, rows, spec])
  const coloured = colour ?? objectives[0] ?? 'trial'
  const shading = useMemo(() => shadingBy(coloured, rows, spec), [coloured, rows, spec])
  const turn = (name: string) =>
    change(
      { columns: (names.includes(name) ? names.filter((one) => one !== name) : [...names, name]).join(',') },
      { replace: true },
    )
  return (
    <Card
      title="Scatter matrix"
      aside={<Choose label="colour" part="colour" value={coloured} options={[...new Set([...objectives, ...all])]} />}
    >
      <fieldset className="columns">
        <legend className="dim">columns, two to {MOST}</legend>
        {all.map((name) => {
          const isOn = names.includes(name)
          return (
            <button
              key={name}
              type="button"
              aria-pressed={isOn}
              disabled={isOn ? names.length <= 2 : names.length >= MOST}
              onClick={() => turn(name)}
            >
              {name}
            </button>
          )
        })}
      </fieldset>
      <Scroll label="scatter matrix">
        <div style={{ minWidth: axes.length * 120 }}>
          <ScatterMatrix
            axes={axes}
            rows={rows}
            shading={shading}
            spec={spec}
            onBox={(conditions) => keepWithin(filter, conditions)}
          />
        </div>
      </Scroll>
      <Legend shading={shading} />
      <p className="dim">
        Drag a rectangle in a plot to keep what lies in it, here and on every page.{' '}
        {rows.length > MOST_ROWS &&
          `About ${MOST_ROWS} of ${rows.length} trials are drawn as points; the bars count all.`}
      </p>
    </Card>
  )
}
