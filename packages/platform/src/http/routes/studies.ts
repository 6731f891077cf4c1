import {
  bestHistory,
  checkSpace,
  contains,
  type NewEvent,
  openStudy,
  ParzenError,
  type Study,
  type StudyNote,
  type StudySpec,
  type StudyState,
  summarize,
} from '@parzen/core'
import { isAsked } from '../../runner/asked.js'
import { namedProblems } from '../../spec/named-problems.js'
import { parseSweep } from '../../spec/parse.js'
import { template } from '../../spec/template.js'
import { type Answers, by, type Call, type House } from '../call.js'
import type { BodyOf } from '../contract.js'

/** Studies as a whole. */
export const studyAnswers = {
  async studies({ query: { deleted, offset, limit }, tag }, { store, studies }) {
    const all = []
    for (const name of await store.list()) {
      const study = await studies.get(name)
      if ((study.state.note.deleted === true) === (deleted === 'true')) all.push(summaryOf(study))
    }
    tag(`${deleted}-${offset}-${limit}-${all.map(({ study, version }) => `${study}.${version}`).join('-')}`)
    return { total: all.length, studies: all.slice(offset, offset + limit) }
  },
  template: () => ({ text: template }),
  check({ body: { text } }, { folder }) {
    try {
      const { study } = parseSweep(text, { file: 'sweep', folder, mayLackCommand: true })
      return { problems: [], spec: study }
    } catch (error) {
      if (!(error instanceof ParzenError)) throw error
      return { problems: error.message.split('\n'), spec: null }
    }
  },
  async create({ body: { text, start }, caller }, house) {
    const { study: spec } = parseSweep(text, { file: 'sweep', folder: house.folder, mayLackCommand: true })
    if (!caller?.scopes.includes('define')) await refuseCommand(spec, house)
    const study = await openStudy(house.store, spec, { owner: by({ caller }), now: house.now })
    if (spec.job !== undefined && start) await house.start(study.name)
    return summaryOf(study)
  },
  async study({ params, tag }, { studies }) {
    const study = await studies.get(params.study)
    tag(study.state.version)
    return { spec: study.spec, summary: summaryOf(study) }
  },
  async edit(call, { store, studies, now }) {
    const study = await studies.get(call.params.study)
    await openStudy(store, edited(study.spec, call.body), { worker: by(call), now })
    await study.sync()
    return summaryOf(study)
  },
  async remove(call, house) {
    const study = await house.studies.get(call.params.study)
    const reply = await study.commit<{ done: boolean }>(({ note, running }) => {
      if (note.deleted) return { events: [], result: { done: false } }
      const stop: NewEvent = { type: 'study-stop-requested', by: by(call), now: true }
      return {
        events: [
          ...(running.size > 0 ? [stop, ...taken(running, by(call))] : []),
          { type: 'study-noted', by: by(call), deleted: true },
        ],
        result: { done: true },
      }
    })
    await windDown(study, house)
    return reply
  },
  restore: (call, house) => noteStudy(call, house, { deleted: false }),
  noteStudy: (call, house) => noteStudy(call, house, call.body),
  async start({ params }, { studies, start }) {
    const { spec } = await studies.get(params.study)
    if (spec.job === undefined) {
      throw new ParzenError(
        'http/start',
        `study ${params.study}: expected one with a command, got one whose trials are asked for`,
      )
    }
    return { done: await start(params.study) }
  },
  async stop(call, house) {
    const study = await house.studies.get(call.params.study)
    const { now } = call.body
    const reply = await study.commit<{ done: boolean }>(({ ended, stop, running }) => {
      const isOver = ended !== undefined && running.size === 0
      if (isOver || (stop && (stop.now || !now))) return { events: [], result: { done: false } }
      const requested: NewEvent = { type: 'study-stop-requested', by: by(call), now }
      return { events: [requested, ...(now ? taken(running, by(call)) : [])], result: { done: true } }
    })
    await windDown(study, house)
    return reply
  },
  async resume({ params }, { studies }) {
    return { done: await (await studies.get(params.study)).resume() }
  },
} satisfies Partial<Answers>

/** A command is run by whoever runs the study: to store one is to run one, and to take one away ends what others run. */
async function refuseCommand({ name, job }: StudySpec, { store, studies }: House): Promise<void> {
  if (job !== undefined) {
    throw new ParzenError('http/define', 'command: expected none, since this server runs no command that it is sent', {
      hint: 'leave it out and ask for trials, start the server with --allow-define, or use `parzen run`',
    })
  }
  if (!(await store.list()).includes(name) || (await studies.get(name)).spec.job === undefined) return
  throw new ParzenError('http/define', `study ${name}: expected one without a command, got one that has its own`, {
    hint: 'change its budget, space, sampler or pruner by `PATCH`, or give the sweep another study name',
  })
}

/** Where the process that ran a study is gone, nobody else would see that what it launched ends. */
async function windDown({ name, spec, state }: Study, house: House): Promise<void> {
  const isLeft = [...state.running.values()].some((trial) => trial.state === 'running' && !isAsked(trial))
  if (isLeft && state.stop && spec.job !== undefined) await house.windDown?.(name)
}

/** Trials that were asked for, taken from their workers: whoever asks after a resumption goes on with them. */
function taken(running: StudyState['running'], who: string): NewEvent[] {
  return [...running.values()]
    .filter((trial) => trial.state === 'running' && isAsked(trial))
    .map(({ number: trial, attempts }) => {
      const why = { cause: 'killed', message: `stopped by ${who}`, fault: 'infrastructure' } as const
      return { type: 'trial-retried', trial, attempt: attempts.length + 1, ...why }
    })
}

/** The spec with what a caller wants changed, checked as a sweep file's. @throws ParzenError `space/…`, `sampler/…`, `pruner/…`. */
function edited(before: StudySpec, { budget = {}, space: given, sampler, pruner }: BodyOf<'edit'>): StudySpec {
  const limits = Object.entries({ ...before.budget, ...budget }).filter(([, limit]) => limit !== null)
  const space = given === undefined ? before.space : checkSpace(given)
  const { prior = {}, ...rest } = before
  const beliefs = Object.entries(prior).filter(([name, { value }]) => space[name] && contains(space[name], value))
  const spec: StudySpec = {
    ...rest,
    space,
    sampler: sampler ?? before.sampler,
    pruner: pruner ?? before.pruner,
    budget: Object.fromEntries(limits),
    ...(beliefs.length > 0 ? { prior: Object.fromEntries(beliefs) } : {}),
  }
  const [problem] = namedProblems(spec)
  if (problem) throw new ParzenError(problem.code, problem.message, { path: problem.path })
  return spec
}

/** Points of the small picture of a study. */
const HISTORY_POINTS = 60

/** Kept for the version it is of: a list of studies is read again and again. */
const summaries = new WeakMap<Study, ReturnType<typeof summaryNow>>()

export function summaryOf(study: Study) {
  const known = summaries.get(study)
  if (known?.version === study.state.version) return known
  const summary = summaryNow(study)
  summaries.set(study, summary)
  return summary
}

function summaryNow({ state }: Study) {
  return { ...summarize(state), ...state.note, history: bestHistory(state, HISTORY_POINTS), version: state.version }
}

async function noteStudy(call: Pick<Call<'noteStudy'>, 'params' | 'caller'>, { studies }: House, note: StudyNote) {
  const study = await studies.get(call.params.study)
  return study.commit(() => ({
    events: [{ type: 'study-noted' as const, by: by(call), ...note }],
    result: { done: true },
  }))
}
