import { didYouMean, show } from '@parzen/core'
import { builtinPlaceholders, placeholdersIn } from './placeholders.js'
import type { SweepFile } from './schema.js'
import type { Problem } from './source.js'
import type { EventFiles } from './spec.js'

const path = ['trial', 'metrics', 'tensorboard']

/** What is wrong with `trial.metrics.tensorboard` and `trial.metrics.tag`. */
export function eventFilesProblems(
  file: SweepFile,
  { space, isKnown }: { readonly space: object; readonly isKnown: (name: string) => boolean },
): Problem[] {
  const { tensorboard, tag } = file.trial?.metrics ?? {}
  if (tensorboard === undefined) return tag === undefined ? [] : [tagWithoutFolder]
  return [...folderProblems(tensorboard, { space, isKnown }), ...tagProblems(file)]
}

const tagWithoutFolder: Problem = {
  code: 'spec/tag',
  message:
    'trial.metrics.tag: expected the folder of event files beside it, got none. write tensorboard: logs, or leave tag out',
  path: ['trial', 'metrics', 'tag'],
  atKey: true,
}

function folderProblems(
  folder: string,
  { space, isKnown }: { readonly space: object; readonly isKnown: (name: string) => boolean },
): Problem[] {
  const known = [...builtinPlaceholders, ...Object.keys(space)]
  const names = placeholdersIn(folder)
  const unknown = names.filter((name) => !known.includes(name) && !isKnown(name))
  const problems: Problem[] = unknown.map((name) => ({
    code: 'spec/placeholder',
    message: `${path.join('.')}: expected a placeholder such as {trial}, got {${name}}. ${didYouMean(name, known)}`,
    path,
    offset: folder.indexOf(`{${name}}`),
  }))
  if (isShared(folder) && !names.includes('trial') && !names.includes('dir')) {
    const message = `${path.join('.')}: expected {trial} in a folder outside of the trial's own, got ${show(folder)}. otherwise trials would read each other's metrics`
    problems.push({ code: 'spec/tensorboard', message, path })
  }
  return problems
}

/** Whether the folder lies outside of what each attempt has for itself. */
export function isShared(folder: string): boolean {
  return folder.startsWith('/') || /^\.\.?(\/|$)/.test(folder)
}

function tagProblems(file: SweepFile): Problem[] {
  const { tag } = file.trial?.metrics ?? {}
  const metrics = objectivesOf(file)
  if (typeof tag === 'string' && metrics.length > 1) {
    return [
      {
        code: 'spec/tag',
        message: `trial.metrics.tag: expected tags by metric, since there are ${metrics.length} objectives, got ${show(tag)}. write { ${metrics[0]}: ${tag} }`,
        path: ['trial', 'metrics', 'tag'],
      },
    ]
  }
  return []
}

function objectivesOf({ objective, objectives }: SweepFile): string[] {
  return (objectives ?? (objective ? [objective] : [])).map(({ metric }) => metric)
}

/** Of a file without problems. */
export function eventFilesOf(file: SweepFile): { readonly tensorboard?: EventFiles } {
  const { tensorboard: folder, tag } = file.trial?.metrics ?? {}
  if (folder === undefined) return {}
  const metric = objectivesOf(file)[0] as string
  const tags = tag === undefined ? {} : typeof tag === 'string' ? { [metric]: tag } : tag
  return { tensorboard: { folder, tags } }
}
