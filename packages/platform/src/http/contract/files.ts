import { z } from 'zod'
import { type Route, route } from '../route.js'
import { of, trial } from './shapes.js'

/** Logs and kept files of trials. */
export const fileRoutes = {
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
  keep: route({
    method: 'PUT',
    path: '/api/v1/studies/:study/trials/:trial/artifacts/:name',
    scope: 'report',
    summary: 'Keeps a file of a trial, at most 256 MiB, whole or not at all; one of that name is replaced.',
    params: trial.extend({
      name: z
        .string()
        .max(200)
        .regex(/^[\p{L}\p{N}_][\p{L}\p{N}_ .+=@-]*$/u, 'expected a plain file name'),
    }),
    body: of<AsyncIterable<Uint8Array>>('its bytes'),
    bytes: 'body',
    reply: z.object({ name: z.string(), size: z.number().int(), sha256: z.string() }),
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
