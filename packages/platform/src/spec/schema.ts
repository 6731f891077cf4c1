import { type Constraint, prunerNames, samplerNames, type Tree } from '@parzen/core'
import { z } from 'zod'
import { parseDuration } from './duration.js'

/**
 * The sweep file, defined once: checks it, types it, and makes the JSON Schema that editors complete from.
 *
 * Each message is what was expected; `parse.ts` adds where and what came. What the space and the sampler's options mean
 * is checked by the core.
 */
const duration = z
  .union([z.number(), z.string()], 'a duration such as 90, 10m or 1h30m')
  .refine((value) => parseDuration(value) !== undefined, 'a duration such as 90, 10m or 1h30m')
  .meta({
    id: 'duration',
    description: 'Seconds, or a duration such as 90s, 10m or 1h30m',
    examples: ['10m', '1h30m', 90],
  })

const count = (least: number) => {
  const expected = `a whole number of at least ${least}`
  return z.int(expected).min(least, expected)
}

const subtree: z.ZodType<Tree> = z
  .lazy(() => z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(subtree), z.record(z.string(), subtree)]))
  .meta({
    id: 'subtree',
    description:
      'A distribution such as uniform(0, 1), a constant, a group of parameters by name, a list, { choice: { option: subtree } }, or { repeat: int(1, 4), each: subtree }',
    examples: ['uniform(0, 1)', 'loguniform(1e-5, 0.1)', 'int(1, 512, log)', 'choice(16, 32, 64)', 'normal(0, 1)'],
  })

const objective = z.strictObject(
  {
    metric: z
      .string('the name of a metric')
      .min(1, 'the name of a metric')
      .meta({ description: 'As the trials report it' }),
    direction: z.enum(['minimize', 'maximize'], 'minimize or maximize'),
  },
  'a metric and a direction, as { metric: accuracy, direction: maximize }',
)

const bound = /^\s*([<>]=)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*$/
const boundsExpected = 'bounds by metric, as { latency_ms: "<= 20" }'
const boundExpected = 'a bound such as "<= 20" or ">= 0.9"'

/** `<= 20`, which the schema has checked, as a constraint. */
export function constraintOf(metric: string, text: string): Constraint {
  const [, sign, number] = bound.exec(text) ?? []
  return sign === '<=' ? { metric, atMost: Number(number) } : { metric, atLeast: Number(number) }
}

const named = (names: readonly string[], what: string) =>
  z.union(
    [z.enum(names as [string, ...string[]]), z.looseObject({ name: z.enum(names as [string, ...string[]]) })],
    `the name of a ${what} (${names.join(', ')}), or its name and options as { name: ${names[1]}, … }`,
  )

const eventFolder = 'a folder of event files, such as logs'

const causes = ['exit', 'timeout', 'memory', 'nan', 'lost', 'killed'] as const

const budget = z.strictObject(
  {
    trials: count(1).optional().meta({ description: 'Trials to start, in all runs together' }),
    parallel: count(1).optional().meta({ description: 'Trials running at the same time; the cores if left out' }),
    time: duration.optional().meta({ description: 'Time in which at least one trial ran, in all runs together' }),
    target: z.number('a number').optional().meta({ description: 'End when the first objective is at least this good' }),
    patience: count(1)
      .optional()
      .meta({ description: 'End after so many finished trials in a row without a better one' }),
    gain: z
      .number('a number above 0')
      .positive('a number above 0')
      .optional()
      .meta({ description: 'End when 20 more trials are expected to improve the best by less than this' }),
  },
  'limits by name, as { trials: 100, time: 2h }',
)

const trial = z.strictObject(
  {
    timeout: duration.optional().meta({ description: 'A longer attempt is ended' }),
    grace: duration.optional().meta({ description: 'Between TERM and KILL; 10 s if left out' }),
    retries: z
      .partialRecord(z.enum(causes), count(0), `numbers by cause: ${causes.join(', ')}`)
      .optional()
      .meta({ description: 'How often a trial is tried again, by the cause of its failure' }),
    resources: z
      .strictObject(
        {
          cpus: z.number('a number above 0').positive('a number above 0').optional(),
          gpus: count(0).optional(),
        },
        'numbers, as { cpus: 1, gpus: 0 }',
      )
      .optional(),
    metrics: z
      .strictObject(
        {
          stdout: z
            .string('a regular expression with named groups, such as "accuracy=(?<accuracy>\\\\S+)"')
            .optional()
            .meta({ description: 'Matched against each line of standard output; its named groups are metrics' }),
          json: z
            .boolean('true or false')
            .optional()
            .meta({ description: 'Whether lines of JSON objects on standard output are metrics; true if left out' }),
          tensorboard: z
            .string(eventFolder)
            .min(1, eventFolder)
            .optional()
            .meta({
              description:
                'Folder of the event files the command writes, in its own folder {dir}, or with ./ in front where it runs; * is any folder',
              examples: ['logs', 'runs/*', './runs/trial-{trial}'],
            }),
          tag: z
            .union(
              [z.string().min(1), z.record(z.string(), z.string().min(1))],
              'a tag, or tags by metric as { accuracy: val/accuracy }',
            )
            .optional()
            .meta({ description: "The objective's tag in those files, if it is another than its name" }),
        },
        'sources, as { stdout: "accuracy=(?<accuracy>\\\\S+)" }',
      )
      .optional(),
    systemMetrics: z
      .boolean('true or false')
      .optional()
      .meta({ description: 'Whether CPU, memory and GPU use of each attempt are measured; true if left out' }),
    environment: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()], 'a text'), 'variables by name')
      .optional()
      .meta({ description: 'Variables for the command, besides those of the runner' }),
  },
  'settings of a trial, as { timeout: 10m }',
)

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], 'a value')
const belief = z.union(
  [scalar, z.strictObject({ value: scalar, sd: z.number('a number above 0').positive('a number above 0').optional() })],
  'a value, or a value and how sure it is as { value: 0.1, sd: 0.05 }',
)
const source = z.union(
  [
    z.string().min(1),
    z.strictObject({
      study: z.string().min(1),
      store: z.string().min(1).optional(),
      comparable: z.boolean().optional(),
    }),
  ],
  'the name of a study, or { study: other, store: PATH, comparable: true }',
)

const studyName = /^[A-Za-z0-9][\w.-]{0,99}$/
const studyNameExpected = 'a name of letters, digits, _ . and -, at most 100'

/** What is wrong with a study's name, as the end of a message; undefined if nothing is. */
export function studyNameProblem(name: string): string | undefined {
  return studyName.test(name) ? undefined : `expected ${studyNameExpected}, got ${JSON.stringify(name)}`
}

const word = 'a list of words, or a text for the shell'

export const sweepSchema = z
  .strictObject(
    {
      $schema: z.string('the address of a JSON Schema').optional(),
      study: z
        .string('a name of letters, digits, _ . and -')
        .regex(studyName, studyNameExpected)
        .meta({ description: 'Unique in its store; running it again resumes it' }),
      objective: objective.optional(),
      objectives: z.array(objective, 'a list of objectives').min(1, 'at least one objective').optional(),
      constraints: z
        .record(z.string().min(1), z.string(boundExpected).regex(bound, boundExpected), boundsExpected)
        .optional()
        .meta({
          description:
            'Bounds of metrics, as the trials report them: only a trial that keeps all of them can be the best',
          examples: [{ latency_ms: '<= 20' }],
        }),
      command: z
        .union([z.string().min(1, word), z.array(z.union([z.string(), z.number(), z.boolean()])).min(1, word)], word)
        .meta({
          description:
            'A text runs through the shell, a list without one. {args} is --name=value for each parameter, {name} one value, {params} the path of all as JSON; also {trial} {seed} {dir} {study} {attempt}',
          examples: ['python train.py {args}'],
        }),
      space: z.record(z.string(), subtree, 'a map of parameters by name').meta({ description: 'What is tuned' }),
      sampler: named(samplerNames, 'sampler').optional(),
      pruner: named(prunerNames, 'pruner').optional(),
      budget: budget.optional(),
      prior: z
        .record(z.string(), belief, 'values by dotted name of the parameter')
        .optional()
        .meta({
          description:
            'Where you expect good values: tried first, then drawn around, ever more rarely. sd is a share of the range, 0.15 if left out',
          examples: [{ lr: 0.001, optimizer: 'adam', dropout: { value: 0.1, sd: 0.05 } }],
        }),
      from: z
        .union([source, z.array(source)], 'the name of a study, or a list of them')
        .optional()
        .meta({
          description:
            'Earlier studies to begin with: their best settings are tried first; comparable (same data and metric): their results count as if they were of this one',
        }),
      earlier: z
        .record(z.string(), scalar, 'values by dotted name of the parameter')
        .optional()
        .meta({ description: 'What trials had before a parameter was added to the space, so that they still count' }),
      trial: trial.optional(),
      executor: z.enum(['local'], 'local').optional(),
      seed: count(0).optional().meta({ description: 'Of all suggestions; 0 if left out' }),
      devices: z
        .array(z.union([z.string(), z.int()], 'a GPU id'), 'a list of GPU ids')
        .optional()
        .meta({ description: 'GPUs to hand out; found with nvidia-smi if left out' }),
      durability: z
        .enum(['process', 'power'], 'process or power')
        .optional()
        .meta({ description: 'power: what is committed also survives a power cut' }),
      tensorboard: z
        .boolean('true or false')
        .optional()
        .meta({ description: 'Whether logs for TensorBoard are written as it runs; true if left out' }),
    },
    'a sweep: study, objective, command, space, …',
  )
  .meta({ title: 'Parzen sweep', description: 'What `parzen run` reads' })

export type SweepFile = z.infer<typeof sweepSchema>

/** The JSON Schema published as `docs/sweep.schema.json`. */
export function sweepJsonSchema(): object {
  return z.toJSONSchema(sweepSchema, { io: 'input' })
}

/** The keys that may stand at `path`, for "did you mean". */
export function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = sweepSchema
  for (const key of path) {
    schema = unwrapped(schema)
    if (schema instanceof z.ZodArray) schema = schema.element
    else if (schema instanceof z.ZodObject) schema = schema.shape[String(key)]
  }
  schema = unwrapped(schema)
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  return schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum ? schema.keyType.options.map(String) : []
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema
}
