import { checkHistory, closest, ParzenError, type Store, type StudyEvent, type StudySpec } from '@parzen/core'
import { studyNameProblem } from '../spec/schema.js'
import { importedStudy } from '../tensorboard/imported-study.js'
import { readRuns } from '../tensorboard/runs.js'

export interface RunsToImport {
  /** Of the new study. */
  readonly name: string
  /** Absolute; the log folder. */
  readonly folder: string
  /** What messages call it. */
  readonly shown: string
  /** The objective, one of the two: a tag of the runs. */
  readonly minimize?: string | undefined
  readonly maximize?: string | undefined
  /** Kept of each curve, at least 2. */
  readonly points: number
}

export interface ImportedRuns {
  readonly study: string
  readonly trials: number
  readonly params: readonly string[]
  readonly metrics: readonly string[]
}

export interface RunsAsStudy {
  readonly events: readonly StudyEvent[]
  readonly imported: ImportedRuns
}

/** The journal of a study that has a trial for each run of a log folder. @throws ParzenError `study/name`, `import/…`. */
export function runsAsStudy({ name, folder, shown, points, ...wanted }: RunsToImport): RunsAsStudy {
  const problem = studyNameProblem(name)
  if (problem !== undefined) {
    throw new ParzenError('study/name', `study: ${problem}`, { hint: '--study gives it another name' })
  }
  const runs = readRuns(folder, points)
  if (runs.runs.length === 0) {
    throw new ParzenError(
      'import/empty',
      `import: expected event files (*tfevents*) with scalars in ${shown}, got none`,
    )
  }
  const metrics = [...new Set(runs.runs.flatMap(({ curves }) => [...curves.keys()]))].sort()
  const events = importedStudy(name, objectiveOf(wanted, metrics), runs)
  const [wrong] = checkHistory(events)
  if (wrong !== undefined) throw new ParzenError('import/journal', `import: expected a lawful journal, got ${wrong}`)
  return { events, imported: { study: name, trials: runs.runs.length, params: paramsOf(events), metrics } }
}

/** @throws ParzenError `study/exists`. */
export async function keepImported(store: Store, { events, imported }: RunsAsStudy): Promise<ImportedRuns> {
  const { study } = imported
  if (!(await store.append(study, 0, events))) {
    throw new ParzenError('study/exists', `study ${study}: expected a new one, got one that is in this store already`, {
      hint: '--study gives it another name',
    })
  }
  return imported
}

function paramsOf([created]: readonly StudyEvent[]): string[] {
  return created?.type === 'study-created' ? Object.keys(created.spec.space) : []
}

function objectiveOf(
  { minimize, maximize }: Pick<RunsToImport, 'minimize' | 'maximize'>,
  tags: readonly string[],
): StudySpec['objectives'][number] {
  const metric = minimize ?? maximize
  const found = `found: ${tags.length === 0 ? 'none' : tags.slice(0, 20).join(', ')}${tags.length > 20 ? ', …' : ''}`
  if (metric === undefined || (minimize !== undefined && maximize !== undefined)) {
    const got = metric === undefined ? 'none' : 'both'
    throw new ParzenError('import/objective', `import: expected --minimize TAG or --maximize TAG, got ${got}`, {
      hint: found,
    })
  }
  if (!tags.includes(metric)) {
    const like = closest(metric, tags)
    const hint = like === undefined ? found : `did you mean ${like}? ${found}`
    throw new ParzenError('import/objective', `import: expected a tag of these runs, got ${metric}`, { hint })
  }
  return { metric, direction: minimize === undefined ? 'maximize' : 'minimize' }
}
