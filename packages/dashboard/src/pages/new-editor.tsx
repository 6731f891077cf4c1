import { type DragEvent, type RefObject, useState } from 'react'
import type { SweepProblem } from '../state/problems.js'

/** The text of a sweep file: with line numbers, which are marked where something is wrong. A file can be dropped on it. */
export function SweepEditor({
  text,
  problems,
  area,
  onText,
}: {
  text: string
  problems: readonly SweepProblem[]
  area: RefObject<HTMLTextAreaElement | null>
  onText: (text: string) => void
}) {
  const [isOver, setOver] = useState(false)
  const wrong = new Map(problems.flatMap(({ line, message }) => (line === undefined ? [] : [[line, message] as const])))
  const lines = text.split('\n')
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    event.dataTransfer.files[0]?.text().then(onText)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button beside it does the same without a mouse
    <div
      className={`editor ${isOver ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <ol className="lines" aria-hidden="true">
        {lines.map((_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
          <li key={i} className={wrong.has(i + 1) ? 'wrong' : undefined} title={wrong.get(i + 1)}>
            {i + 1}
          </li>
        ))}
      </ol>
      <textarea
        ref={area}
        aria-label="sweep file"
        aria-invalid={problems.length > 0}
        aria-describedby="sweep-says"
        spellCheck={false}
        autoCapitalize="off"
        wrap="off"
        rows={lines.length + 1}
        value={text}
        onChange={({ target }) => onText(target.value)}
      />
    </div>
  )
}
