import type { Handlers } from './handler.js'
import { openapi } from './openapi.js'
import { checkpointHandlers } from './routes/checkpoints.js'
import { copyHandlers } from './routes/copies.js'
import { fileHandlers } from './routes/files.js'
import { recordHandlers } from './routes/records.js'
import { studyHandlers } from './routes/studies.js'
import { tokenHandlers } from './routes/tokens.js'
import { trialHandlers } from './routes/trials.js'
import { workHandlers } from './routes/work.js'

/** What answers each call of the contract; one that is missing is a type error. */
export const handlers: Handlers = {
  about: ({ caller }, { version, folder }) => ({ version, scopes: [...(caller?.scopes ?? [])], folder }),
  link: ({ caller }, { link }) => ({ link: link(caller?.token) }),
  openapi: (_call, { version }) => openapi(version),
  ...studyHandlers,
  ...trialHandlers,
  ...workHandlers,
  ...recordHandlers,
  ...fileHandlers,
  ...tokenHandlers,
  ...checkpointHandlers,
  ...copyHandlers,
}
