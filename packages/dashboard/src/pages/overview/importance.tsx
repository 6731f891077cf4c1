import type { Analysis, StudySpec } from '@parzen/core'
import { Bars } from '../../charts/bars.js'
import { Choose } from '../../controls/choose.js'
import { percent } from '../../controls/format.js'
import { Card, Empty, Link } from '../../controls/parts.js'
import { useAddress } from '../../state/address.js'

const MEANINGS = {
  top: 'share of what sets the best tenth of the trials apart (PED-ANOVA)',
  alone: 'share of the variance over the whole space that it explains alone (fANOVA)',
}
const LEAST_PAIR = 0.01

/** Which parameters matter: for being among the best, or over the whole space, where pairs that act together are told too. */
export function Importance({
  name,
  spec,
  analysis,
}: {
  name: string
  spec: StudySpec | undefined
  analysis: Analysis | undefined
}) {
  const { matters = 'top', objective: chosen = '0' } = useAddress()
  const objectives = spec?.objectives ?? []
  const objective = objectives[Number(chosen)] ? Number(chosen) : 0
  const found = analysis?.importances[objective]
  const kind = matters === 'alone' ? 'alone' : 'top'
  const rows = (found?.parameters ?? [])
    .map((one) => ({
      label: one.name,
      share: one[kind] ?? 0,
      to: { study: name, page: 'relations', view: 'dependence', parameter: one.name },
    }))
    .sort((a, b) => b.share - a.share)
  const pairs = (found?.pairs ?? []).filter(({ share }) => share >= LEAST_PAIR).slice(0, 3)
  return (
    <Card
      title="What matters"
      aside={
        <span className="buttons">
          {objectives.length > 1 && (
            <Choose
              label="for"
              part="objective"
              value={String(objective)}
              options={objectives.map(({ metric }, i) => ({ value: String(i), text: metric }))}
            />
          )}
          <Choose
            label="counted"
            part="matters"
            value={kind}
            options={[
              { value: 'top', text: 'among the best' },
              { value: 'alone', text: 'everywhere' },
            ]}
          />
        </span>
      }
    >
      {!analysis && <Empty>asking the server …</Empty>}
      {analysis && rows.length === 0 && <Empty>Too few complete trials to tell which parameters matter.</Empty>}
      {rows.length > 0 && <Bars rows={rows} caption={MEANINGS[kind]} />}
      {kind === 'alone' && pairs.length > 0 && (
        <ul className="plain together">
          {pairs.map(({ names: [a, b], share }) => (
            <li key={`${a} ${b}`}>
              <Link to={{ study: name, page: 'relations', view: 'contour', parameter: a, with: b }}>
                {a} and {b}
              </Link>{' '}
              together: {percent(share)} more
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
