import type { Constraint, Outcome, StudySpec } from './event.js'

type Complete = Extract<Outcome, { readonly state: 'complete' }>

/** Whether a trial is complete and keeps all constraints: only then it may be the best. */
export function isFeasible(outcome: Outcome | undefined): outcome is Complete {
  return outcome?.state === 'complete' && !outcome.constraints?.some((c) => !(c <= 0))
}

/** How far a value is beyond the bound; feasible at <= 0. */
export function excess(constraint: Constraint, value: number): number {
  return 'atMost' in constraint ? value - constraint.atMost : constraint.atLeast - value
}

/** A constraint with the value a trial had there. */
export interface Kept {
  readonly constraint: Constraint
  readonly value: number
  readonly isBroken: boolean
}

/** What a trial made of the constraints; those that an objective in code returned have no names. */
export function keptBy(outcome: Outcome | undefined, constraints: readonly Constraint[] = []): readonly Kept[] {
  if (outcome?.state !== 'complete') return []
  return (outcome.constraints ?? []).map((beyond, i): Kept => {
    const constraint = constraints[i] ?? { metric: `constraint ${i + 1}`, atMost: 0 }
    const value = 'atMost' in constraint ? constraint.atMost + beyond : constraint.atLeast - beyond
    return { constraint, value, isBroken: !(beyond <= 0) }
  })
}

/** `latency <= 20` */
export function formatConstraint(constraint: Constraint): string {
  return `${constraint.metric} ${formatBound(constraint)}`
}

/** `<= 20`, as a sweep file has it. */
export function formatBound(constraint: Constraint): string {
  return 'atMost' in constraint ? `<= ${constraint.atMost}` : `>= ${constraint.atLeast}`
}

/** What a trial has to report to be complete: the objectives, then what is constrained. */
export function wantedMetrics({
  objectives,
  constraints = [],
}: Pick<StudySpec, 'objectives' | 'constraints'>): readonly string[] {
  return [...new Set([...objectives, ...constraints].map(({ metric }) => metric))]
}
