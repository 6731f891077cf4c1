import type { Choice, Outcome, StudyNote, StudySummary } from '@parzen/core'
import { z } from 'zod'

/** What several calls take or give. */

/** Plain data whose type the core declares; described as any JSON value. */
export const of = <T>(description: string) => z.custom<T>().describe(description)

export const study = z.object({ study: z.string().min(1).max(200).describe('name of the study') })
export const trial = study.extend({ trial: z.coerce.number().int().min(0).describe('number of the trial') })

const choice = z.union([z.string(), z.number(), z.boolean(), z.null()]) satisfies z.ZodType<Choice>
export const params = z.record(z.string(), choice).describe('values by dotted name')

export const done = z.object({ done: z.boolean().describe('false: there was nothing to do') })

const tags = z.array(z.string().min(1).max(50)).max(20)
const note = z.string().max(10_000)
export const studyNote = z.object({ tags, note, archived: z.boolean() }).partial().strict()
export const trialNote = z.object({ tags, note, pinned: z.boolean() }).partial().strict()

export const summary = of<
  StudySummary &
    StudyNote & {
      readonly version: number
      /** Best value so far as trials finished, at most 60 of them. */
      readonly history: readonly number[]
    }
>('progress, counts, best value and its history, tags and notes of a study')

export const outcome: z.ZodType<Outcome> = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('complete'),
    values: z.array(z.number()).min(1).describe('one an objective'),
    constraints: z.array(z.number()).optional(),
  }),
  z.object({ state: z.literal('pruned'), reason: z.string().max(1000) }),
  z.object({
    state: z.literal('failed'),
    cause: z.enum(['exit', 'timeout', 'memory', 'nan', 'lost', 'killed']),
    message: z.string().max(10_000),
  }),
]) as unknown as z.ZodType<Outcome>

/** Characters of a sweep file. */
export const LONGEST_SWEEP = 1_000_000
