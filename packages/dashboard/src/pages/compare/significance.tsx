import { comparison, type StudyState, type TrialRow } from '@parzen/core'
import { useAction } from '../../controls/action.js'
import { Card, Empty, Failure } from '../../controls/parts.js'
import { read, send, studyPath } from '../../live/api.js'
import { useFetched } from '../../live/fetched.js'
import { report } from '../../live/report.js'
import { noiseWords, verdict } from '../../state/verdicts.js'

const ROUNDS = 3

/** Whether what was reported differs by more than chance. */
export function Significance({ name, state, rows }: { name: string; state: StudyState; rows: readonly TrialRow[] }) {
  const numbers = rows.map(({ number }) => number)
  const every = Math.max(1, Math.round(state.finished.length / 20))
  const { value, error } = useFetched(`${name} ${numbers} ${Math.floor(state.finished.length / every)}`, () =>
    // the server's answer is the same, and costs the page nothing
    report
      ? Promise.resolve(comparison(state, numbers))
      : read('comparison', studyPath(name, `/comparison?trials=${numbers}`)),
  )
  const direction = state.spec?.objectives[0]?.direction ?? 'minimize'
  const sign = direction === 'maximize' ? -1 : 1
  const best = value?.trials.toSorted((a, b) => sign * (a.mean - b.mean))[0]?.trial
  const isOfBest = ({ a, b }: { readonly a: number; readonly b: number }) => a === best || b === best
  const others = value?.pairs.filter((pair) => !isOfBest(pair)) ?? []
  return (
    <Card title="Is the difference real?" aside={!report && <RunAgain name={name} trials={numbers} />}>
      {error && <Failure error={error} />}
      {value && value.pairs.length === 0 && <Empty>Two of them must be complete, in the space as it is now.</Empty>}
      {value && value.pairs.length > 0 && (
        <>
          <ul className="verdicts">
            {value.pairs.filter(isOfBest).map((pair) => (
              <li key={`${pair.a} ${pair.b}`}>{verdict(pair, value, direction)}.</li>
            ))}
          </ul>
          {others.length > 0 && (
            <details>
              <summary>{others.length === 1 ? 'the other pair' : `the other ${others.length} pairs`}</summary>
              <ul className="verdicts">
                {others.map((pair) => (
                  <li key={`${pair.a} ${pair.b}`}>{verdict(pair, value, direction)}.</li>
                ))}
              </ul>
            </details>
          )}
          <p className="dim">{noiseWords(value)}</p>
        </>
      )}
    </Card>
  )
}

function RunAgain({ name, trials }: { name: string; trials: readonly number[] }) {
  const { said, isBusy, ask } = useAction()
  // in rounds, so that a study that ends early has evaluated each about as often
  const again = async () => {
    for (let round = 1; round <= ROUNDS; round++) {
      const path = studyPath(name, '/trials/retry')
      const done = await ask(send('retryTrials', path, { trials: [...trials] }), `${round * trials.length} queued`)
      if (!done) return
    }
  }
  return (
    <span className="buttons">
      <span role="status" className="dim">
        {said}
      </span>
      <button type="button" disabled={isBusy} onClick={again}>
        Run each {ROUNDS} more times
      </button>
    </span>
  )
}
