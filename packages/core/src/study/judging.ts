import type { StudyEvent, StudySpec } from '../journal/event.js'
import { rng } from '../numerics/rng.js'
import type { Curve, Judgement, Promotion, Pruner } from '../pruners/pruner.js'
import { prunerOf, type Watching } from '../pruners/registry.js'

/** What the pruner has to say, without the stamp of an event. */
export type Judgment = Omit<Extract<StudyEvent, { type: 'trial-judged' }>, 'at'>

/**
 * The pruner of a study, told of every event of its journal in order.
 *
 * The law: a verdict depends only on the events before it, the report it answers included; so it can be found again from the
 * journal (`verify`).
 */
export interface Judging {
  /** Takes in the next event. @returns the verdict on a report, if it is anything but to go on. */
  follow(event: StudyEvent): Judgment | undefined
  /** The paused trial to go on with; changes nothing. @param isLast nothing else will be started. */
  promotion(isLast: boolean): (Promotion & { readonly attempt: number }) | undefined
  /** The step at which a trial that has got to `step` is compared next, if that is known; changes nothing. */
  target(trial: number, step: number): number | undefined
}

/** Apart from the streams of samplers, (seed, trial), and of brackets. */
const STREAM = 0x1e7

interface Followed extends Curve {
  readonly steps: number[]
  readonly losses: number[]
  highest: number
  /** Steps, once one has come that is not above all before it. */
  known: Set<number> | undefined
  best: number
  attempt: number
  /** Judged, and not promoted since. */
  isJudged: boolean
  isOver: boolean
  isPruned: boolean
  /** First objective, to be minimised, once complete. */
  result?: number
}

export function judging(): Judging {
  const trials: Followed[] = []
  const paused = new Set<number>()
  let spec: StudySpec | undefined
  let watching: Watching | undefined
  let pruner: Pruner | undefined

  const begin = (next: StudySpec) => {
    const isSame = spec && decidedBy(spec) === decidedBy(next)
    spec = next
    if (isSame) return
    watching = prunerOf(next)
    pruner = watching?.make({ direction: watching.direction, seed: next.seed })
    // a pruner that comes later, or instead of another, knows what was reported before of trials by number
    if (pruner) for (const trial of trials) retell(pruner, trial)
  }

  const report = (event: Extract<StudyEvent, { type: 'trial-reported' }>): Judgment | undefined => {
    const trial = trials[event.trial]
    if (!trial || trial.isOver || event.attempt !== trial.attempt || !watching) return undefined
    const { metric, direction, letThrough } = watching
    let said: Judgment | undefined
    for (const { step, metrics } of event.reports) {
      const value = metrics[metric]
      if (value === undefined || isKnown(trial, step)) continue
      add(trial, step, direction === 'maximize' ? -Number(value) : Number(value))
      const judgement = pruner?.judge(trial)
      if (!judgement || trial.isJudged || said) continue
      said = judgmentOf(trial, step, {
        ...judgement,
        isSpared: rng(spec?.seed ?? 0, trial.trial, STREAM)() < letThrough,
      })
    }
    return said
  }

  const finish = (event: Extract<StudyEvent, { type: 'trial-finished' }>) => {
    const trial = trials[event.trial]
    if (!trial || trial.isOver) return
    trial.isOver = true
    paused.delete(event.trial)
    trial.isPruned = event.outcome.state === 'pruned'
    pruner?.ended?.(event.trial, trial.isPruned)
    const value = event.outcome.state === 'complete' ? event.outcome.values[0] : undefined
    if (value === undefined) return
    trial.result = spec?.objectives[0]?.direction === 'maximize' ? -value : value
    pruner?.complete(trial, trial.result)
  }

  return {
    follow(event) {
      if (event.type === 'study-created' || event.type === 'study-edited') begin(event.spec)
      if (event.type === 'trial-started' && event.trial === trials.length) trials.push(emptyCurve(event.trial))
      if (event.type === 'trial-reported') return report(event)
      if (event.type === 'trial-finished') finish(event)
      const trial = 'trial' in event ? trials[event.trial] : undefined
      if (!trial || trial.isOver) return undefined
      if (event.type === 'trial-retried') trial.attempt = Math.max(trial.attempt, event.attempt)
      if (event.type === 'trial-judged' && event.attempt === trial.attempt) trial.isJudged = true
      if (event.type === 'trial-paused' && event.attempt === trial.attempt) paused.add(event.trial)
      if (event.type === 'trial-promoted' && event.attempt === trial.attempt + 1) {
        trial.attempt++
        trial.isJudged = false
        paused.delete(event.trial)
        pruner?.promoted?.(event.trial)
      }
      return undefined
    },
    target: (trial, step) => pruner?.target?.(trial, step),
    promotion(isLast) {
      if (paused.size === 0) return undefined
      const promotion = pruner?.promote?.(paused, isLast)
      return promotion && { ...promotion, attempt: (trials[promotion.trial]?.attempt ?? 0) + 1 }
    },
  }
}

/** A sampler may bring a pruner with it. */
function decidedBy({ pruner, sampler }: StudySpec): string {
  return JSON.stringify([pruner, sampler])
}

function judgmentOf(
  { trial, attempt }: Followed,
  step: number,
  { verdict, reason, isSpared }: Judgement & { readonly isSpared: boolean },
): Judgment {
  return { type: 'trial-judged', trial, attempt, step, verdict: isSpared ? 'spare' : verdict, reason }
}

function emptyCurve(trial: number): Followed {
  return {
    trial,
    steps: [],
    losses: [],
    highest: Number.NEGATIVE_INFINITY,
    known: undefined,
    best: Number.NaN,
    attempt: 1,
    isJudged: false,
    isOver: false,
    isPruned: false,
  }
}

function isKnown(trial: Followed, step: number): boolean {
  if (step > trial.highest) return false
  trial.known ??= new Set(trial.steps)
  return trial.known.has(step)
}

function add(trial: Followed, step: number, loss: number): void {
  trial.known?.add(step)
  trial.highest = Math.max(trial.highest, step)
  trial.steps.push(step)
  trial.losses.push(loss)
  if (!Number.isNaN(loss) && !(trial.best <= loss)) trial.best = loss
}

function retell(pruner: Pruner, trial: Followed): void {
  const again = emptyCurve(trial.trial)
  trial.steps.forEach((step, i) => {
    add(again, step, trial.losses[i] as number)
    pruner.judge(again)
  })
  if (trial.result !== undefined) pruner.complete(again, trial.result)
  if (trial.isOver) pruner.ended?.(trial.trial, trial.isPruned)
}
