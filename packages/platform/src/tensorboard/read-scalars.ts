import { type EventFolder, eventFiles } from './event-folder.js'
import { readRecords } from './record.js'
import { decodeEvent, type Scalar, scalarsOf } from './scalar.js'

/** Bytes read of each event file, by its name: plain JSON. */
export type EventPosition = { readonly [file: string]: number }

export interface ReadScalars {
  /** Of each run in the order they were written; the tag has the run's name in front, `train/epoch_loss`. */
  readonly scalars: readonly Scalar[]
  readonly position: EventPosition
  /** Whether there is more to read at once. */
  readonly more: boolean
}

/** Scalars that one call gives, about: what is read becomes one entry of the journal. */
const SCALARS_A_CALL = 5000

/** @param isFinal whether the files grow no more. */
export function readScalars(folder: EventFolder, from: EventPosition, isFinal: boolean): ReadScalars {
  const scalars: Scalar[] = []
  const position: { [file: string]: number } = { ...from }
  let more = false
  for (const { name, path, run } of eventFiles(folder)) {
    if (scalars.length >= SCALARS_A_CALL) return { scalars, position, more: true }
    const read = readRecords(path, position[name] ?? 0, isFinal, (bytes, start, end) => {
      const event = decodeEvent(bytes, start, end)
      for (const scalar of event ? scalarsOf(event) : []) {
        scalars.push(run === '' ? scalar : { ...scalar, tag: `${run}/${scalar.tag}` })
      }
      return scalars.length < SCALARS_A_CALL
    })
    if (read.at > 0) position[name] = read.at
    more ||= read.more
  }
  return { scalars, position, more }
}

/** The shortest number that is the same as float32: 0.93 rather than 0.9300000071525574. */
export function shortest(value: number): number {
  if (!Number.isFinite(value) || Math.fround(value) !== value) return value
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}
