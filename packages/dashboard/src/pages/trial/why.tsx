import { lineageOf, type TrialRecord, type TrialRow } from '@parzen/core'
import { Fragment } from 'react'
import { formatValue, percent } from '../../controls/format.js'
import { Card, Empty, Link } from '../../controls/parts.js'
import { read, studyPath } from '../../live/api.js'
import { useFetched } from '../../live/fetched.js'

const WHY: { readonly [kind: string]: string } = {
  asked: 'somebody asked for it',
  first: 'one of the first, spread over the space before there is much to learn from',
  exploit: 'near what is best so far',
  explore: 'far from what has been tried, to learn more',
  between: 'between what is best and what is unknown',
}

/** Why it was suggested, and what the model expected against what came out. */
export function Why({ name, row, record }: { name: string; row: TrialRow; record: TrialRecord | undefined }) {
  const lineage = record && lineageOf(record)
  const { value, error } = useFetched(`${name} ${row.number}`, () =>
    read('explain', studyPath(name, `/trials/${row.number}/explanation`)),
  )
  return (
    <Card title="Why it was tried">
      {error && <Empty>{error.message}</Empty>}
      {value && (
        <ul className="plain">
          {lineage ? (
            <li>
              it takes the place of{' '}
              <Link to={{ study: name, page: 'trial', trial: String(lineage.replaces) }}>trial {lineage.replaces}</Link>{' '}
              in the population
            </li>
          ) : (
            <li>{WHY[value.kind] ?? value.kind}</li>
          )}
          <li className="dim">
            {value.known} complete trials were known, {value.running} were running
          </li>
          {value.forecasts?.map((forecast, i) => (
            <Forecast key={forecast.mean} forecast={forecast} came={row.values?.[i]} />
          ))}
          {/* JSON has no undefined: what is not there is null or left out */}
          {typeof value.novelty === 'number' && (
            <li>farther from earlier trials than {percent(value.novelty)} of all points</li>
          )}
          {typeof value.promise === 'number' && (
            <li>its neighbours were better than those of {percent(value.promise)} of all points</li>
          )}
          {value.nearest.length > 0 && (
            <li className="dim">
              nearest then:{' '}
              {value.nearest.slice(0, 4).map(({ trial, values }) => (
                <Fragment key={trial}>
                  <Link to={{ study: name, page: 'trial', trial: String(trial) }}>trial {trial}</Link>{' '}
                  {formatValue(values[0])}{' '}
                </Fragment>
              ))}
            </li>
          )}
        </ul>
      )}
    </Card>
  )
}

function Forecast({
  forecast: { mean, sd, interval },
  came,
}: {
  forecast: { readonly mean: number; readonly sd: number; readonly interval: readonly [number, number] }
  came: number | undefined
}) {
  const [low, high] = interval
  return (
    <li>
      expected {formatValue(mean)} ± {formatValue(sd)}, with 90 % between {formatValue(low)} and {formatValue(high)}
      {came !== undefined && (
        <>
          ; came <strong>{formatValue(came)}</strong>, {came >= low && came <= high ? 'as expected' : 'a surprise'}
        </>
      )}
    </li>
  )
}
