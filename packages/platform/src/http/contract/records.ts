import type { Analysis, Comparison, PartialDependence, Report, Snapshot, StudyEvent } from '@parzen/core'
import { z } from 'zod'
import { type Route, route } from '../route.js'
import { of, study } from './shapes.js'

const objective = z.coerce.number().int().min(0).describe('index of the objective')

const points = {
  steps: z.array(z.number()).readonly(),
  at: z.array(z.number()).readonly().describe('epoch milliseconds'),
  values: z.array(z.number()).readonly(),
}

/** What is read off a journal. */
export const recordRoutes = {
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
      'What trials reported of one metric, by step; long curves keep the least and the greatest value of each stretch. What a fork inherited stands apart.',
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
      attempts: z
        .enum(['last', 'all'])
        .default('last')
        .describe('last: of a trial the last attempt that reported the metric, with the steps it went on from'),
    }),
    reply: z.object({
      metrics: z
        .array(z.string())
        .describe('names of all metrics these trials reported, of those beyond the limit too'),
      curves: z.array(
        z.object({
          trial: z.number().int(),
          attempt: z.number().int(),
          ...points,
          inherited: z
            .array(z.object({ trial: z.number().int().describe('whose steps these are'), ...points }))
            .readonly()
            .optional()
            .describe(
              'of a fork, unless all attempts are asked for: what the trials it goes on from reported up to there, the oldest first, as many points again at most',
            ),
        }),
      ),
    }),
  }),
  metrics: route({
    method: 'GET',
    path: '/api/v1/studies/:study/metrics',
    scope: 'read',
    summary: 'Which metrics trials reported, and the last value of one of them for every trial that has it.',
    params: study,
    query: z.object({ metric: z.string().max(200).optional().describe('default: names only') }),
    reply: z.object({
      metrics: z.array(z.string()).describe('names of all metrics the trials reported'),
      trials: z.array(z.number().int()).describe('that have the metric, by number'),
      values: z.array(of<Report['metrics'][string]>('a number, or the name of one that JSON lacks')),
    }),
  }),
  verification: route({
    method: 'POST',
    path: '/api/v1/studies/:study/verification',
    scope: 'write',
    summary:
      'Makes every suggestion again and compares bit for bit, as `parzen verify`. It can take minutes: ask again while it is running.',
    params: study,
    reply: z.discriminatedUnion('state', [
      z.object({ state: z.literal('running') }),
      z.object({
        state: z.literal('done'),
        ok: z.boolean(),
        checked: z.number().int().describe('suggestions and verdicts made again'),
        mismatches: z.array(z.object({ trial: z.number().int(), stored: z.string(), again: z.string() })).readonly(),
        foreign: z.array(z.object({ trial: z.number().int(), sampler: z.string() })).readonly(),
        violations: z.array(z.string()).readonly().describe('what no run could have written'),
        events: z.number().int().describe('of the journal, as far as it was checked'),
      }),
    ]),
  }),
  dependence: route({
    method: 'GET',
    path: '/api/v1/studies/:study/dependence',
    scope: 'read',
    summary:
      'How an objective depends on one or two parameters: partial dependence of a fitted model, with its uncertainty.',
    params: study,
    query: z.object({
      parameter: z.string().max(1000).describe('dotted name'),
      with: z.string().max(1000).optional().describe('a second one'),
      objective: objective.default(0),
      points: z.coerce.number().int().min(2).max(101).optional().describe('of a numeric axis'),
    }),
    reply: of<PartialDependence | null>('as `parzen analyze --parameter --json`; null: too few trials'),
  }),
  comparison: route({
    method: 'GET',
    path: '/api/v1/studies/:study/comparison',
    scope: 'read',
    summary: 'Whether trials truly differ: per pair the difference of the objective and how sure it is.',
    params: study,
    query: z.object({
      trials: z
        .string()
        .regex(/^\d+(,\d+){0,49}$/, 'expected at most 50 numbers joined by commas')
        .describe('numbers, joined by commas'),
      objective: objective.default(0),
    }),
    reply: of<Comparison>('see core/analysis/comparison.ts'),
  }),
} as const satisfies { readonly [name: string]: Route }
