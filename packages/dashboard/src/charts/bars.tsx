import { percent } from '../controls/format.js'
import { Link } from '../controls/parts.js'
import type { Address } from '../state/address.js'

const MOST = 15

/** Shares as bars; a label may lead somewhere. */
export function Bars({
  rows,
  caption,
}: {
  rows: readonly { readonly label: string; readonly share: number; readonly to?: Address }[]
  caption: string
}) {
  const most = Math.max(...rows.map(({ share }) => share), 1e-9)
  return (
    <table className="bars">
      <caption className="dim">{caption}</caption>
      <tbody>
        {rows.slice(0, MOST).map(({ label, share, to }) => (
          <tr key={label}>
            <th scope="row" title={label}>
              {to ? <Link to={to}>{label}</Link> : label}
            </th>
            <td className="bar">
              <span style={{ width: `${(100 * share) / most}%` }} />
            </td>
            <td className="number">{percent(share)}</td>
          </tr>
        ))}
        {rows.length > MOST && (
          <tr>
            <td colSpan={3} className="dim">
              and {rows.length - MOST} that matter less
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}
