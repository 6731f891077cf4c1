import { ParzenError } from '@parzen/core'
import { parseSweep } from './parse.js'

/** A sweep that is right but for what is added. */
export function smallSweep(more: string, space = 'space:\n  lr: uniform(0, 1)'): string {
  return `study: s\nobjective: { metric: loss, direction: minimize }\ncommand: train {args}\n${space}\n${more}`
}

/** What is said of a sweep that is wrong. */
export function failureOf(text: string): string {
  try {
    parseSweep(text, { file: 'sweep.yaml', folder: '/work/project' })
  } catch (error) {
    if (error instanceof ParzenError) return error.message
    throw error
  }
  throw new Error('expected an error')
}
