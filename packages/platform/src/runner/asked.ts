import type { Json, TrialRecord } from '@parzen/core'

/** What the journal keeps of an attempt that was asked for. */
export interface AskedHandle {
  /** Who runs it. */
  readonly asked: string
  readonly request?: string
  readonly leaseSeconds?: number
}

/** Of the attempt that was launched last. */
export function handleOf({ attempts }: Pick<TrialRecord, 'attempts'>): AskedHandle | undefined {
  return asHandle(attempts.findLast(({ handle }) => handle !== undefined)?.handle)
}

function asHandle(handle: Json | undefined): AskedHandle | undefined {
  const isOne = typeof handle === 'object' && handle !== null && 'asked' in handle
  return isOne ? (handle as unknown as AskedHandle) : undefined
}

/** Whether somebody who asked for it runs it, not a runner. */
export function isAsked(trial: Pick<TrialRecord, 'attempts'>): boolean {
  return handleOf(trial) !== undefined
}
