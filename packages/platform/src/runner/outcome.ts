import { didYouMean, excess, type Outcome, type StudySpec, type TrialRecord, wantedMetrics } from '@parzen/core'
import type { Exit } from '../executors/executor.js'

/** What is known of an attempt that has ended. */
export interface Ended {
  readonly exit: Exit
  readonly spec: Pick<StudySpec, 'objectives' | 'constraints'>
  /** The last value of each objective and constrained metric that was reported. */
  readonly last: { readonly [metric: string]: number }
  /** Names of all metrics met. */
  readonly seen: readonly string[]
  /** The end of standard error. */
  readonly errors: string
  readonly timeoutSeconds: number | undefined
  readonly stoppedBy: string | undefined
}

/**
 * The last value of each wanted metric that attempts before the current one reported, if one of them was paused; otherwise none.
 *
 * One that was paused may have got to its end by then: going on from its checkpoint there is nothing left to do or to report.
 * So may the parent of a fork, whose values count if the fork has reported none.
 */
export function carriedOver(
  { attempts, reports }: Pick<TrialRecord, 'attempts' | 'reports'>,
  wanted: readonly string[],
  parent?: Pick<TrialRecord, 'reports'>,
): Ended['last'] {
  // the end of an attempt that was retried has a cause
  const isPromoted = attempts.slice(0, -1).some(({ endedAt, cause }) => endedAt !== undefined && cause === undefined)
  const before = isPromoted ? reports.filter(({ attempt }) => attempt !== attempts.length) : []
  const inherited = parent && reports.length === 0 ? parent.reports : []
  const found: { [metric: string]: number } = {}
  for (const { metrics } of [...inherited, ...before]) {
    for (const metric of wanted) {
      const value = metrics[metric]
      if (value !== undefined) found[metric] = Number(value)
    }
  }
  return found
}

/** How an attempt has ended, for the study; `lost` may be tried again. */
export function outcomeOf(ended: Ended): Outcome {
  const { exit, errors } = ended
  const failed = (cause: 'exit' | 'timeout' | 'memory' | 'lost' | 'killed', what: string): Outcome => ({
    state: 'failed',
    cause,
    message: errors === '' ? what : `${what}: ${errors}`,
  })
  switch (exit.kind) {
    case 'code':
      return exit.code === 0 ? valuesOf(ended) : failed('exit', `exit code ${exit.code}${meaning(exit.code)}`)
    case 'signal':
      // none of ours, nor for want of memory: somebody's, a batch system's, or its own fault (SIGSEGV)
      return failed(['SIGKILL', 'SIGTERM'].includes(exit.signal) ? 'killed' : 'exit', `ended by ${exit.signal}`)
    case 'timeout':
      return failed('timeout', `not done after ${ended.timeoutSeconds} s`)
    case 'memory':
      return failed('memory', 'killed by the system for want of memory')
    case 'killed':
      return failed('killed', ended.stoppedBy === undefined ? 'interrupted' : `stopped by ${ended.stoppedBy}`)
    case 'unstartable':
      return { state: 'failed', cause: 'exit', message: `could not be started: ${exit.message}` }
    case 'lost':
      return failed('lost', 'neither a process nor a record of its end was found')
    default:
      return exit satisfies never
  }
}

function valuesOf({ spec, last, seen }: Ended): Outcome {
  const { objectives, constraints } = spec
  const wanted = wantedMetrics(spec)
  const missing = wanted.find((metric) => last[metric] === undefined)
  if (missing !== undefined) {
    const found =
      seen.length === 0
        ? `no metric was; print ${missing}=NUMBER`
        : `${seen.join(', ')} were; ${didYouMean(missing, seen)}`
    const message = `exit code 0, but metric ${missing} was never reported: ${found}`
    return { state: 'failed', cause: 'nan', message }
  }
  const lastOf = ({ metric }: { readonly metric: string }) => last[metric] as number
  const bad = wanted.find((metric) => !Number.isFinite(last[metric]))
  if (bad !== undefined) return { state: 'failed', cause: 'nan', message: `metric ${bad} was ${last[bad]}` }
  const values = objectives.map(lastOf)
  if (!constraints) return { state: 'complete', values }
  return { state: 'complete', values, constraints: constraints.map((one) => excess(one, lastOf(one))) }
}

/** As shells use them. */
function meaning(code: number): string {
  if (code === 127) return ' (command not found)'
  if (code === 126) return ' (command cannot be executed)'
  return ''
}
