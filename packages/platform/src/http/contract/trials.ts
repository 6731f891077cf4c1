import type { Explanation, Schedule, TrialRow } from '@parzen/core'
import { z } from 'zod'
import { type Route, route } from '../route.js'
import { done, of, params, study, trial, trialNote } from './shapes.js'

/** What people do to trials. */
const numbers = z.array(z.number().int().min(0)).max(10_000).describe('numbers of trials; all or none')
const count = z.object({ done: z.number().int().describe('how many there was something to do for') })

export const trialRoutes = {
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
  schedule: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial/schedule',
    scope: 'read',
    summary:
      'The parameters that trained what a trial ended with, over steps: of a fork those of the trials it goes on from, then its own.',
    params: trial,
    reply: of<Schedule>('as `parzen show --trial N --schedule` prints it'),
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
    body: trialNote,
    reply: done,
  }),
  noteTrials: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/notes',
    scope: 'write',
    summary: 'Tags, notes and pins trials.',
    params: study,
    body: trialNote.extend({ trials: numbers }),
    reply: count,
  }),
  stopTrials: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/stop',
    scope: 'write',
    summary: 'Ends running trials for good.',
    params: study,
    body: z.object({ trials: numbers }),
    reply: count,
  }),
  retryTrials: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/retry',
    scope: 'write',
    summary: 'Asks for trials with the same values as these.',
    params: study,
    body: z.object({ trials: numbers }),
    reply: count,
  }),
  explain: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial/explanation',
    scope: 'read',
    summary: 'Why a trial was suggested.',
    params: trial,
    reply: of<Explanation>('as `parzen explain --json`'),
  }),
} as const satisfies { readonly [name: string]: Route }
