import { type Named, prunerNames, type StudySpec, samplerNames } from '@parzen/core'
import { useState } from 'react'
import { read, send, studyPath } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import { optionsText, readOptions } from '../state/options-text.js'
import { useAction } from './action.js'
import { Dialog } from './dialog.js'
import { NamedSelect, optionsField } from './named-select.js'
import { NumberField } from './number-field.js'
import { Failure } from './parts.js'

type Budget = StudySpec['budget']

const LIMITS = [
  { key: 'trials', label: 'trials', isWhole: true },
  { key: 'parallel', label: 'at the same time', isWhole: true },
  { key: 'seconds', label: 'seconds', isWhole: false },
  { key: 'target', label: 'target', isWhole: false },
  { key: 'patience', label: 'patience', isWhole: true },
  { key: 'gain', label: 'gain', isWhole: false },
] as const satisfies readonly { key: keyof Budget; label: string; isWhole: boolean }[]

/** Budget, sampler and pruner of a study, also while it runs. One that had ended goes on if the new budget lets it. */
export function SettingsDialog({ study, onClose }: { study: string; onClose: () => void }) {
  const { value, error } = useFetched(`settings ${study}`, () => read('study', studyPath(study)))
  return (
    <Dialog title={`Settings of ${study}`} onClose={onClose}>
      {error && <Failure error={error} />}
      {value && <SettingsForm study={study} before={value.spec} onClose={onClose} />}
    </Dialog>
  )
}

function SettingsForm({ study, before, onClose }: { study: string; before: StudySpec; onClose: () => void }) {
  const [budget, setBudget] = useState<Budget>(before.budget)
  const [sampler, setSampler] = useState(() => drafted(before.sampler))
  const [pruner, setPruner] = useState(() => drafted(before.pruner))
  const { said, isBusy, ask } = useAction()
  const save = async () => {
    const limits = LIMITS.filter(({ key }) => budget[key] !== before.budget[key])
    const change = {
      ...(limits.length > 0 && {
        budget: Object.fromEntries(limits.map(({ key }) => [key, budget[key] ?? null])),
      }),
      ...(isChanged(sampler, before.sampler) && { sampler: namedOf(sampler) }),
      ...(isChanged(pruner, before.pruner) && { pruner: namedOf(pruner) }),
    }
    const isNothing = Object.keys(change).length === 0
    if (isNothing || (await ask(send('edit', studyPath(study), change, 'PATCH'), ''))) onClose()
  }
  const isReadable = [sampler, pruner].every(({ options }) => readOptions(options) !== undefined)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isReadable) save()
      }}
    >
      <div className="fields">
        {LIMITS.map(({ key, label, isWhole }) => (
          <div key={key} className="pair">
            <label htmlFor={`edit-${key}`}>{label}</label>
            <NumberField
              id={`edit-${key}`}
              value={budget[key]}
              isOptional
              isWhole={isWhole}
              placeholder="no limit"
              onNumber={(value) =>
                setBudget(({ [key]: _, ...rest }) => (value === undefined ? rest : { ...rest, [key]: value }))
              }
            />
          </div>
        ))}
        <NamedFields what="sampler" names={samplerNames} draft={sampler} onDraft={setSampler} />
        <NamedFields what="pruner" names={prunerNames} draft={pruner} onDraft={setPruner} />
      </div>
      <p className="dim">
        Limits are of all runs together; what is left empty is no limit. A new sampler or pruner learns from all trials
        so far, and decides what comes after.
      </p>
      <p className="buttons">
        <button type="submit" className="primary" disabled={isBusy || !isReadable}>
          Save
        </button>
        <span role="status" className="problem">
          {isReadable ? said : 'options are written as name: value, joined by commas'}
        </span>
      </p>
    </form>
  )
}

/** A sampler or a pruner while it is chosen. */
interface Draft {
  readonly name: string
  readonly options: string
}

function drafted({ name, ...options }: Named): Draft {
  return { name, options: optionsText(options) }
}

function namedOf({ name, options }: Draft): Named {
  return { ...readOptions(options), name } as Named
}

function isChanged(draft: Draft, before: Named): boolean {
  const { name, options } = drafted(before)
  return draft.name !== name || draft.options.trim() !== options
}

function NamedFields({
  what,
  names,
  draft,
  onDraft,
}: {
  what: string
  names: readonly string[]
  draft: Draft
  onDraft: (draft: Draft) => void
}) {
  return (
    <>
      <label htmlFor={`edit-${what}`}>{what}</label>
      <NamedSelect
        id={`edit-${what}`}
        names={names}
        name={draft.name}
        onName={(name) => onDraft({ name, options: '' })}
      >
        <input
          {...optionsField(what)}
          value={draft.options}
          aria-invalid={readOptions(draft.options) === undefined}
          onChange={({ target }) => onDraft({ ...draft, options: target.value })}
        />
      </NamedSelect>
    </>
  )
}
