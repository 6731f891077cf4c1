import { join } from 'node:path'
import { Readable } from 'node:stream'
import { ParzenError, type Study } from '@parzen/core'
import { LONGEST_SECRET, maskOf } from '../../runner/mask.js'
import { jobOf } from '../../spec/spec.js'
import { attemptFolder, leadsElsewhere } from '../../stores/folders.js'
import { type Artifact, artifactsIn, keepArtifact, openPlain } from '../artifacts.js'
import type { Answers } from '../call.js'
import { trialOf } from '../trial-record.js'

/** Logs and kept files of trials. No path is made of what a request says but of numbers, of names found on disk, and of one plain name. */
export const fileAnswers = {
  async log({ params: { study: name, trial, attempt, stream }, query: { from, most } }, { studies, root }) {
    const study = await studies.get(name)
    trialOf(study, trial)
    const path = join(attemptFolder(root, name, { trial, attempt }), `${stream}.log`)
    const file = leadsElsewhere(root, name, path) ? undefined : await openPlain(path)
    if (!file) return { text: '', from: 0, to: 0, size: 0 }
    try {
      const { size } = await file.stat()
      const start = Math.min(size, Math.max(0, from < 0 ? size + from : from))
      const length = Math.min(most, size - start)
      // a secret may begin before this part and end behind it
      const before = Math.min(start, LONGEST_SECRET)
      const bytes = Buffer.alloc(before + length + LONGEST_SECRET)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start - before)
      const mask = maskOf(process.env, study.spec.job === undefined ? {} : jobOf(study.spec).environment)
      const masked = mask(bytes.subarray(0, bytesRead).toString('latin1')).slice(before, before + length)
      return { text: Buffer.from(masked, 'latin1').toString('utf8'), from: start, to: start + masked.length, size }
    } finally {
      await file.close()
    }
  },
  async artifacts({ params: { study: name, trial } }, { studies, root }) {
    return (await list(await studies.get(name), root, trial)).map(({ path: _, ...artifact }) => artifact)
  },
  async keep({ params: { study: name, trial, name: file }, body, caller }, { studies, root }) {
    const study = await studies.get(name)
    const attempt = caller?.token.attempt ?? trialOf(study, trial).attempts.length
    const folder = join(attemptFolder(root, study.name, { trial, attempt }), 'artifacts')
    if (leadsElsewhere(root, study.name, folder)) {
      throw new ParzenError(
        'artifact/folder',
        `artifact ${file}: expected the trial’s own folder, got a link to another`,
      )
    }
    return { name: file, ...(await keepArtifact(folder, file, body)) }
  },
  async artifact({ params: { study: name, trial, sha256 } }, { studies, root }) {
    const found = (await list(await studies.get(name), root, trial)).find((artifact) => artifact.sha256 === sha256)
    const file = found && (await openPlain(found.path))
    if (!found || !file) {
      throw new ParzenError('artifact/unknown', `artifact ${sha256}: expected a file that trial ${trial} has kept`)
    }
    return new Response(Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>, {
      headers: {
        'content-type': found.type,
        'content-length': String(found.size),
        'content-security-policy': "default-src 'none'; sandbox",
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`,
        'cache-control': 'private, max-age=31536000, immutable',
      },
    })
  },
} satisfies Partial<Answers>

async function list(study: Study, root: string, number: number): Promise<Artifact[]> {
  const found: Artifact[] = []
  for (const { number: attempt } of trialOf(study, number).attempts) {
    const folder = join(attemptFolder(root, study.name, { trial: number, attempt }), 'artifacts')
    if (!leadsElsewhere(root, study.name, folder)) found.push(...(await artifactsIn(folder, attempt)))
  }
  return found
}
