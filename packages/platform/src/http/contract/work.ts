import type { Nested } from '@parzen/core'
import { z } from 'zod'
import { type Route, route } from '../route.js'
import { done, of, outcome, params, study, trial } from './shapes.js'

const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])

const attempt = z.number().int().min(1).optional().describe('default: the one the token is for; else the present one')
const said = {
  verdict: z.enum(['continue', 'prune', 'pause', 'stop']).describe('stop: nothing of this attempt counts any more'),
  reason: z
    .string()
    .nullable()
    .describe('why it is to end, as the pruner says it: `step 9: place 7 of 12 at rung 1, 4 go on`; null to continue'),
}

/** What whoever runs a trial says: ask, report, tell, and that it is still there. */
export const workRoutes = {
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
      leaseSeconds: z
        .number()
        .int()
        .min(1)
        .max(86_400)
        .optional()
        .describe('silence (no report, no heartbeat) after which a worker counts as dead and its trial is tried again'),
      pauses: z
        .boolean()
        .optional()
        .describe('it hands checkpoints on (GET and POST …/checkpoints, POST …/pause): it is given paused trials too'),
    }),
    reply: z.object({
      trials: z.array(
        z.object({
          trial: z.number().int(),
          params,
          nested: of<{ readonly [name: string]: Nested }>('the same, as the sweep file nests them'),
          seed: z.number().int(),
          attempt: z.number().int().describe('above 1: its worker before was lost, or it was paused'),
          parent: z.number().int().nullable().describe('of a fork: the trial whose checkpoints it goes on from'),
          targetStep: z.number().nullable().describe('where the pruner compares it next, if that is known'),
          before: params.describe('what has been reported of its objectives, for one that has nothing left to do'),
          token: z.string().describe('for this attempt alone'),
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
      attempt,
      from: z.number().int().min(0),
      reports: z
        .array(z.object({ step: z.number().min(0), metrics: z.record(z.string(), number), at: z.number().optional() }))
        .max(1000),
    }),
    reply: z.object({
      acknowledged: z.number().int().describe('reports of this attempt on record'),
      ...said,
    }),
  }),
  heartbeat: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/heartbeat',
    scope: 'report',
    summary:
      'A sign of life between reports. From the first on, 300 s of silence end the attempt if `ask` named no lease.',
    params: trial,
    body: z.object({ attempt }),
    reply: z.object(said),
  }),
  pause: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/pause',
    scope: 'report',
    summary:
      'Ends an attempt that was told to pause, once its checkpoints are kept: it goes on if it comes to be among the best.',
    params: trial,
    body: z.object({ attempt }),
    reply: done,
  }),
  tell: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/tell',
    scope: 'report',
    summary: 'Ends a trial; its attempt alone if that was `lost`: then it is tried again, up to three times.',
    params: trial,
    body: z.object({ outcome, attempt }),
    reply: done,
  }),
} as const satisfies { readonly [name: string]: Route }
