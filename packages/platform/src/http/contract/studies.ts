import type { Named, Space, StudySpec } from '@parzen/core'
import { z } from 'zod'
import { type Route, route } from '../route.js'
import { done, LONGEST_SWEEP, of, study, studyNote, summary } from './shapes.js'

/** What can be done to a study as a whole. */
const budget = z
  .object({
    trials: z.number().int().min(1).nullable(),
    parallel: z.number().int().min(1).max(10_000).nullable(),
    seconds: z.number().positive().nullable(),
    target: z.number().nullable(),
    patience: z.number().int().min(1).nullable(),
    gain: z.number().positive().nullable(),
  })
  .partial()
  .strict()
const named = z.object({ name: z.string().max(50) }).loose() as unknown as z.ZodType<Named>

export const studyRoutes = {
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
  template: route({
    method: 'GET',
    path: '/api/v1/sweeps/template',
    scope: 'read',
    summary: 'A commented sweep file to start from: as `parzen init`.',
    reply: z.object({ text: z.string() }),
  }),
  check: route({
    method: 'POST',
    path: '/api/v1/sweeps/check',
    scope: 'read',
    summary: 'What is wrong with a sweep file, or the study it describes.',
    body: z.object({ text: z.string().max(LONGEST_SWEEP).describe('YAML or JSON of a sweep file') }),
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
      text: z.string().max(LONGEST_SWEEP).describe('YAML or JSON of a sweep file'),
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
    summary: 'Changes the budget, the space, the sampler or the pruner, also while it runs; never the command.',
    params: study,
    body: z
      .object({
        budget: budget.describe('what is left out stays, null takes a limit away'),
        space: of<Space>('the flat space, as `GET` of the study gives it; children follow a narrowed parent'),
        sampler: named,
        pruner: named,
      })
      .partial()
      .strict(),
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
    body: studyNote,
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
} as const satisfies { readonly [name: string]: Route }
