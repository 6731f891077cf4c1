import type {
  Analysis,
  Explanation,
  Json,
  Nested,
  Outcome,
  Snapshot,
  StudyEvent,
  StudySpec,
  StudySummary,
  TrialRow,
} from '@parzen/core'
import { z } from 'zod'
import { type Route, route, scopes } from './route.js'

/** Plain data whose type the core declares; described as any JSON value. */
const of = <T>(description: string) => z.custom<T>().describe(description)
const study = z.object({ study: z.string().min(1).max(200).describe('name of the study') })
const trial = study.extend({ trial: z.coerce.number().int().min(0).describe('number of the trial') })
const choice = z.union([z.string(), z.number(), z.boolean(), z.null()])
const params = z.record(z.string(), choice).describe('values by dotted name')
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
const done = z.object({ done: z.boolean().describe('false: there was nothing to do') })
const tags = z.array(z.string().min(1).max(50)).max(20)
const note = z.string().max(10_000)
const summary = of<StudySummary & { readonly version: number }>('progress, counts and best value of a study')
const outcome: z.ZodType<Outcome> = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('complete'),
    values: z.array(z.number()).min(1).describe('one an objective'),
    constraints: z.array(z.number()).optional(),
  }),
  z.object({ state: z.literal('pruned'), reason: z.string().max(1000) }),
  z.object({
    state: z.literal('failed'),
    cause: z.enum(['exit', 'timeout', 'memory', 'nan', 'lost', 'killed']),
    message: z.string().max(10_000),
  }),
]) as unknown as z.ZodType<Outcome>
const text = { maxLength: 1_000_000 }

export const routes = {
  about: route({
    method: 'GET',
    path: '/api/v1',
    scope: 'read',
    summary: 'What this server is, and what this token may do.',
    reply: z.object({
      version: z.string(),
      scopes: z.array(z.enum(scopes)),
    }),
  }),
  openapi: route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    scope: 'anybody',
    summary: 'This description.',
    reply: of<Json>('an OpenAPI 3.1 document'),
  }),
  studies: route({
    method: 'GET',
    path: '/api/v1/studies',
    scope: 'read',
    summary: 'All studies, by name.',
    query: z.object({
      deleted: z.enum(['true', 'false']).default('false').describe('the deleted ones instead'),
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    reply: z.object({ total: z.number().int(), studies: z.array(summary) }),
  }),
  check: route({
    method: 'POST',
    path: '/api/v1/sweeps/check',
    scope: 'read',
    summary: 'What is wrong with a sweep file, or the study it describes.',
    body: z.object({ text: z.string().max(text.maxLength).describe('YAML or JSON of a sweep file') }),
    reply: z.object({
      problems: z.array(z.string()),
      spec: of<StudySpec | null>('what the file describes, if it is right'),
    }),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/studies',
    scope: 'write',
    summary:
      'Makes a study, or finds it and updates its budget. With a command it needs a server that allows it; without one its trials are asked for.',
    body: z.object({
      text: z.string().max(text.maxLength).describe('YAML or JSON of a sweep file'),
      start: z.boolean().default(true).describe('run its command on this server'),
    }),
    reply: summary,
  }),
  study: route({
    method: 'GET',
    path: '/api/v1/studies/:study',
    scope: 'read',
    summary: 'One study: what decides it, and how far it is.',
    params: study,
    reply: z.object({ spec: of<StudySpec>('space, objectives, sampler, pruner, budget, job'), summary }),
  }),
  edit: route({
    method: 'PATCH',
    path: '/api/v1/studies/:study',
    scope: 'write',
    summary: 'Changes the budget.',
    params: study,
    body: z.object({
      budget: z
        .object({
          trials: z.number().int().min(1),
          parallel: z.number().int().min(1).max(10_000),
          seconds: z.number().positive(),
          target: z.number(),
          patience: z.number().int().min(1),
          gain: z.number().positive(),
        })
        .partial()
        .strict(),
    }),
    reply: summary,
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/v1/studies/:study',
    scope: 'write',
    summary: 'Ends what runs and hides the study; `restore` brings it back.',
    params: study,
    reply: done,
  }),
  restore: route({
    method: 'POST',
    path: '/api/v1/studies/:study/restore',
    scope: 'write',
    summary: 'Brings back a deleted study.',
    params: study,
    reply: done,
  }),
  noteStudy: route({
    method: 'POST',
    path: '/api/v1/studies/:study/note',
    scope: 'write',
    summary: 'Tags, notes and archives a study.',
    params: study,
    body: z.object({ tags, note, archived: z.boolean() }).partial().strict(),
    reply: done,
  }),
  start: route({
    method: 'POST',
    path: '/api/v1/studies/:study/start',
    scope: 'define',
    summary: 'Runs the trials of a study on this server; also after a stop.',
    params: study,
    reply: done,
  }),
  stop: route({
    method: 'POST',
    path: '/api/v1/studies/:study/stop',
    scope: 'write',
    summary: 'Starts nothing new; `now` also ends what runs.',
    params: study,
    body: z.object({ now: z.boolean().default(false) }),
    reply: done,
  }),
  resume: route({
    method: 'POST',
    path: '/api/v1/studies/:study/resume',
    scope: 'write',
    summary: 'Takes back a stop, for whoever asks for trials.',
    params: study,
    reply: done,
  }),
  trials: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials',
    scope: 'read',
    summary: 'Trials, by number.',
    params: study,
    query: z.object({
      offset: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
      state: z.enum(['waiting', 'running', 'paused', 'complete', 'pruned', 'failed']).optional(),
    }),
    reply: z.object({
      total: z.number().int(),
      trials: z.array(of<TrialRow>('a trial as `parzen show --json` prints it')),
    }),
  }),
  trial: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial',
    scope: 'read',
    summary: 'One trial.',
    params: trial,
    reply: of<TrialRow>('a trial as `parzen show --json` prints it'),
  }),
  ask: route({
    method: 'POST',
    path: '/api/v1/studies/:study/ask',
    scope: 'write',
    summary: 'The next trials to run, already on record. Fewer than asked for: nothing more is to be started now.',
    params: study,
    body: z.object({
      count: z.number().int().min(1).max(100).default(1),
      worker: z.string().max(200).optional(),
      request: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe('sent again with the same text, it gives the same trials'),
    }),
    reply: z.object({
      trials: z.array(
        z.object({
          trial: z.number().int(),
          params,
          nested: of<{ readonly [name: string]: Nested }>('the same, as the sweep file nests them'),
          seed: z.number().int(),
          token: z.string(),
        }),
      ),
      ended: z.string().nullable().describe('why nothing more comes'),
    }),
  }),
  report: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/reports',
    scope: 'report',
    summary:
      'Metrics of a running trial. `from`: how many reports this attempt has sent before; sent again they are skipped.',
    params: trial,
    body: z.object({
      attempt: z.number().int().min(1).default(1),
      from: z.number().int().min(0),
      reports: z
        .array(z.object({ step: z.number().min(0), metrics: z.record(z.string(), number), at: z.number().optional() }))
        .max(1000),
    }),
    reply: z.object({
      acknowledged: z.number().int().describe('reports of this attempt on record'),
      verdict: z.enum(['continue', 'prune', 'pause', 'stop']),
    }),
  }),
  tell: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/tell',
    scope: 'report',
    summary: 'Ends a trial.',
    params: trial,
    body: z.object({ outcome }),
    reply: done,
  }),
  enqueue: route({
    method: 'POST',
    path: '/api/v1/studies/:study/enqueue',
    scope: 'write',
    summary: 'Asks for a trial with values of yours, ahead of the sampler; what is left out is drawn.',
    params: study,
    body: z.object({ params }),
    reply: done,
  }),
  stopTrial: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/stop',
    scope: 'write',
    summary: 'Ends a running trial for good.',
    params: trial,
    reply: done,
  }),
  retryTrial: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/retry',
    scope: 'write',
    summary: 'Asks for another trial with the same values.',
    params: trial,
    reply: done,
  }),
  noteTrial: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/note',
    scope: 'write',
    summary: 'Tags, notes and pins a trial.',
    params: trial,
    body: z.object({ tags, note, pinned: z.boolean() }).partial().strict(),
    reply: done,
  }),
  snapshot: route({
    method: 'GET',
    path: '/api/v1/studies/:study/snapshot',
    scope: 'read',
    summary: 'The whole study in columns, without reports: where a window begins.',
    params: study,
    reply: of<Snapshot>('see core/journal/snapshot.ts'),
  }),
  events: route({
    method: 'GET',
    path: '/api/v1/studies/:study/events',
    scope: 'read',
    summary: 'The journal from a version on.',
    params: study,
    query: z.object({
      after: z.coerce.number().int().min(0).default(0).describe('a version of the journal'),
      limit: z.coerce.number().int().min(1).max(10_000).default(1000),
    }),
    reply: z.object({ version: z.number().int(), events: z.array(of<StudyEvent>('an event of the journal')) }),
  }),
  analysis: route({
    method: 'GET',
    path: '/api/v1/studies/:study/analysis',
    scope: 'read',
    summary: 'What the trials say: importance, winner, front, what more trials would bring.',
    params: study,
    reply: of<Analysis>('as `parzen analyze --json`'),
  }),
  curves: route({
    method: 'GET',
    path: '/api/v1/studies/:study/curves',
    scope: 'read',
    summary:
      'What trials reported of one metric, by step; long curves keep the least and the greatest value of each stretch.',
    params: study,
    query: z.object({
      metric: z.string().max(200).optional().describe('default: the first objective'),
      trials: z
        .string()
        .regex(/^\d+(,\d+)*$/)
        .max(5000)
        .optional()
        .describe('numbers, joined by commas; default: the latest'),
      limit: z.coerce.number().int().min(1).max(2000).default(200).describe('curves at most'),
      points: z.coerce.number().int().min(4).max(5000).default(200).describe('of each curve at most'),
    }),
    reply: z.object({
      metrics: z.array(z.string()).describe('names of all metrics these trials reported'),
      curves: z.array(z.object({ trial: z.number().int(), steps: z.array(z.number()), values: z.array(z.number()) })),
    }),
  }),
  explain: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial/explanation',
    scope: 'read',
    summary: 'Why a trial was suggested.',
    params: trial,
    reply: of<Explanation>('as `parzen explain --json`'),
  }),
  log: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial/attempts/:attempt/logs/:stream',
    scope: 'read',
    summary: 'A part of what an attempt printed.',
    params: trial.extend({ attempt: z.coerce.number().int().min(1), stream: z.enum(['stdout', 'stderr']) }),
    query: z.object({
      from: z.coerce.number().int().describe('byte; negative: from the end').default(-65_536),
      most: z.coerce.number().int().min(1).max(1_048_576).default(65_536).describe('bytes'),
    }),
    reply: z.object({ text: z.string(), from: z.number().int(), to: z.number().int(), size: z.number().int() }),
  }),
  artifacts: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial/artifacts',
    scope: 'read',
    summary: 'Files that a trial has kept.',
    params: trial,
    reply: z.array(
      z.object({
        name: z.string(),
        attempt: z.number().int(),
        size: z.number().int(),
        sha256: z.string(),
        type: z.string(),
      }),
    ),
  }),
  artifact: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial/artifacts/:sha256',
    scope: 'read',
    summary: 'The content of a kept file.',
    params: trial.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    reply: of<Response>('bytes'),
    bytes: 'reply',
  }),
} as const satisfies { readonly [name: string]: Route }

export type Routes = typeof routes
export type RouteName = keyof Routes
/** What a handler is given: checked. */
export type ParamsOf<N extends RouteName> = z.output<Routes[N]['params']>
export type QueryOf<N extends RouteName> = z.output<Routes[N]['query']>
export type BodyOf<N extends RouteName> = Routes[N]['body'] extends z.ZodType ? z.output<Routes[N]['body']> : undefined
export type ReplyOf<N extends RouteName> = z.input<Routes[N]['reply']>
/** What a caller sends. */
export type SentQueryOf<N extends RouteName> = z.input<Routes[N]['query']>
export type SentBodyOf<N extends RouteName> = Routes[N]['body'] extends z.ZodType
  ? z.input<Routes[N]['body']>
  : undefined
