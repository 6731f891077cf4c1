import type { TrialRecord } from '../../journal/state.js'
import type { Choice, Distribution, Space } from '../../space/distribution.js'
import { type Coordinate, coordinate } from '../coordinate.js'

/** The trials in which one parameter is active. */
export interface Column {
  /** Undefined for categorical parameters, whose z is the index of the choice. */
  readonly coordinate: Coordinate | undefined
  /** z by trial number; NaN where the parameter is not active. */
  readonly z: number[]
  /** Trial numbers, upwards. */
  readonly byNumber: number[]
  /** Trial numbers by z, of equal ones the lower number first. */
  readonly byValue: number[]
}

export interface History {
  add(trials: readonly TrialRecord[]): void
  column(name: string, running: readonly TrialRecord[]): Column
}

/** Keeps each parameter's values sorted, so that a suggestion sorts nothing. 24 bytes a trial and parameter. */
export function history(space: Space): History {
  const columns = new Map<string, Column>()
  for (const [name, parameter] of Object.entries(space)) {
    columns.set(name, {
      coordinate: parameter.kind === 'categorical' ? undefined : coordinate(parameter),
      z: [],
      byNumber: [],
      byValue: [],
    })
  }
  const put = (column: Column, name: string, trial: TrialRecord) => {
    const value = trial.params[name]
    if (value === undefined) return
    insert(column, trial.number, zOf(space[name] as Distribution, column, value))
  }
  return {
    add(trials) {
      for (const trial of trials) for (const [name, column] of columns) put(column, name, trial)
    },
    column(name, running) {
      const column = columns.get(name) as Column
      if (!running.some((trial) => trial.params[name] !== undefined)) return column
      const { z, byNumber, byValue } = column
      const copy: Column = { ...column, z: z.slice(), byNumber: byNumber.slice(), byValue: byValue.slice() }
      for (const trial of running) put(copy, name, trial)
      return copy
    },
  }
}

function zOf(d: Distribution, column: Column, value: Choice): number {
  if (d.kind === 'categorical') return d.choices.indexOf(value)
  return (column.coordinate as Coordinate).toZ(value)
}

function insert(column: Column, number: number, value: number): void {
  const { z, byNumber, byValue } = column
  while (z.length <= number) z.push(Number.NaN)
  z[number] = value
  let at = byNumber.length
  while (at > 0 && byNumber[at - 1]! > number) at--
  byNumber.splice(at, 0, number)
  let low = 0
  let high = byValue.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = byValue[middle]!
    if (z[other]! < value || (z[other]! === value && other < number)) low = middle + 1
    else high = middle
  }
  byValue.splice(low, 0, number)
}
