import { percent } from '../controls/format.js'

/** Shares as bars, the largest first. */
export function Bars({ rows, caption }: { rows: readonly { label: string; share: number }[]; caption: string }) {
  const most = Math.max(...rows.map(({ share }) => share), 1e-9)
  return (
    <table className="bars">
      <caption className="dim">{caption}</caption>
      <tbody>
        {rows.map(({ label, share }) => (
          <tr key={label}>
            <th scope="row" title={label}>
              {label}
            </th>
            <td className="bar">
              <span style={{ width: `${(100 * share) / most}%` }} />
            </td>
            <td className="number">{percent(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
