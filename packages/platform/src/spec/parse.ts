import {
  type Belief,
  type Constraint,
  checkParams,
  checkTree,
  closest,
  defaultSampler,
  didYouMean,
  type Named,
  ParzenError,
  prunerNames,
  type Space,
  samplerNames,
  show,
  type Tree,
} from '@parzen/core'
import type { z } from 'zod'
import { parseDuration } from './duration.js'
import { eventFilesOf, eventFilesProblems } from './event-files.js'
import { namedProblems } from './named-problems.js'
import { builtinPlaceholders, placeholdersIn } from './placeholders.js'
import { constraintOf, keysAt, type SweepFile, sweepSchema } from './schema.js'
import { isSecret } from './secret.js'
import { type Path, type Problem, readSource, type Source } from './source.js'
import { asJson, type JobSpec, type SourceName, type Sweep } from './spec.js'

export interface ParseOptions {
  /** As error messages call it. */
  readonly file: string
  /** Absolute; where the command runs. */
  readonly folder: string
  /** Whether the command may be left out: the study then has no `job`, and its trials are asked for. */
  readonly mayLackCommand?: boolean
}

const MAX_PROBLEMS = 10

/**
 * A sweep file, YAML or JSON, checked once and whole.
 *
 * @throws ParzenError `spec/…`, `space/…` or `sampler/…`, with `file:line:column: where: what was expected, what came. hint`;
 * of several problems each has a line of the message.
 */
export function parseSweep(text: string, { file, folder, mayLackCommand = false }: ParseOptions): Sweep {
  const source = readSource(text, file)
  const isWithout = mayLackCommand && isMap(source.value as Tree) && !('command' in (source.value as object))
  const value = isWithout ? { ...(source.value as object), command: 'true' } : source.value
  const checked = sweepSchema.safeParse(value)
  const problems = checked.success ? [] : checked.error.issues.flatMap((issue) => asProblems(issue, value))
  const given = value as unknown as SweepFile
  const tree = (given as { space?: Tree } | null)?.space
  const { space, problems: ofSpace } = isMap(tree) ? checkTree(tree) : { space: {}, problems: [] }
  problems.push(...ofSpace.map((problem) => inSpace(problem)))
  if (checked.success) {
    // a parameter that is wrong is known by name all the same
    const isKnown = (name: string) => name in space || (ofSpace.length > 0 && isWithin(name, given.space))
    problems.push(...objectiveProblems(given), ...budgetProblems(given), ...environmentProblems(given))
    problems.push(
      ...commandProblems(given, { space, isKnown }),
      ...patternProblems(given),
      ...eventFilesProblems(given, { space, isKnown }),
    )
    if (ofSpace.length === 0) problems.push(...priorProblems(given, space))
  }
  const job = problems.length === 0 ? jobSpec(given, folder) : undefined
  if (job) {
    const study = {
      name: given.study,
      space,
      objectives: given.objectives ?? (given.objective ? [given.objective] : []),
      ...constraintsOf(given),
      seed: given.seed ?? 0,
      sampler: asNamed(given.sampler ?? defaultSampler),
      pruner: asNamed(given.pruner ?? 'none'),
      budget: budgetOf(given),
      ...(given.prior ? { prior: beliefsOf(given.prior) } : {}),
      ...(given.earlier ? { earlier: given.earlier } : {}),
      ...(isWithout ? {} : { job: asJson(job) }),
    }
    problems.push(...namedProblems(study))
    if (problems.length === 0) return { study, job, from: sourcesOf(given.from) }
  }
  throw together(problems, source)
}

function isMap(value: Tree | undefined): value is { readonly [key: string]: Tree } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a dotted name may be of a parameter in a tree that could not be read whole. */
function isWithin(name: string, tree: object): boolean {
  return Object.keys(tree).some((key) => name === key || name.startsWith(`${key}.`))
}

function together(problems: readonly Problem[], source: Source): ParzenError {
  const inOrder = [...problems].sort((a, b) => source.at(a) - source.at(b))
  const errors = inOrder.map((problem) => source.error(problem))
  const first = errors[0] as ParzenError
  if (errors.length === 1) return first
  const shown = errors.slice(0, MAX_PROBLEMS).map((error) => error.message)
  if (errors.length > MAX_PROBLEMS) shown.push(`… and ${errors.length - MAX_PROBLEMS} more`)
  return new ParzenError(first.code, shown.join('\n'), { path: first.path })
}

function inSpace(error: ParzenError): Problem {
  const { code, message, offset } = error
  return {
    code,
    message: error.path.length > 0 ? message : `space: ${message}`,
    path: ['space', ...error.path],
    offset,
  }
}

/** What other tools call the keys of a sweep. */
const ELSEWHERE: { readonly [key: string]: string } = {
  name: 'study',
  parameters: 'space',
  metric: 'objective',
  method: 'sampler',
  program: 'command',
  searchSpace: 'space',
  tuner: 'sampler',
  algorithm: 'sampler',
  assessor: 'pruner',
  scheduler: 'pruner',
  earlyStopping: 'pruner',
  early_stopping: 'pruner',
  early_terminate: 'pruner',
}

function asProblems(issue: z.core.$ZodIssue, root: unknown): Problem[] {
  const path = issue.path as Path
  // the core says better what is wrong inside the space
  if (path[0] === 'space' && path.length > 1) return []
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, path))
  }
  if (issue.code === 'invalid_key') return [unknownKey(String(path.at(-1)), path.slice(0, -1))]
  const got = valueAt(root, path)
  return [
    namedProblem(path, got) ?? {
      code: 'spec/value',
      message: `${where(path)}expected ${issue.message}, got ${show(got)}`,
      path,
    },
  ]
}

function unknownKey(key: string, path: Path): Problem {
  const known = keysAt(path)
  const other = path.length === 0 ? ELSEWHERE[key] : undefined
  const hint = other ? `here that is ${other}` : didYouMean(key, known)
  const message = `${where([...path, key])}expected a known key, got ${show(key)}. ${hint}`
  return { code: 'spec/key', message, path: [...path, key], atKey: true }
}

/** Samplers, pruners and executors by names we do not have. */
function namedProblem([key, ...rest]: Path, got: unknown): Problem | undefined {
  if (rest.length > 0 || typeof got === 'number') return undefined
  const name = typeof got === 'object' && got !== null ? (got as { name?: unknown }).name : got
  if (typeof name !== 'string') return undefined
  const path = typeof got === 'object' ? [key as string, 'name'] : [key as string]
  const known = key === 'sampler' ? samplerNames : key === 'pruner' ? prunerNames : ['local']
  if (key !== 'sampler' && key !== 'pruner' && key !== 'executor') return undefined
  const near = closest(name, known)
  const hint = key === 'executor' ? '. clusters come in a later version' : near ? `. did you mean ${near}?` : ''
  const expected = known.length > 1 ? `one of ${known.join(', ')}` : known[0]
  return { code: `spec/${key}`, message: `${key}: expected ${expected}, got ${show(name)}${hint}`, path }
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const key of path) value = (value as Record<string | number, unknown> | null | undefined)?.[key]
  return value
}

function where(path: Path): string {
  return path.length > 0 ? `${path.join('.')}: ` : ''
}

function objectiveProblems({ objective, objectives }: SweepFile): Problem[] {
  if (objective && objectives) {
    return [
      {
        code: 'spec/objective',
        message: 'objectives: expected objective or objectives, got both',
        path: ['objectives'],
      },
    ]
  }
  if (!objective && !objectives) {
    const message =
      'objective: expected a metric and a direction, got nothing. write objective: { metric: accuracy, direction: maximize }'
    return [{ code: 'spec/objective', message, path: [] }]
  }
  const metrics = (objectives ?? []).map((each) => each.metric)
  const twice = metrics.findIndex((metric, i) => metrics.indexOf(metric) < i)
  if (twice < 0) return []
  const message = `objectives: expected different metrics, got ${show(metrics[twice])} twice`
  return [{ code: 'spec/objective', message, path: ['objectives', twice, 'metric'] }]
}

/** Limits that compare trials by one value. */
function budgetProblems({ objectives = [], budget = {} }: SweepFile): Problem[] {
  if (objectives.length < 2) return []
  return (['target', 'patience', 'gain'] as const)
    .filter((key) => budget[key] !== undefined)
    .map((key) => ({
      code: 'spec/budget',
      message: `budget.${key}: expected a single objective with it, got ${objectives.length}. leave it out, or give the study one objective`,
      path: ['budget', key],
      atKey: true,
    }))
}

function environmentProblems({ trial }: SweepFile): Problem[] {
  return Object.entries(trial?.environment ?? {}).flatMap(([name, value]): Problem[] => {
    const path = ['trial', 'environment', name]
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      const message = `trial.environment: expected names of letters, digits and _ that begin with no digit, got ${show(name)}`
      return [{ code: 'spec/environment', message, path, atKey: true }]
    }
    if (!isSecret(name, String(value))) return []
    const message = `trial.environment.${name}: expected no secret in a sweep file, since a store keeps it for all to read, got one. set it in the shell that runs parzen: trials have its environment`
    return [{ code: 'spec/secret', message, path, atKey: true }]
  })
}

function beliefsOf(prior: NonNullable<SweepFile['prior']>): { [name: string]: Belief } {
  const entries = Object.entries(prior).map(([name, given]): [string, Belief] => {
    if (typeof given !== 'object' || given === null) return [name, { value: given }]
    const { value, sd } = given
    return [name, sd === undefined ? { value } : { value, sd }]
  })
  return Object.fromEntries(entries)
}

function constraintsOf({ constraints = {} }: SweepFile): { readonly constraints?: readonly Constraint[] } {
  const found = Object.entries(constraints).map(([metric, bound]) => constraintOf(metric, bound))
  return found.length > 0 ? { constraints: found } : {}
}

function sourcesOf(from: SweepFile['from']): readonly SourceName[] {
  if (from === undefined) return []
  return (Array.isArray(from) ? from : [from]).map((one) => (typeof one === 'string' ? { study: one } : one))
}

/** Each value must be one of its parameter's. */
function priorProblems({ prior = {} }: SweepFile, space: Space): Problem[] {
  return Object.entries(beliefsOf(prior)).flatMap(([name, { value }]) => {
    try {
      checkParams(space, { [name]: value })
      return []
    } catch (error) {
      if (!(error instanceof ParzenError)) throw error
      return [{ code: error.code, message: `prior.${error.message}`, path: ['prior', name] }]
    }
  })
}

function commandProblems(
  { command }: SweepFile,
  { space, isKnown }: { space: object; isKnown: (name: string) => boolean },
): Problem[] {
  const words = Array.isArray(command)
    ? command.map((word, i) => ({ word: String(word), path: ['command', i] }))
    : [{ word: String(command), path: ['command'] }]
  const known = [...builtinPlaceholders, ...Object.keys(space)]
  const problems: Problem[] = []
  if (words[0]?.word.trim() === '') {
    problems.push({ code: 'spec/command', message: 'command: expected a program, got nothing', path: ['command'] })
  }
  for (const { word, path } of words) {
    for (const name of placeholdersIn(word)) {
      // an option may stand in the braces too
      const offset = word.search(new RegExp(`\\{[^{}]*${name.replaceAll('.', '\\.')}\\}`))
      if (!known.includes(name) && !isKnown(name)) {
        const message = `command: expected a placeholder such as {args} or {${known[7] ?? 'trial'}}, got {${name}}. ${didYouMean(name, known)} {{${name}}} is the text itself`
        problems.push({ code: 'spec/placeholder', message, path, offset })
      }
    }
  }
  return problems
}

function patternProblems({ trial }: SweepFile): Problem[] {
  const pattern = trial?.metrics?.stdout
  if (pattern === undefined) return []
  const expected = 'trial.metrics.stdout: expected a regular expression with named groups'
  const path = ['trial', 'metrics', 'stdout']
  try {
    // the empty alternative matches anything, so that the names of the groups come out
    const groups = new RegExp(`${pattern}|`).exec('')?.groups
    if (groups && Object.keys(groups).some((name) => name !== 'step')) return []
    return [
      {
        code: 'spec/pattern',
        message: `${expected}, got ${show(pattern)}. write "accuracy=(?<accuracy>\\\\S+)"`,
        path,
      },
    ]
  } catch (error) {
    const hint = pattern.includes('(?P<') ? '. write (?<name>…): (?P<name>…) is how Python names a group' : ''
    return [{ code: 'spec/pattern', message: `${expected}, got ${(error as Error).message}${hint}`, path }]
  }
}

function asNamed(given: string | { readonly [key: string]: unknown }): Named {
  return (typeof given === 'string' ? { name: given } : given) as Named
}

function seconds(value: string | number): number {
  return parseDuration(value) as number
}

function budgetOf({ budget: { time, ...rest } = {} }: SweepFile) {
  return JSON.parse(
    JSON.stringify({ ...rest, ...(time === undefined ? {} : { seconds: seconds(time) }) }),
  ) as Sweep['study']['budget']
}

function jobSpec(file: SweepFile, folder: string): JobSpec {
  const { command, trial = {}, executor = 'local', devices, durability, tensorboard } = file
  const { timeout, grace, retries = {}, resources = {}, metrics = {}, environment = {}, systemMetrics } = trial
  return {
    command: Array.isArray(command) ? command.map(String) : String(command),
    folder,
    executor,
    ...(timeout === undefined ? {} : { timeoutSeconds: seconds(timeout) }),
    graceSeconds: grace === undefined ? 10 : seconds(grace),
    retries: retries as JobSpec['retries'],
    resources: { cpus: resources.cpus ?? 1, gpus: resources.gpus ?? 0 },
    ...(devices === undefined ? {} : { devices: devices.map(String) }),
    metrics: {
      ...(metrics.stdout === undefined ? {} : { stdout: metrics.stdout }),
      jsonLines: metrics.json ?? true,
      ...eventFilesOf(file),
    },
    environment: Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)])),
    durability: durability ?? 'process',
    ...(tensorboard === undefined ? {} : { tensorboard }),
    ...(systemMetrics === undefined ? {} : { systemMetrics }),
  }
}
