import type { StudySpec } from '@parzen/core'
import { useState } from 'react'
import { read, send, studyPath } from '../live/api.js'
import { useFetched } from '../live/fetched.js'
import { useAction } from './action.js'
import { Dialog } from './dialog.js'
import { DialogForm } from './dialog-form.js'
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

/** The budget of a study, also while it runs. One that had ended goes on if the new budget lets it. */
export function EditStudyDialog({ study, onClose }: { study: string; onClose: () => void }) {
  const { value, error } = useFetched(`edit ${study}`, () => read('study', studyPath(study)))
  return (
    <Dialog title={`Budget of ${study}`} onClose={onClose}>
      {error && <Failure error={error} />}
      {value && <BudgetForm study={study} before={value.spec.budget} onClose={onClose} />}
    </Dialog>
  )
}

function BudgetForm({ study, before, onClose }: { study: string; before: Budget; onClose: () => void }) {
  const [budget, setBudget] = useState<Budget>(before)
  const { said, isBusy, ask } = useAction()
  const save = async () => {
    const changed = LIMITS.filter(({ key }) => budget[key] !== before[key])
    const part = Object.fromEntries(changed.map(({ key }) => [key, budget[key] ?? null]))
    if (changed.length === 0 || (await ask(send('edit', studyPath(study), { budget: part }, 'PATCH'), ''))) onClose()
  }
  return (
    <DialogForm action="Save" isDisabled={isBusy} said={said} onSend={save}>
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
      </div>
      <p className="dim">Limits of all runs together. What is left empty is no limit.</p>
    </DialogForm>
  )
}
