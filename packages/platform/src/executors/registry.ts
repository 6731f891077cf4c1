import { didYouMean, ParzenError } from '@parzen/core'
import type { Executor } from './executor.js'
import { local } from './local.js'

const executors: { readonly [name: string]: () => Executor } = { local }

const executorNames: readonly string[] = Object.keys(executors)

/** @throws ParzenError `executor/unknown` */
export function executorByName(name: string): Executor {
  const make = executors[name]
  if (make) return make()
  throw new ParzenError(
    'executor/unknown',
    `executor: expected one of ${executorNames.join(', ')}, got ${JSON.stringify(name)}`,
    { hint: didYouMean(name, executorNames), path: ['executor'] },
  )
}
