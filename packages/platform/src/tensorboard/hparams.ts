/** What TensorBoard's HParams tab is told: the columns once for a sweep, the parameters and the end of each attempt. */
import {
  type Attempt,
  type Choice,
  countValues,
  formatDistribution,
  type Parameter,
  type StudySpec,
  type TrialRecord,
} from '@parzen/core'
import {
  type Event,
  type HparamInfo,
  type Hparams,
  type HparamValue,
  hparamsMessage,
  hparamType,
  sessionStatus,
  tensorType,
} from './event.js'
import { encode } from './protobuf.js'

/** Tags of the best and the last value of each objective: the HParams table shows a tag's last value, never its best. */
export function objectiveTags({ objectives }: StudySpec): readonly { readonly best: string; readonly last: string }[] {
  return objectives.map(({ metric }) => {
    const prefix = objectives.length === 1 ? 'objective' : `objective/${metric}`
    return { best: `${prefix}/best`, last: `${prefix}/last` }
  })
}

/** @param metrics all that have been reported; a metric that is not among them gets no column. */
export function experimentEvent(spec: StudySpec, createdAt: number, metrics: Iterable<string>): Event {
  const objectives = spec.objectives.map(({ metric }) => metric)
  const tags = objectiveTags(spec)
  const others = [...metrics].filter((name) => !objectives.includes(name)).sort()
  const columns = [
    ...spec.objectives.map(({ metric, direction }, i) => ({ tag: tags[i]?.best, name: `best ${metric}`, direction })),
    ...spec.objectives.map(({ metric, direction }, i) => ({ tag: tags[i]?.last, name: `last ${metric}`, direction })),
    ...objectives.map((metric) => ({ tag: metric, name: metric, direction: undefined })),
    ...others.map((metric) => ({ tag: metric, name: metric, direction: undefined })),
  ]
  const wanted = spec.objectives.map(({ metric, direction }) => `${direction} ${metric}`).join(', ')
  return hparamsEvent(createdAt, '_hparams_/experiment', {
    experiment: {
      name: spec.name,
      description: `${spec.name}: ${wanted}`,
      timeCreated: createdAt / 1000,
      hparams: Object.entries(spec.space).flatMap(([name, parameter]) => hparamInfo(name, parameter) ?? []),
      metrics: columns.map(({ tag = '', name, direction }) => ({
        name: { group: '', tag },
        displayName: name,
        ...(direction === undefined ? {} : { description: direction }),
      })),
    },
  })
}

function hparamInfo(name: string, parameter: Parameter): HparamInfo | undefined {
  const { when: _, ...distribution } = parameter
  const info = {
    name,
    displayName: name,
    description: formatDistribution(distribution),
    // columns that differ come first; there are only five ticked
    differs: countValues(parameter) > 1,
  }
  if (parameter.kind === 'normal') return { ...info, type: hparamType.number }
  if (parameter.kind !== 'categorical') {
    return { ...info, type: hparamType.number, interval: { min: parameter.low, max: parameter.high } }
  }
  const { choices } = parameter
  const type = typeOf(choices)
  const values = choices.flatMap((choice) => hparamValue(choice, type) ?? [])
  return values.length === 0 ? undefined : { ...info, type, discrete: { values } }
}

/** One type a column: a text among numbers makes all of them texts. */
function typeOf(choices: readonly Choice[]): number {
  const types = new Set(choices.filter((choice) => choice !== null).map((choice) => typeof choice))
  if (types.size !== 1) return hparamType.string
  return types.has('number') ? hparamType.number : types.has('boolean') ? hparamType.bool : hparamType.string
}

/** Undefined for null: with one, TensorBoard's server fails to sort its column. */
function hparamValue(choice: Choice, type: number): HparamValue | undefined {
  if (choice === null) return undefined
  if (type === hparamType.string) return { string: String(choice) }
  return typeof choice === 'boolean' ? { bool: choice } : { number: Number(choice) }
}

/** Parameters that are not active are left out. */
export function sessionStart({ space }: StudySpec, trial: TrialRecord, at: number, group: string): Event {
  const hparams = Object.entries(trial.params).flatMap(([key, choice]) => {
    const parameter = space[key]
    const type = parameter?.kind === 'categorical' ? typeOf(parameter.choices) : hparamType.number
    const value = hparamValue(choice, type)
    return value === undefined ? [] : { key, value }
  })
  return hparamsEvent(at, '_hparams_/session_start_info', {
    sessionStart: { hparams, groupName: group, startTime: at / 1000 },
  })
}

/** Written once, at the end: TensorBoard keeps the first it sees, and has no end of a pruned trial but success. */
export function sessionEnd(trial: TrialRecord, attempt: Attempt, at: number): Event {
  const isFailed = attempt.cause !== undefined || trial.outcome?.state === 'failed'
  const status = isFailed ? sessionStatus.failure : sessionStatus.success
  return hparamsEvent(at, '_hparams_/session_end_info', { sessionEnd: { status, endTime: at / 1000 } })
}

/** The plugin's data travel in the metadata of a tensor without elements. */
function hparamsEvent(at: number, tag: string, hparams: Hparams): Event {
  const content = encode(hparamsMessage, { version: 0, ...hparams }).slice()
  return {
    wallTime: at / 1000,
    summary: {
      values: [
        {
          tag,
          tensor: { type: tensorType.float, shape: { dim: [{ size: 0 }] } },
          metadata: { plugin: { name: 'hparams', content } },
        },
      ],
    },
  }
}
