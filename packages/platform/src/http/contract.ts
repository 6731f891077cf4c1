import type { Json } from '@parzen/core'
import { z } from 'zod'
import { checkpointRoutes } from './contract/checkpoints.js'
import { copyRoutes } from './contract/copies.js'
import { fileRoutes } from './contract/files.js'
import { recordRoutes } from './contract/records.js'
import { of } from './contract/shapes.js'
import { studyRoutes } from './contract/studies.js'
import { tokenRoutes } from './contract/tokens.js'
import { trialRoutes } from './contract/trials.js'
import { workRoutes } from './contract/work.js'
import { type Route, route, scopes } from './route.js'

/** Every call of the API, shared by server, dashboard and description; by noun in `contract/`. */
export const routes = {
  about: route({
    method: 'GET',
    path: '/api/v1',
    scope: 'read',
    summary: 'What this server is, and what this token may do.',
    reply: z.object({
      version: z.string(),
      scopes: z.array(z.enum(scopes)),
      folder: z.string().describe('where commands of sweeps that are sent to it run'),
    }),
  }),
  link: route({
    method: 'POST',
    path: '/api/v1/links',
    scope: 'write',
    summary: 'An address that lets a browser in once, within 15 minutes.',
    reply: z.object({ link: z.string() }),
  }),
  openapi: route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    scope: 'anybody',
    summary: 'This description.',
    reply: of<Json>('an OpenAPI 3.1 document'),
  }),
  ...studyRoutes,
  ...trialRoutes,
  ...workRoutes,
  ...recordRoutes,
  ...fileRoutes,
  ...tokenRoutes,
  ...checkpointRoutes,
  ...copyRoutes,
} as const satisfies { readonly [name: string]: Route }

export type Routes = typeof routes
export type RouteName = keyof Routes
/** What a call is answered with at hand: checked. */
export type ParamsOf<N extends RouteName> = z.output<Routes[N]['params']>
export type QueryOf<N extends RouteName> = z.output<Routes[N]['query']>
export type BodyOf<N extends RouteName> = Routes[N]['body'] extends z.ZodType ? z.output<Routes[N]['body']> : undefined
export type ReplyOf<N extends RouteName> = z.input<Routes[N]['reply']>
/** What a caller sends. */
export type SentBodyOf<N extends RouteName> = Routes[N]['body'] extends z.ZodType
  ? z.input<Routes[N]['body']>
  : undefined
