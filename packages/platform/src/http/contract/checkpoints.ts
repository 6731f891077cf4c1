import { z } from 'zod'
import { type Route, route } from '../route.js'
import { of, trial } from './shapes.js'

/** Bytes of one call: small enough to be sent again. */
export const LARGEST_PART_BYTES = 8 * 2 ** 20
export const LARGEST_CHECKPOINTS_BYTES = 16 * 2 ** 30
const MOST_CHECKPOINT_FILES = 1000

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const path = z
  .string()
  .max(500)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  .regex(/^(?!.*(^|\/)\.{0,2}(\/|$))[^\\\u0000-\u001f]+$/, 'expected names joined by slashes')
  .describe('below the folder of checkpoints')
const list = z.object({
  files: z.array(z.object({ path, size: z.number().int().min(0), sha256 })).max(MOST_CHECKPOINT_FILES),
  links: z
    .array(z.object({ path, to: z.string().max(500) }))
    .max(MOST_CHECKPOINT_FILES)
    .describe('to others of these, relative'),
})
const part = trial.extend({ sha256 })
const from = z.coerce.number().int().min(0).default(0).describe('byte')

/** Checkpoints on their way to whoever goes on with them: files by hash, in parts, whole or not at all. */
export const checkpointRoutes = {
  checkpoints: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial/checkpoints',
    scope: 'report',
    summary: 'What the present attempt goes on from: checkpoints of the attempt before it, or of its parent.',
    params: trial,
    reply: list.extend({ note: z.string().optional().describe('why there is nothing') }),
  }),
  checkpoint: route({
    method: 'GET',
    path: '/api/v1/studies/:study/trials/:trial/checkpoints/:sha256',
    scope: 'report',
    summary: 'A part of one of these files.',
    params: part,
    query: z.object({ from, most: z.coerce.number().int().min(1).max(LARGEST_PART_BYTES).default(LARGEST_PART_BYTES) }),
    reply: of<Response>('bytes'),
    bytes: 'reply',
  }),
  keepCheckpoints: route({
    method: 'POST',
    path: '/api/v1/studies/:study/trials/:trial/checkpoints',
    scope: 'report',
    summary:
      'Says what the checkpoints of the present attempt are: at most 1,000 files and 16 GiB. Once nothing is missing they have taken the place of those before; until then send what is, and say it again.',
    params: trial,
    body: list,
    reply: z.object({
      missing: z.array(z.object({ sha256, from: z.number().int().describe('bytes that are there') })),
    }),
  }),
  keepCheckpoint: route({
    method: 'PUT',
    path: '/api/v1/studies/:study/trials/:trial/checkpoints/:sha256',
    scope: 'report',
    summary: 'A part of a file that is missing, at most 8 MiB, to follow on the bytes that are there.',
    params: part,
    query: z.object({ from }),
    body: of<AsyncIterable<Uint8Array>>('its bytes'),
    bytes: 'body',
    reply: z.object({ size: z.number().int().describe('bytes that are there: go on from here') }),
  }),
} as const satisfies { readonly [name: string]: Route }
