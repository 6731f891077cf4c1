import { change } from '../state/address.js'
import { useChosen } from '../state/chosen.js'
import { readable, without } from '../state/filter-terms.js'
import './filter-bar.css'
import { Link } from './parts.js'

/** The filter, its terms to take away one by one, and the trials that were picked. */
export function FilterBar({
  study,
  filter,
  problem,
  shown,
  all,
}: {
  study: string
  filter: string
  problem: string | undefined
  /** How many trials pass, of how many. */
  shown: number
  all: number
}) {
  return (
    <search>
      <form className="filter" onSubmit={(event) => event.preventDefault()}>
        <label htmlFor="filter">Filter</label>
        <input
          id="filter"
          type="search"
          spellCheck={false}
          placeholder="loss < 0.1 and optimizer in (adam, sgd)"
          value={filter}
          onChange={(event) => change({ filter: event.target.value }, { replace: true })}
          aria-invalid={problem !== undefined}
          aria-describedby="filter-says"
        />
        <span id="filter-says" className={problem ? 'problem' : 'dim'}>
          {problem ?? (filter === '' ? `${all} trials` : `${shown} of ${all} trials`)}
        </span>
        {!problem && <Terms filter={filter} />}
      </form>
      <Chosen study={study} filter={filter} />
    </search>
  )
}

function Terms({ filter }: { filter: string }) {
  const terms = readable(filter)
  if (terms.length === 0) return null
  return (
    <ul className="chips" aria-label="conditions in force">
      {terms.map(({ text }, i) => (
        <li key={text} className="chip">
          <span title={text}>{text}</span>
          <button type="button" aria-label={`remove ${text}`} onClick={() => change({ filter: without(filter, i) })}>
            ×
          </button>
        </li>
      ))}
    </ul>
  )
}

const MOST_NAMED = 12

function Chosen({ study, filter }: { study: string; filter: string }) {
  const { chosen, toggle, choose } = useChosen()
  if (chosen.size === 0) return null
  const numbers = [...chosen]
  return (
    <div className="chosen" role="status">
      <span className="dim">{chosen.size} chosen</span>
      <ul className="chips" aria-label="chosen trials">
        {numbers.slice(0, MOST_NAMED).map((number) => (
          <li key={number} className="chip">
            <Link to={{ study, page: 'trial', trial: String(number), filter, chosen: numbers.join(',') }}>
              {`trial ${number}`}
            </Link>
            <button type="button" aria-label={`put trial ${number} back`} onClick={() => toggle(number)}>
              ×
            </button>
          </li>
        ))}
        {numbers.length > MOST_NAMED && <li className="dim">and {numbers.length - MOST_NAMED} more</li>}
      </ul>
      <span className="buttons">
        {numbers.length > 1 && <Link to={{ study, page: 'compare', filter, chosen: numbers.join(',') }}>compare</Link>}
        <button type="button" onClick={() => change({ filter: `trial in (${numbers.join(', ')})` })}>
          only these
        </button>
        <button type="button" onClick={() => choose([])}>
          none
        </button>
      </span>
    </div>
  )
}
