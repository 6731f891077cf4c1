import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ParzenError } from '@parzen/core'
import { namedProblems } from '../spec/named-problems.js'
import { parseSweep } from '../spec/parse.js'
import { studyNameProblem } from '../spec/schema.js'
import type { Sweep } from '../spec/spec.js'

/** What the command line says instead of the file. */
export interface SweepOptions {
  readonly trials?: number
  readonly parallel?: number
  readonly sampler?: string
  readonly seed?: number
  readonly name?: string
  readonly from?: readonly string[]
  readonly comparable?: boolean
}

/** @throws ParzenError `cli/sweep`, and what `parseSweep` throws. */
export function readSweep(file: string): Sweep {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'EISDIR') throw cause
    const got = code === 'ENOENT' ? 'nothing there' : 'a folder'
    throw new ParzenError('cli/sweep', `${file}: expected a sweep file, got ${got}`, {
      hint: '`parzen init` writes one to start from',
      cause,
    })
  }
  return parseSweep(text, { file, folder: dirname(resolve(file)) })
}

/** The command line wins over the file. @throws ParzenError of a sampler there is none of, or that does not take this space. */
export function withOptions(sweep: Sweep, options: SweepOptions): Sweep {
  const { trials, parallel, sampler, seed, name, from, comparable = false } = options
  const { study } = sweep
  const wrongName = name === undefined ? undefined : studyNameProblem(name)
  if (wrongName !== undefined) throw new ParzenError('cli/name', `--name: ${wrongName}`)
  const budget = {
    ...study.budget,
    ...(trials === undefined ? {} : { trials }),
    ...(parallel === undefined ? {} : { parallel }),
  }
  const changed = {
    ...study,
    budget,
    ...(sampler === undefined ? {} : { sampler: { name: sampler } }),
    ...(seed === undefined ? {} : { seed }),
    ...(name === undefined ? {} : { name }),
  }
  const [problem] = namedProblems(changed)
  if (problem) throw new ParzenError(problem.code, `--sampler: ${problem.message.replace(/^sampler: /, '')}`)
  return { ...sweep, study: changed, from: from ? from.map((study) => ({ study, comparable })) : sweep.from }
}
