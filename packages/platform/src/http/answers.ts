import type { Answers } from './call.js'
import { openapi } from './openapi.js'
import { checkpointAnswers } from './routes/checkpoints.js'
import { copyAnswers } from './routes/copies.js'
import { fileAnswers } from './routes/files.js'
import { recordAnswers } from './routes/records.js'
import { studyAnswers } from './routes/studies.js'
import { tokenAnswers } from './routes/tokens.js'
import { trialAnswers } from './routes/trials.js'
import { workAnswers } from './routes/work.js'

/** What answers each call of the contract; one that is missing is a type error. */
export const answers: Answers = {
  about: ({ caller }, { version, folder }) => ({ version, scopes: [...(caller?.scopes ?? [])], folder }),
  link: ({ caller }, { link }) => ({ link: link(caller?.token) }),
  openapi: (_call, { version }) => openapi(version),
  ...studyAnswers,
  ...trialAnswers,
  ...workAnswers,
  ...recordAnswers,
  ...fileAnswers,
  ...tokenAnswers,
  ...checkpointAnswers,
  ...copyAnswers,
}
