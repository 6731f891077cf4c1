import type { Analysis } from '@parzen/core'
import { formatValue, percent } from '../../controls/format.js'
import { Card, Empty } from '../../controls/parts.js'

/** What 10, 50 and 100 more trials would bring. */
export function Gains({ metric, analysis }: { metric: string; analysis: Analysis | undefined }) {
  return (
    <Card title="More trials">
      {!analysis && <Empty>asking the server …</Empty>}
      {analysis && analysis.gains.length === 0 && (
        <Empty>Ten complete trials of one objective are needed to say what more of them would bring.</Empty>
      )}
      {analysis && analysis.gains.length > 0 && (
        <>
          <table className="gains">
            <caption className="dim">what {metric} may still gain</caption>
            <thead>
              <tr>
                <th scope="col">trials</th>
                <th scope="col">chance of a better one</th>
                <th scope="col" className="number">
                  expected gain
                </th>
                <th scope="col" className="number">
                  90 % within
                </th>
              </tr>
            </thead>
            <tbody>
              {analysis.gains.map(({ trials, chance, expected, interval: [least, most] }) => (
                <tr key={trials}>
                  <th scope="row">{trials} more</th>
                  <td>
                    <span className="meter" aria-hidden="true">
                      <span style={{ width: `${100 * chance}%` }} />
                    </span>{' '}
                    {percent(chance)}
                  </td>
                  <td className="number">{formatValue(expected)}</td>
                  <td className="number">
                    {formatValue(Number(least.toPrecision(2)))} to {formatValue(Number(most.toPrecision(2)))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {analysis.reasonToStop && <p className="dim">{analysis.reasonToStop}</p>}
        </>
      )}
    </Card>
  )
}
