import type { StudySpec } from '@parzen/core'
import type { ReactNode } from 'react'
import { change } from '../state/address.js'
import type { CurvesView } from './curves-view.js'

const ACROSS = { step: 'step', relative: 'time since its start', wall: 'time of day' } as const

function set(part: { readonly [key: string]: string }): void {
  change(part, { replace: true })
}

/** How the curves are drawn; all of it goes into the address. */
export function CurvesToolbar({
  view,
  spec,
  problem,
}: {
  view: CurvesView
  spec: StudySpec | undefined
  problem: string | undefined
}) {
  return (
    <div className="curves-toolbar" role="toolbar" aria-label="how the curves are drawn">
      <label>
        metrics{' '}
        <input
          type="search"
          spellCheck={false}
          placeholder="all, or loss|accuracy"
          value={view.metrics}
          aria-invalid={problem !== undefined}
          aria-describedby="metrics-says"
          onChange={(event) => set({ metrics: event.target.value })}
        />
      </label>
      <Select label="across" value={view.across} options={ACROSS} onChange={(x) => set({ x, zoom: '' })} />
      <label>
        smooth{' '}
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={view.smoothing}
          onChange={(event) => set({ smooth: event.target.value === '0' ? '' : event.target.value })}
        />
      </label>
      <GroupBy view={view} spec={spec} />
      <span className="buttons">
        <Toggle name="logy" isOn={view.isLog}>
          log y
        </Toggle>
        <Toggle name="logx" isOn={view.isLogAcross}>
          log x
        </Toggle>
        <Toggle name="outliers" isOn={view.showsOutliers}>
          outliers
        </Toggle>
        {view.zoom && (
          <button type="button" onClick={() => set({ zoom: '' })}>
            whole length
          </button>
        )}
      </span>
      <span id="metrics-says" className="problem">
        {problem}
      </span>
    </div>
  )
}

function GroupBy({ view, spec }: { view: CurvesView; spec: StudySpec | undefined }) {
  const names = Object.keys(spec?.space ?? {})
  const known = { '': 'none', ...Object.fromEntries(names.map((name) => [name, name])), state: 'state' }
  const options = { ...known, repeats: 'same parameters' }
  return (
    <>
      <Select
        label="group by"
        value={view.group}
        options={view.group in options ? options : { ...options, [view.group]: view.group }}
        onChange={(group) => set({ group })}
      />
      {view.group !== '' && (
        <Select
          label="band"
          value={view.band}
          options={{ sd: 'mean ± sd', quantiles: 'median, middle 80 %' }}
          onChange={(band) => set({ band })}
        />
      )}
    </>
  )
}

function Select({
  label,
  value,
  options,
  onChange,
}: {
  label: string
  value: string
  options: { readonly [value: string]: string }
  onChange: (value: string) => void
}) {
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {Object.entries(options).map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}

function Toggle({ name, isOn, children }: { name: string; isOn: boolean; children: ReactNode }) {
  return (
    <button type="button" aria-pressed={isOn} onClick={() => set({ [name]: isOn ? '' : 'yes' })}>
      {children}
    </button>
  )
}
