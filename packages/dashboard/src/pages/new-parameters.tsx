import { CommitField } from '../controls/commit-field.js'
import { NumberField } from '../controls/number-field.js'
import {
  asKind,
  formatChoices,
  freeName,
  kindNames,
  type NumericShape,
  type ParameterRow,
  parameterRows,
  parseChoices,
  type Shape,
  treeOf,
  withLog,
} from '../state/parameter-rows.js'
import { type Path, readSweepText, valueAt, withName, withValue } from '../state/sweep-text.js'

interface Editing {
  readonly text: string
  readonly onText: (text: string) => void
}

/** The parameters of a map in the text, each a row; those of options and groups stand below them, to any depth. */
export function Parameters({ path, label, ...editing }: { path: Path; label: string } & Editing) {
  const tree = valueAt(readSweepText(editing.text), path)
  const isMap = typeof tree === 'object' && tree !== null && !Array.isArray(tree)
  const rows = isMap ? parameterRows(tree as Parameters<typeof parameterRows>[0], path) : []
  const names = rows.map(({ name }) => name)
  return (
    <div className="parameters">
      <ul className="plain" aria-label={label}>
        {rows.map((row, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a parameter keeps its place when it gets another name
          <li key={i}>
            <Parameter row={row} {...editing} />
          </li>
        ))}
      </ul>
      <button
        type="button"
        onClick={() =>
          editing.onText(withValue(editing.text, [...path, freeName(names, 'parameter')], 'uniform(0, 1)'))
        }
      >
        add a parameter
      </button>
    </div>
  )
}

function Parameter({ row: { name, path, shape }, text, onText }: { row: ParameterRow } & Editing) {
  const set = (next: Shape) => onText(withValue(text, path, treeOf(next)))
  const kinds = Object.entries(kindNames).filter(([kind]) => kind !== 'text' || shape.kind === 'text')
  return (
    <>
      <div className="parameter">
        <CommitField
          className="name"
          aria-label="name"
          value={name}
          onCommit={(next) => onText(withName(text, path, next.trim()))}
        />
        <select
          aria-label={`kind of ${name}`}
          value={shape.kind}
          onChange={({ target }) => set(asKind(target.value as Shape['kind'], shape))}
        >
          {kinds.map(([kind, title]) => (
            <option key={kind} value={kind}>
              {title}
            </option>
          ))}
        </select>
        <Fields name={name} shape={shape} set={set} />
        <button type="button" aria-label={`remove ${name}`} onClick={() => onText(withValue(text, path, undefined))}>
          ×
        </button>
      </div>
      {shape.kind === 'group' && (
        <div className="below">
          <Parameters path={path} label={`parameters of ${name}`} text={text} onText={onText} />
        </div>
      )}
      {shape.kind === 'options' && <Options name={name} path={path} shape={shape} text={text} onText={onText} />}
    </>
  )
}

function Fields({ name, shape, set }: { name: string; shape: Shape; set: (shape: Shape) => void }) {
  switch (shape.kind) {
    case 'uniform':
    case 'int':
    case 'normal':
      return <Numbers name={name} shape={shape} set={set} />
    case 'choice':
      return (
        <CommitField
          className="values"
          aria-label={`values of ${name}`}
          value={formatChoices(shape.choices)}
          onCommit={(text) => {
            const choices = parseChoices(text)
            if (choices) set({ kind: 'choice', choices })
          }}
        />
      )
    case 'constant':
      return (
        <CommitField
          className="values"
          aria-label={`value of ${name}`}
          value={formatChoices([shape.value])}
          onCommit={(text) => {
            const choices = parseChoices(text) ?? []
            const [value, ...more] = choices
            if (value !== undefined) set(more.length === 0 ? { kind: 'constant', value } : { kind: 'choice', choices })
          }}
        />
      )
    case 'text':
      return <code className="values">{shape.text}</code>
    default:
      return <span className="values" />
  }
}

function Numbers({ name, shape, set }: { name: string; shape: NumericShape; set: (shape: Shape) => void }) {
  const [first, second] = shape.kind === 'normal' ? ['mean', 'sd'] : ['from', 'to']
  const isWhole = shape.kind === 'int'
  const { ends, step, ...rest } = shape
  const withStep = (value: number | undefined) =>
    value === undefined ? { ...rest, ends } : { ...rest, ends, step: value }
  return (
    <span className="values numbers">
      <span>
        {first}{' '}
        <NumberField
          aria-label={`${name} ${first}`}
          value={ends[0]}
          isWhole={isWhole}
          onNumber={(value = 0) => set({ ...shape, ends: [value, ends[1]] })}
        />
      </span>
      <span>
        {second}{' '}
        <NumberField
          aria-label={`${name} ${second}`}
          value={ends[1]}
          isWhole={isWhole}
          onNumber={(value = 0) => set({ ...shape, ends: [ends[0], value] })}
        />
      </span>
      <span>
        step{' '}
        <NumberField
          aria-label={`${name} step`}
          className="short"
          value={step}
          isOptional
          isWhole={isWhole}
          placeholder="–"
          onNumber={(value) => set(withStep(value))}
        />
      </span>
      <label>
        <input
          type="checkbox"
          aria-label={`${name} logarithmic`}
          checked={shape.isLog}
          onChange={({ target }) => set(withLog(shape, target.checked))}
        />{' '}
        log
      </label>
    </span>
  )
}

function Options({
  name,
  path,
  shape: { options },
  text,
  onText,
}: { name: string; path: Path; shape: Extract<Shape, { kind: 'options' }> } & Editing) {
  const names = options.map((option) => option.name)
  return (
    <div className="below">
      {options.map((option, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an option keeps its place when it gets another name
        <fieldset key={i}>
          <legend>
            <CommitField
              aria-label={`option of ${name}`}
              value={option.name}
              onCommit={(next) => onText(withName(text, option.path, next.trim()))}
            />
            <button
              type="button"
              aria-label={`remove option ${option.name}`}
              onClick={() => onText(withValue(text, option.path, undefined))}
            >
              ×
            </button>
          </legend>
          <Parameters path={option.path} label={`parameters of ${option.name}`} text={text} onText={onText} />
        </fieldset>
      ))}
      <button type="button" onClick={() => onText(withValue(text, [...path, 'choice', freeName(names, 'option')], {}))}>
        add an option of {name}
      </button>
    </div>
  )
}
