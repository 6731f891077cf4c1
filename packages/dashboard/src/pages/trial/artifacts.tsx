import type { TrialRow } from '@parzen/core'
import { useState } from 'react'
import { Card, Empty, Scroll } from '../../controls/parts.js'
import { addressOf, read, readText, studyPath } from '../../live/api.js'
import { useFetched } from '../../live/fetched.js'
import { separated } from './separated.js'

const MOST_ROWS = 100
/** Larger ones are only to be saved. */
const LARGEST_PREVIEW = 2_000_000
const LONGEST_TEXT = 100_000

type Artifact = Awaited<ReturnType<typeof read<'artifacts'>>>[number]

/** Files that a trial has kept: pictures, texts and tables are shown, all can be saved. */
export function Artifacts({ name, row }: { name: string; row: TrialRow }) {
  const at = studyPath(name, `/trials/${row.number}/artifacts`)
  const { value } = useFetched(`${at} ${row.state} ${row.attempts.length}`, () => read('artifacts', at))
  if (!value || value.length === 0) return null
  return (
    <Card title="Files it kept" span="all">
      <div className="artifacts">
        {value.map((artifact) => (
          <File key={`${artifact.attempt} ${artifact.name}`} artifact={artifact} path={`${at}/${artifact.sha256}`} />
        ))}
      </div>
    </Card>
  )
}

function File({ artifact, path }: { artifact: Artifact; path: string }) {
  const { name, size, type, attempt } = artifact
  const [isOpen, setOpen] = useState(false)
  const isImage = type.startsWith('image/')
  const isText = type.startsWith('text/') && size <= LARGEST_PREVIEW
  return (
    <figure>
      {isImage && <img src={addressOf(path)} alt={name} loading="lazy" />}
      {isText && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>show {name}</summary>
          {isOpen && <Preview name={name} path={path} />}
        </details>
      )}
      <figcaption>
        <a href={addressOf(path)} download={name}>
          {name}
        </a>{' '}
        <span className="dim">
          {formatSize(size)}
          {attempt > 1 ? `, attempt ${attempt}` : ''}
        </span>
      </figcaption>
    </figure>
  )
}

function Preview({ name, path }: { name: string; path: string }) {
  const { value, error } = useFetched(path, () => readText(path))
  if (error) return <Empty>{error.message}</Empty>
  if (value === undefined) return <Empty>reading …</Empty>
  const separator = /\.csv$/i.test(name) ? ',' : /\.tsv$/i.test(name) ? '\t' : undefined
  if (separator === undefined)
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it by keys
      <pre className="log" tabIndex={0}>
        {value.slice(0, LONGEST_TEXT)}
      </pre>
    )
  const [head = [], ...rows] = separated(value, separator, MOST_ROWS + 1)
  return (
    <Scroll label={`${name} as a table`}>
      <table>
        <thead>
          <tr>
            {head.map((title, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name
              <th key={i} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={i}>
              {cells.map((cell, j) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: as their columns
                <td key={j}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`
}
