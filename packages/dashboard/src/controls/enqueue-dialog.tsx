import {
  type Choice,
  checkParams,
  formatDistribution,
  isActive,
  type Parameter,
  type Params,
  type Space,
} from '@parzen/core'
import { useState } from 'react'
import { send, studyPath } from '../live/api.js'
import { useAction } from './action.js'
import { Dialog } from './dialog.js'
import { DialogForm } from './dialog-form.js'
import { NumberField } from './number-field.js'

/** Asks for a trial with values of one's own; those of another are the start. What is left out is drawn. */
export function EnqueueDialog({
  study,
  space,
  from,
  title,
  onClose,
}: {
  study: string
  space: Space
  from: Params
  title: string
  onClose: () => void
}) {
  const [given, setGiven] = useState(from)
  const [times, setTimes] = useState(1)
  const { said, isBusy, ask } = useAction()
  const active = Object.entries(space).filter(([, parameter]) => isActive(parameter, given))
  const params = Object.fromEntries(active.flatMap(([name]) => (name in given ? [[name, given[name] as Choice]] : [])))
  const problem = problemOf(space, params)
  const enqueue = async () => {
    for (let i = 0; i < times; i++) {
      const done = await ask(send('enqueue', studyPath(study, '/enqueue'), { params }), `asked for ${i + 1}`)
      if (!done) return
    }
    onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <DialogForm action="Enqueue" isDisabled={isBusy || problem !== undefined} said={problem ?? said} onSend={enqueue}>
        <div className="fields">
          {active.map(([name, parameter]) => (
            <Field
              key={name}
              name={name}
              parameter={parameter}
              value={given[name]}
              onValue={(value) => setGiven((old) => withParam(old, name, value))}
            />
          ))}
          <label htmlFor="enqueue-times">times</label>
          <NumberField
            id="enqueue-times"
            value={times}
            isWhole
            onNumber={(value = 1) => setTimes(Math.min(100, Math.max(1, value)))}
          />
        </div>
        <p className="dim">It comes before what the sampler suggests. What is left empty is drawn.</p>
      </DialogForm>
    </Dialog>
  )
}

function Field({
  name,
  parameter,
  value,
  onValue,
}: {
  name: string
  parameter: Parameter
  value: Choice | undefined
  onValue: (value: Choice | undefined) => void
}) {
  const id = `enqueue-${name}`
  const { when: _, ...distribution } = parameter
  return (
    <>
      <label htmlFor={id} title={formatDistribution(distribution)}>
        {name}
      </label>
      {parameter.kind === 'categorical' ? (
        <select
          id={id}
          value={value === undefined ? '' : parameter.choices.indexOf(value)}
          onChange={({ target }) => onValue(target.value === '' ? undefined : parameter.choices[Number(target.value)])}
        >
          <option value="">drawn</option>
          {parameter.choices.map((choice, i) => (
            <option key={String(choice)} value={i}>
              {String(choice)}
            </option>
          ))}
        </select>
      ) : (
        <NumberField
          id={id}
          value={typeof value === 'number' ? value : undefined}
          isOptional
          isWhole={parameter.kind === 'int'}
          placeholder={`drawn from ${formatDistribution(distribution)}`}
          onNumber={onValue}
        />
      )}
    </>
  )
}

function withParam(params: Params, name: string, value: Choice | undefined): Params {
  const { [name]: _, ...rest } = params
  return value === undefined ? rest : { ...rest, [name]: value }
}

/** What the core says of the values; undefined if it has nothing against them. */
function problemOf(space: Space, params: Params): string | undefined {
  try {
    checkParams(space, params)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
