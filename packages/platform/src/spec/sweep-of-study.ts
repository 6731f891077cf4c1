import {
  type Choice,
  formatBound,
  formatDistribution,
  type Named,
  type Parameter,
  type Space,
  type StudySpec,
  type Tree,
  type TreeObject,
} from '@parzen/core'
import { type JobSpec, jobOf } from './spec.js'

/**
 * The sweep file that describes a study, as plain data: `parseSweep` makes the same study of it.
 *
 * Not if the space was edited in a way that no file says: the elements of a list of tuned length have their own ranges then, and
 * those of the first one stand for all.
 */
export function sweepOfStudy(study: StudySpec): TreeObject {
  const { name, objectives, sampler, pruner, seed, budget, prior, earlier } = study
  const { seconds, ...limits } = budget
  const [first, ...more] = objectives
  return present({
    study: name,
    ...(more.length > 0 ? { objectives: objectives.map((one) => ({ ...one })) } : { objective: { ...first } as Tree }),
    constraints:
      study.constraints && Object.fromEntries(study.constraints.map((one) => [one.metric, formatBound(one)])),
    ...(study.job === undefined ? {} : jobFields(jobOf(study))),
    space: spaceTree(study.space),
    sampler: namedTree(sampler),
    pruner: pruner.name === 'none' ? undefined : namedTree(pruner),
    seed: seed === 0 ? undefined : seed,
    budget: filled({ ...limits, time: seconds }),
    prior: prior as Tree | undefined,
    earlier: earlier as Tree | undefined,
  })
}

/** The authoring tree of a flat space. */
export function spaceTree(space: Space): TreeObject {
  const root: Branch = { children: new Map() }
  for (const [name, parameter] of Object.entries(space)) {
    let branch = root
    for (const key of name.split('.')) {
      const child: Branch = branch.children.get(key) ?? { children: new Map() }
      branch.children.set(key, child)
      branch = child
    }
    branch.parameter = parameter
  }
  return groupOf(root)
}

/** One level of dotted names. */
interface Branch {
  parameter?: Parameter
  readonly children: Map<string, Branch>
}

function groupOf({ children }: Branch): TreeObject {
  return Object.fromEntries([...children].map(([key, child]) => [key, treeOf(child)]))
}

function treeOf(branch: Branch): Tree {
  const { parameter, children } = branch
  // names of groups never begin with a digit
  const first = children.get('0')
  if (!parameter) return first ? [...children.values()].map(elementOf) : groupOf(branch)
  if (children.size === 0) return leaf(parameter)
  if (parameter.kind === 'categorical') return choiceOf(parameter, children)
  return { repeat: leaf(parameter), each: first ? treeOf(first) : null }
}

/** A list of bare constants is refused, since it may be meant as a choice. */
function elementOf(branch: Branch): Tree {
  const tree = treeOf(branch)
  return typeof tree === 'number' || typeof tree === 'boolean' ? `choice(${tree})` : tree
}

type Categorical = Extract<Parameter, { kind: 'categorical' }>

function choiceOf({ choices, weights }: Categorical, children: ReadonlyMap<string, Branch>): Tree {
  const names = choices.map(String)
  const options = names.map((name): [string, Tree] => {
    const child = children.get(name)
    return [name, child ? treeOf(child) : {}]
  })
  const given = weights && Object.fromEntries(names.map((name, i) => [name, weights[i] as number]))
  return { choice: Object.fromEntries(options), ...(given ? { weights: given } : {}) }
}

/** A constant is a choice of one. */
function leaf({ when: _, ...distribution }: Parameter): Choice {
  if (distribution.kind === 'categorical' && distribution.choices.length === 1) {
    const [only] = distribution.choices
    if (typeof only === 'number' || typeof only === 'boolean') return only
  }
  return formatDistribution(distribution)
}

function namedTree(named: Named): Tree {
  return Object.keys(named).length === 1 ? named.name : ({ ...named } as Tree)
}

/** What of a job is not as it would be without a word of it. */
function jobFields(job: JobSpec): { readonly [key: string]: Tree | undefined } {
  const { cpus, gpus } = job.resources
  const { stdout, jsonLines, tensorboard } = job.metrics
  return {
    command: typeof job.command === 'string' ? job.command : [...job.command],
    executor: job.executor === 'local' ? undefined : job.executor,
    devices: job.devices && [...job.devices],
    durability: job.durability === 'process' ? undefined : job.durability,
    tensorboard: job.tensorboard,
    trial: filled({
      timeout: job.timeoutSeconds,
      grace: job.graceSeconds === 10 ? undefined : job.graceSeconds,
      retries: filled(job.retries as { readonly [cause: string]: number }),
      resources: filled({ cpus: cpus === 1 ? undefined : cpus, gpus: gpus === 0 ? undefined : gpus }),
      metrics: filled({
        stdout,
        json: jsonLines ? undefined : false,
        tensorboard: tensorboard?.folder,
        tag: tensorboard && filled(tensorboard.tags),
      }),
      environment: filled(job.environment),
      systemMetrics: job.systemMetrics,
    }),
  }
}

/** Without what is not there. */
function present(object: { readonly [key: string]: Tree | undefined }): TreeObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as TreeObject
}

/** The same; nothing if nothing is there. */
function filled(object: { readonly [key: string]: Tree | undefined }): TreeObject | undefined {
  const found = present(object)
  return Object.keys(found).length === 0 ? undefined : found
}
