import { useEffect, useRef, useState } from 'react'
import { stringify } from 'yaml'
import { sweepOfStudy } from '../../../platform/src/spec/sweep-of-study.js'
import { template } from '../../../platform/src/spec/template.js'
import { useAction } from '../controls/action.js'
import { download } from '../controls/download.js'
import { CopyButton, Failure, Link } from '../controls/parts.js'
import { useAbout } from '../live/about.js'
import { ApiError, read, send, studyPath } from '../live/api.js'
import { change, go, useAddress } from '../state/address.js'
import { lineSpan, type SweepProblem } from '../state/problems.js'
import '../controls/forms.css'
import './new.css'
import { type Checked, useChecked } from './new-check.js'
import { SweepEditor } from './new-editor.js'
import { SweepForm } from './new-form.js'

/** What is being written outlives a reload of this tab. */
const DRAFT = 'parzen-sweep'

/** A new study: a form and a text that are two views of one sweep file, checked as it is typed. */
export function NewPage() {
  const [text, setText] = useState(() => sessionStorage.getItem(DRAFT) ?? template)
  const area = useRef<HTMLTextAreaElement>(null)
  const checked = useChecked(text)
  useEffect(() => sessionStorage.setItem(DRAFT, text), [text])
  const failure = useTextLike(setText)
  const problems = checked?.problems ?? []
  return (
    <main id="main" className="wide new">
      <header className="page-head">
        <h1>New study</h1>
        <Link to={{}}>back to the studies</Link>
      </header>
      {failure && <Failure error={failure} />}
      <div className="halves">
        <SweepForm text={text} onText={setText} />
        <section className="card" aria-label="Sweep file">
          <header>
            <h2>Sweep file</h2>
            <span className="buttons">
              <OpenFile onText={setText} />
              <button type="button" onClick={() => setText(template)}>
                start afresh
              </button>
            </span>
          </header>
          <SweepEditor text={text} problems={problems} area={area} onText={setText} />
          <div id="sweep-says" role="status">
            {checked?.error && <Failure error={checked.error} />}
            <Problems problems={problems} text={text} area={area} />
          </div>
          {checked && problems.length === 0 && checked.spec && (
            <Start checked={checked} isFresh={checked.text === text} />
          )}
        </section>
      </div>
    </main>
  )
}

/** `like=NAME` in the address: the text begins as the sweep of that study, under another name. */
function useTextLike(onText: (text: string) => void): ApiError | undefined {
  const { like } = useAddress()
  const [failure, setFailure] = useState<ApiError>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each study
  useEffect(() => {
    if (like === undefined) return
    let isOver = false
    textLike(like).then(
      (text) => {
        if (isOver) return
        onText(text)
        // what is typed from now on outlives a reload
        change({ like: '' }, { replace: true })
      },
      (error: unknown) => !isOver && setFailure(error instanceof ApiError ? error : new ApiError(0, String(error))),
    )
    return () => {
      isOver = true
    }
  }, [like])
  return failure
}

async function textLike(name: string): Promise<string> {
  const { spec } = await read('study', studyPath(name))
  const [, stem = name, number = '1'] = /^(.*?)-(\d+)$/.exec(name) ?? []
  const sweep = sweepOfStudy({ ...spec, name: `${stem}-${Number(number) + 1}` })
  const { folder } = (spec.job ?? {}) as { readonly folder?: string }
  const where = folder === undefined ? '' : `, whose command ran in ${folder}`
  return `# like ${name}${where}\n${stringify(sweep, { lineWidth: 0 })}`
}

function OpenFile({ onText }: { onText: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        open a file
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="a sweep file"
        accept=".yaml,.yml,.json,text/*"
        onChange={({ target }) => {
          target.files?.[0]?.text().then(onText)
          target.value = ''
        }}
      />
    </>
  )
}

function Problems({
  problems,
  text,
  area,
}: {
  problems: readonly SweepProblem[]
  text: string
  area: { readonly current: HTMLTextAreaElement | null }
}) {
  if (problems.length === 0) return null
  const show = (line: number) => {
    const [from, to] = lineSpan(text, line)
    area.current?.focus()
    area.current?.setSelectionRange(from, to)
  }
  return (
    <ul className="plain problems" aria-label="problems">
      {problems.map(({ line, message }) => (
        <li key={`${line} ${message}`}>
          {line !== undefined && (
            <button type="button" onClick={() => show(line)}>
              line {line}
            </button>
          )}{' '}
          {message}
        </li>
      ))}
    </ul>
  )
}

/** What will be made, and the button; or how to start it where this server runs no commands. */
function Start({ checked: { text, spec, isThere }, isFresh }: { checked: Checked; isFresh: boolean }) {
  const about = useAbout()
  const { said, isBusy, ask } = useAction()
  if (!spec || !about) return null
  const { name, space, budget, sampler, job } = spec
  const parameters = Object.keys(space).length
  const what = `${parameters} ${parameters === 1 ? 'parameter' : 'parameters'}, ${budget.trials === undefined ? 'no limit of trials' : `${budget.trials} trials`}, sampler ${sampler.name}`
  const create = async () => {
    const made = await ask(send('create', '/studies', { text }), '')
    if (!made) return
    sessionStorage.removeItem(DRAFT)
    go({ study: made.study })
  }
  const mayStart = about.scopes.includes(job === undefined ? 'write' : 'define')
  return (
    <div className="start">
      <p>
        <strong>{name}</strong>: {what}.{' '}
        {isThere && (
          <span className="problem">
            A study of this name is there: it goes on with what this file says. Another name begins a new one.
          </span>
        )}
      </p>
      {mayStart ? (
        <p className="buttons">
          <button type="button" className="primary" disabled={isBusy || !isFresh} onClick={create}>
            {job === undefined ? (isThere ? 'Edit' : 'Create') : isThere ? 'Continue' : 'Start'} {name}
          </button>
          <span className="dim">
            {job === undefined ? 'It has no command: your programs ask for its trials.' : `Runs in ${about.folder}`}
          </span>
        </p>
      ) : (
        <Elsewhere name={name} text={text} mayCreate={about.scopes.includes('write')} />
      )}
      <p role="status" className="problem">
        {said}
      </p>
    </div>
  )
}

function Elsewhere({ name, text, mayCreate }: { name: string; text: string; mayCreate: boolean }) {
  const command = `npx parzen run ${name}.yaml`
  return (
    <div className="notice">
      <p>
        {mayCreate
          ? 'This server runs no commands that a browser sends it. Save the file beside your script and run it, or start the server with '
          : 'You may look at this server, not start anything on it. Save the file and run it yourself: '}
        {mayCreate && <code>parzen serve --allow-define</code>}
      </p>
      <p>
        <code>{command}</code>
      </p>
      <p className="buttons">
        <button type="button" className="primary" onClick={() => download(`${name}.yaml`, text, 'application/yaml')}>
          Download {name}.yaml
        </button>
        <CopyButton text={command} label="copy the command" />
      </p>
    </div>
  )
}
