import { type Json, prunerNames, samplerNames, type Tree } from '@parzen/core'
import type { ReactNode } from 'react'
import { CommitField } from '../controls/commit-field.js'
import { NamedSelect, optionsField } from '../controls/named-select.js'
import { NumberField } from '../controls/number-field.js'
import { Card } from '../controls/parts.js'
import { optionsText, readOptions } from '../state/options-text.js'
import { freeName } from '../state/parameter-rows.js'
import { type Path, readSweepText, valueAt, withValue } from '../state/sweep-text.js'
import { Parameters } from './new-parameters.js'

interface Objective {
  readonly metric: string
  readonly direction: string
}

/** The text of a sweep file as a form: it reads the text and writes it, and holds nothing of its own. */
export function SweepForm({ text, onText }: { text: string; onText: (text: string) => void }) {
  const tree = readSweepText(text)
  if (!tree) {
    return (
      <p className="notice warn">
        The text cannot be read as YAML or JSON just now: what is wrong stands beside it. The form is back when it can.
      </p>
    )
  }
  const at = (...path: Path) => valueAt(tree, path)
  const textAt = (...path: Path) => {
    const value = at(...path)
    return Array.isArray(value) ? JSON.stringify(value) : value === undefined || value === null ? '' : String(value)
  }
  const set = (path: Path, value: Tree | undefined) => onText(withValue(text, path, value))
  const numberAt = (...path: Path) => {
    const value = at(...path)
    return typeof value === 'number' ? value : undefined
  }
  return (
    <form className="sweep-form" onSubmit={(event) => event.preventDefault()}>
      <Card title="Study">
        <div className="fields">
          <Field id="study" label="name">
            <input id="study" value={textAt('study')} onChange={({ target }) => set(['study'], target.value)} />
          </Field>
          <Field id="command" label="command">
            <input
              id="command"
              value={textAt('command')}
              placeholder="none: programs of yours ask for trials"
              spellCheck={false}
              onChange={({ target }) => set(['command'], target.value === '' ? undefined : target.value)}
            />
          </Field>
        </div>
        <p className="dim hint">
          <code>{'{args}'}</code> becomes <code>--lr=0.01 …</code>, <code>{'{lr}'}</code> one value,{' '}
          <code>{'{params}'}</code> the path of all of them as JSON.
        </p>
      </Card>
      <Card title="Objective">
        <Objectives objectives={objectivesOf(tree)} text={text} onText={onText} />
      </Card>
      <Card title="Parameters">
        <Parameters path={['space']} label="parameters" text={text} onText={onText} />
      </Card>
      <Card title="Search">
        <div className="fields">
          <Field id="sampler" label="sampler">
            <Named id="sampler" names={samplerNames} fallback="auto" given={at('sampler')} set={set} />
          </Field>
          <Field id="pruner" label="pruner">
            <Named id="pruner" names={prunerNames} fallback="none" given={at('pruner')} set={set} />
          </Field>
        </div>
      </Card>
      <Card title="Budget">
        <div className="fields">
          {BUDGET.map(({ key, label, hint, isWhole }) => (
            <Field key={key} id={`budget-${key}`} label={label}>
              <NumberField
                id={`budget-${key}`}
                value={numberAt('budget', key)}
                isOptional
                isWhole={isWhole}
                placeholder={hint}
                onNumber={(value) => set(['budget', key], value)}
              />
            </Field>
          ))}
          <Field id="budget-time" label="time">
            <input
              id="budget-time"
              value={textAt('budget', 'time')}
              placeholder="no limit; 90s, 10m, 1h30m"
              onChange={({ target }) => set(['budget', 'time'], target.value === '' ? undefined : target.value)}
            />
          </Field>
        </div>
      </Card>
    </form>
  )
}

const BUDGET = [
  { key: 'trials', label: 'trials', hint: 'no limit', isWhole: true },
  { key: 'parallel', label: 'at the same time', hint: 'as many as there are cores', isWhole: true },
  { key: 'target', label: 'target', hint: 'end at a value this good', isWhole: false },
  { key: 'patience', label: 'patience', hint: 'end after so many trials without a better one', isWhole: true },
  { key: 'gain', label: 'gain', hint: 'end when 20 more trials are to gain less', isWhole: false },
] as const

function Field({ id, label, children }: { id: string; label: string; children: ReactNode }) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      {children}
    </>
  )
}

/** A sampler or a pruner: by name alone, or with options. */
function Named({
  id,
  names,
  fallback,
  given,
  set,
}: {
  id: string
  names: readonly string[]
  fallback: string
  given: Tree | undefined
  set: (path: Path, value: Tree | undefined) => void
}) {
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given)
  const { name = null, ...options } = (isMap ? given : { name: given }) as { readonly [key: string]: Tree }
  const shown = name === null ? fallback : String(name)
  const setOptions = (text: string) => {
    const read = readOptions(text)
    if (read) set([id], Object.keys(read).length === 0 ? shown : ({ name: shown, ...read } as Tree))
  }
  return (
    <NamedSelect id={id} names={names} name={shown} onName={(one) => set([id], one)}>
      <CommitField
        {...optionsField(id)}
        value={optionsText(options as { readonly [key: string]: Json })}
        onCommit={setOptions}
      />
    </NamedSelect>
  )
}

function objectivesOf(tree: Tree): Objective[] {
  const several = valueAt(tree, ['objectives'])
  const all = Array.isArray(several) ? several : [valueAt(tree, ['objective']) ?? {}]
  return all.map((one: Tree) => ({
    metric: String(valueAt(one, ['metric']) ?? ''),
    direction: String(valueAt(one, ['direction']) ?? 'minimize'),
  }))
}

function Objectives({
  objectives,
  text,
  onText,
}: {
  objectives: readonly Objective[]
  text: string
  onText: (text: string) => void
}) {
  const set = (next: readonly Objective[]) => onText(withObjectives(text, next))
  const setOne = (i: number, part: Partial<Objective>) =>
    set(objectives.map((one, k) => (k === i ? { ...one, ...part } : one)))
  return (
    <>
      <ul className="plain">
        {objectives.map(({ metric, direction }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an objective keeps its place while its name is typed
          <li key={i} className="objective">
            <select
              aria-label={`direction of ${metric || 'the objective'}`}
              value={direction}
              onChange={({ target }) => setOne(i, { direction: target.value })}
            >
              <option>minimize</option>
              <option>maximize</option>
            </select>
            <input
              aria-label="metric"
              value={metric}
              placeholder="as the trials report it"
              onChange={({ target }) => setOne(i, { metric: target.value })}
            />
            {objectives.length > 1 && (
              <button
                type="button"
                aria-label={`remove objective ${metric}`}
                onClick={() => set(objectives.filter((_, k) => k !== i))}
              >
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
      <p>
        <button
          type="button"
          onClick={() =>
            set([
              ...objectives,
              {
                metric: freeName(
                  objectives.map((one) => one.metric),
                  'cost',
                ),
                direction: 'minimize',
              },
            ])
          }
        >
          add an objective
        </button>
      </p>
    </>
  )
}

/** One stands under `objective`, several under `objectives`. */
function withObjectives(text: string, objectives: readonly Objective[]): string {
  const [first, ...more] = objectives
  const tree = readSweepText(text)
  if (more.length === 0) {
    const alone = withValue(text, ['objectives'], undefined)
    const { metric = '', direction = '' } = first ?? {}
    return withValue(withValue(alone, ['objective', 'metric'], metric), ['objective', 'direction'], direction)
  }
  const several = tree && valueAt(tree, ['objective']) !== undefined ? withValue(text, ['objective'], undefined) : text
  return withValue(
    several,
    ['objectives'],
    objectives.map(({ metric, direction }) => ({ metric, direction })),
  )
}
