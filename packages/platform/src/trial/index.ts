import { type Trial, trialOf } from './trial.js'

export type { Trial } from './trial.js'

/** The trial this process runs, as `parzen run` has started it. */
export const trial: Trial = trialOf(process.env)
