import { z } from 'zod'
import { exportFormats } from '../../stores/export-lines.js'
import { type Route, route } from '../route.js'
import { of, study } from './shapes.js'

/** A study as files, out of the store and into it. */
export const copyRoutes = {
  exportFile: route({
    method: 'GET',
    path: '/api/v1/studies/:study/export',
    scope: 'read',
    summary: 'All trials of a study, or all its series, as a file: as `parzen export`.',
    params: study,
    query: z.object({ format: z.enum(exportFormats).default('jsonl') }),
    reply: of<Response>('bytes'),
    bytes: 'reply',
  }),
  reportFile: route({
    method: 'GET',
    path: '/api/v1/studies/:study/report',
    scope: 'write',
    summary:
      'The dashboard of a study in one file, which opens without a server: as `parzen report`, with fewer explanations.',
    params: study,
    reply: of<Response>('bytes'),
    bytes: 'reply',
  }),
  importRuns: route({
    method: 'POST',
    path: '/api/v1/imports/tensorboard',
    scope: 'write',
    summary:
      'Old runs as a study: as `parzen import tensorboard`. The log folder comes as a tar archive, zipped or not, of at most 256 MiB.',
    query: z.object({
      study: z.string().min(1).max(200).describe('name of the new study'),
      minimize: z.string().max(1000).optional().describe('the objective, a tag of the runs'),
      maximize: z.string().max(1000).optional().describe('the same, where more is better'),
      points: z.coerce.number().int().min(2).max(100_000).default(1000).describe('kept of each curve'),
    }),
    body: of<AsyncIterable<Uint8Array>>('its bytes'),
    bytes: 'body',
    reply: z.object({
      study: z.string(),
      trials: z.number().int(),
      params: z.array(z.string()).readonly(),
      metrics: z.array(z.string()).readonly(),
    }),
  }),
} as const satisfies { readonly [name: string]: Route }
