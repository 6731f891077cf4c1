import { join } from 'node:path'
import { Readable } from 'node:stream'
import { ParzenError, type TrialRecord } from '@parzen/core'
import { handOnCheckpoints } from '../../runner/checkpoints.js'
import { attemptFolder, leadsElsewhere } from '../../stores/folders.js'
import { listCheckpoints } from '../../trial/checkpoint-files.js'
import { checkpointsIn } from '../../trial/checkpoint-folder.js'
import { openPlain } from '../artifacts.js'
import type { Answers, House } from '../call.js'
import { keepCheckpoint, keepCheckpoints } from '../checkpoints.js'
import type { Caller } from '../gate.js'
import { trialOf } from '../trial-record.js'

/** What an attempt on another machine goes on from, and what it leaves to be gone on from. */
export const checkpointAnswers = {
  async checkpoints({ params, caller }, house) {
    const { study, trial, folder } = await presentAttempt(params, caller, house)
    const note = await handOnCheckpoints(house.root, study.name, { trial, trials: study.state.trials })
    const checkpoints = checkpointsIn(folder)
    const { files, links } = checkpoints ? await listCheckpoints(checkpoints) : { files: [], links: [] }
    return { files: [...files], links: [...links], ...(note === undefined ? {} : { note }) }
  },
  async checkpoint({ params, query: { from, most }, caller }, house) {
    const { folder, trial } = await presentAttempt(params, caller, house)
    const checkpoints = checkpointsIn(folder)
    const { files } = checkpoints ? await listCheckpoints(checkpoints) : { files: [] }
    const found = files.find(({ sha256 }) => sha256 === params.sha256)
    const file = found && (await openPlain(join(checkpoints as string, found.path)))
    if (!found || !file) {
      throw new ParzenError(
        'checkpoints/unknown',
        `checkpoint ${params.sha256}: expected a file that trial ${trial.number} goes on from`,
      )
    }
    const to = Math.min(found.size, from + most)
    if (from >= to) await file.close()
    const bytes = from >= to ? Readable.from([]) : file.createReadStream({ start: from, end: to - 1 })
    return new Response(Readable.toWeb(bytes) as ReadableStream<Uint8Array>, {
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(Math.max(0, to - from)) },
    })
  },
  async keepCheckpoints({ params, body, caller }, house) {
    const { folder } = await presentAttempt(params, caller, house)
    return { missing: await keepCheckpoints(folder, body) }
  },
  async keepCheckpoint({ params, query: { from }, body, caller }, house) {
    const { folder } = await presentAttempt(params, caller, house)
    return { size: await keepCheckpoint(folder, { sha256: params.sha256, from }, body) }
  },
} satisfies Partial<Answers>

/**
 * Its folder is here, whoever runs it. To send or fetch is a sign of life.
 * @throws ParzenError `http/attempt` if the trial is over, or has been given to somebody else.
 */
async function presentAttempt(
  params: { readonly study: string; readonly trial: number },
  caller: Caller | undefined,
  { studies, leases, root }: House,
) {
  const study = await studies.get(params.study)
  const trial: TrialRecord = trialOf(study, params.trial)
  const attempt = caller?.token.attempt ?? trial.attempts.length
  if (attempt !== trial.attempts.length || trial.state !== 'running') {
    const is =
      trial.state === 'running' ? `attempt ${trial.attempts.length} is` : `trial ${trial.number} is ${trial.state}`
    throw new ParzenError('http/attempt', `attempt ${attempt}: expected one that runs, but ${is}`)
  }
  leases.heard(study, trial)
  const folder = attemptFolder(root, study.name, { trial: trial.number, attempt })
  if (leadsElsewhere(root, study.name, `${folder}/checkpoints`)) {
    throw new ParzenError('checkpoints/folder', 'checkpoints: expected the trial’s own folder, got a link to another')
  }
  return { study, trial, folder }
}
