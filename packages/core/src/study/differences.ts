import { formatConstraint } from '../journal/constraint.js'
import type { StudySpec } from '../journal/event.js'
import type { Parameter } from '../space/distribution.js'
import { formatDistribution } from '../space/format-distribution.js'

export interface Differences {
  /** What an existing study cannot change. */
  readonly fixed: readonly { readonly what: string; readonly text: string }[]
  /** How the space differs, for people. */
  readonly space: readonly string[]
  /** Whether something that can be changed differs, the space included. */
  readonly editable: boolean
}

/** What a sweep file asks of an existing study that differs from what it was created with. */
export function differences(before: StudySpec, after: StudySpec): Differences {
  const fixed: { what: string; text: string }[] = []
  const space: string[] = []
  const names = new Set([...Object.keys(before.space), ...Object.keys(after.space)])
  for (const name of names) {
    const [a, b] = [before.space[name], after.space[name]]
    if (JSON.stringify(a) === JSON.stringify(b)) continue
    const text = !a ? `${name} is new` : !b ? `${name} is gone` : `${name} was ${describe(a)}, is ${describe(b)}`
    space.push(text)
  }
  if (JSON.stringify(before.objectives) !== JSON.stringify(after.objectives)) {
    fixed.push({
      what: 'objective',
      text: `was ${JSON.stringify(before.objectives)}, is ${JSON.stringify(after.objectives)}`,
    })
  }
  if (JSON.stringify(before.constraints ?? []) !== JSON.stringify(after.constraints ?? [])) {
    fixed.push({ what: 'constraints', text: `were ${bounds(before)}, are ${bounds(after)}` })
  }
  if (before.seed !== after.seed) fixed.push({ what: 'seed', text: `was ${before.seed}, is ${after.seed}` })
  const rest = ({ sampler, pruner, budget, prior, earlier, job }: StudySpec) =>
    JSON.stringify([sampler, pruner, budget, prior ?? null, earlier ?? null, job ?? null])
  return { fixed, space, editable: space.length > 0 || rest(before) !== rest(after) }
}

function bounds({ constraints = [] }: StudySpec): string {
  return constraints.map(formatConstraint).join(', ') || 'none'
}

function describe({ when, ...distribution }: Parameter): string {
  const conditions = Object.entries(when ?? {}).map(([name, values]) => `${name} is ${values.join(' or ')}`)
  return `${formatDistribution(distribution)}${conditions.length > 0 ? ` if ${conditions.join(' and ')}` : ''}`
}
