import type { TrialRow } from '@parzen/core'
import { useEffect, useRef, useState } from 'react'
import { Card, Empty } from '../../controls/parts.js'
import { type Stream, useLog } from './use-log.js'

const MOST_LINES = 5000

/** What an attempt prints, as it is written; lines that hold what is searched for. */
export function Log({ name, row }: { name: string; row: TrialRow }) {
  const [stream, setStream] = useState<Stream>('stdout')
  const [chosen, setAttempt] = useState<number>()
  const [search, setSearch] = useState('')
  const [follows, setFollows] = useState(true)
  const attempt = chosen ?? row.attempts.length
  const { text, isWhole, error } = useLog(name, { trial: row.number, attempt, stream, isLive: row.finishedAt === null })
  const lines = text?.split('\n') ?? []
  const found = search === '' ? lines : lines.filter((line) => line.toLowerCase().includes(search.toLowerCase()))
  return (
    <Card
      title="Log"
      span="all"
      aside={
        <span className="buttons">
          <label>
            search{' '}
            <input
              type="search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              spellCheck={false}
            />
          </label>
          {search !== '' && (
            <span className="dim" role="status">
              {found.length} of {lines.length} lines
            </span>
          )}
          {row.attempts.length > 1 && (
            <label>
              attempt{' '}
              <select value={attempt} onChange={(event) => setAttempt(Number(event.target.value))}>
                {row.attempts.map(({ number }) => (
                  <option key={number}>{number}</option>
                ))}
              </select>
            </label>
          )}
          {(['stdout', 'stderr'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={stream === one} onClick={() => setStream(one)}>
              {one}
            </button>
          ))}
          {row.finishedAt === null && (
            <button type="button" aria-pressed={follows} onClick={() => setFollows(!follows)}>
              follow
            </button>
          )}
        </span>
      }
    >
      {error ? (
        <Empty>{error.message}</Empty>
      ) : (
        <Lines
          text={text === '' ? 'nothing was printed' : found.slice(-MOST_LINES).join('\n')}
          search={search}
          follows={follows}
        />
      )}
      {!isWhole && <p className="dim">Only the last part is shown; `parzen logs` prints all of it.</p>}
    </Card>
  )
}

function Lines({ text, search, follows }: { text: string; search: string; follows: boolean }) {
  const element = useRef<HTMLPreElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: more text has come
  useEffect(() => {
    if (follows) element.current?.scrollTo(0, element.current.scrollHeight)
  }, [text, follows])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys
    <pre className="log" ref={element} tabIndex={0}>
      {search === '' ? text : marked(text, search)}
    </pre>
  )
}

function marked(text: string, search: string) {
  const parts: (string | React.ReactElement)[] = []
  const [lower, wanted] = [text.toLowerCase(), search.toLowerCase()]
  let from = 0
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, from)) {
    const end = at + wanted.length
    parts.push(text.slice(from, at), <mark key={at}>{text.slice(at, end)}</mark>)
    from = end
  }
  return [...parts, text.slice(from)]
}
