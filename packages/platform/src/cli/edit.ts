import { differences, openStudy, ParzenError, type Study, type StudySpec, stillApplying } from '@parzen/core'
import type { Command } from 'commander'
import { type Cli, command } from './command.js'
import { count } from './format/number.js'
import { pickStudy, whoAmI, withExistingStore } from './open.js'

interface Options {
  store?: string
  json?: boolean
  force?: boolean
}

export function editCommand(cli: Cli): Command {
  return command({
    usage: 'edit [sweep]',
    summary: 'Change a study to what its sweep file says now, also while it runs elsewhere; `run` does the same first.',
    examples: [
      ['parzen edit', 'after a change of sweep.yaml: range, choices, budget, sampler, command'],
      ['parzen edit lr.yaml --force', 'also if most earlier trials then lie outside'],
    ],
    json: 'an object: study edited space[] applying finished.',
  })
    .option('--force', 'although most earlier trials lie outside the edited space')
    .action(async (file: string | undefined, options: Options) => {
      const { readSweep } = await import('./sweep-file.js')
      const { study: spec } = readSweep(file ?? 'sweep.yaml')
      await withExistingStore(options.store, async ({ store }) => {
        const study = await pickStudy(store, spec.name)
        const change = describeEdit(study, spec, options.force ?? false)
        const edited = change === undefined ? study : await openStudy(store, spec, { worker: whoAmI(cli.environment) })
        if (options.json) {
          const { space = [], applying = study.state.finished.length } = change ?? {}
          const answer = { study: study.name, edited: change !== undefined, space, applying }
          return cli.terminal.print(JSON.stringify({ ...answer, finished: study.state.finished.length }))
        }
        for (const line of change?.lines ?? [`${edited.name}: is already as the sweep file says`])
          cli.terminal.print(line)
      })
    })
}

export interface Edit {
  readonly space: readonly string[]
  /** Finished trials that still mean something. */
  readonly applying: number
  /** For people. */
  readonly lines: readonly string[]
}

/**
 * What running `spec` will change of an existing study; undefined if nothing.
 * @throws ParzenError `study/edit` if most finished trials would be lost to the sampler and nobody has said that this is meant.
 */
export function describeEdit(study: Study, spec: StudySpec, isMeant: boolean): Edit | undefined {
  const { editable, space } = differences(study.spec, spec)
  if (!editable) return undefined
  const { finished, trials } = study.state
  if (space.length === 0) return { space, applying: finished.length, lines: [`${spec.name}: edited`] }
  const applying = stillApplying({ spec, spaceSince: trials.length }, finished).length
  const share = `${applying} of ${count(finished.length, 'earlier trial')} still count${applying === 1 ? 's' : ''}`
  if (!isMeant && applying < finished.length / 2) {
    throw new ParzenError(
      'study/edit',
      `study ${spec.name}: expected an edit that keeps most trials, got one after which ${share}: ${space.join('; ')}`,
      {
        hint: 'if that is meant: `parzen run --edit`, `parzen edit --force`; a new parameter’s former value goes under `earlier`; a new study name starts afresh',
      },
    )
  }
  return { space, applying, lines: [`${spec.name}: edited: ${space.join('; ')}; ${share}`] }
}
