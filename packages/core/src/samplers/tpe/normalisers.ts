import type { Dimension } from './dimension.js'
import type { History } from './history.js'
import { logMass } from './kernel.js'

/** Bandwidths change when the number of trials has grown by a tenth, so that normalisers can be kept. */
const LEVELS_PER_E = 10
/** In standard deviations of the uniform distribution. */
const SCALE = 0.6 * Math.sqrt(1 / 12)

/** The bandwidths of the broad kernels of all trials, one a dimension, and what each kernel is divided by. */
export interface Normalisers {
  /** sigma = 0.6 sd n^(−1/(D+4)), n the trials with the dimension (Scott 1992). */
  readonly sigma: Float64Array
  /** By row: minus the sum of ln M over the unconditional numeric dimensions. */
  readonly base: Float64Array
  /** Of each conditional numeric dimension, by row: ln M; empty for others. */
  readonly conditional: readonly Float64Array[]
  /** Brings all up to date with the history. @param rows finished and staged trials. */
  update(rows: number): void
}

/** Costs O(D) a new trial, and O(D rows) when the bandwidths change. */
export function normalisers(dimensions: readonly Dimension[], trials: History): Normalisers {
  const D = dimensions.length
  const level = new Int32Array(D).fill(-1)
  const sigma = new Float64Array(D)
  const isNumeric = dimensions.map(({ kind, size }) => kind !== 'categorical' && size > 1)
  const isConditional = dimensions.map(({ conditions }) => conditions.length > 0)
  let base = new Float64Array(0)
  const conditional = dimensions.map(() => base)
  let done = 0

  function reserve(rows: number): void {
    if (rows <= base.length) return
    const grown = (from: Float64Array) => {
      const to = new Float64Array(Math.ceil(rows * 1.5))
      to.set(from)
      return to
    }
    base = grown(base)
    for (let d = 0; d < D; d++) if (isNumeric[d] && isConditional[d]) conditional[d] = grown(conditional[d]!)
  }

  function updateBandwidths(): void {
    for (let d = 0; d < D; d++) {
      const now = Math.round(LEVELS_PER_E * Math.log(trials.activeCounts[d]! + 1))
      if (now === level[d]) continue
      level[d] = now
      const { grid } = dimensions[d]!
      const scott = SCALE * Math.exp(-now / LEVELS_PER_E / (D + 4))
      sigma[d] = Math.max(scott, grid.length > 0 ? 0.25 / grid.length : 0)
      if (isNumeric[d]) done = 0
    }
  }

  return {
    sigma,
    conditional,
    get base() {
      return base
    },
    update(rows) {
      reserve(rows)
      updateBandwidths()
      base.fill(0, done, rows)
      for (let d = 0; d < D; d++) {
        if (!isNumeric[d]) continue
        const column = trials.columns[d]!
        for (let row = done; row < rows; row++) {
          const t = column[row]!
          if (Number.isNaN(t)) continue
          const mass = logMass(dimensions[d]!, t, sigma[d]!)
          if (isConditional[d]) conditional[d]![row] = mass
          else base[row]! -= mass
        }
      }
      // rows of paused and running trials are written anew next time
      done = trials.finishedCount
    },
  }
}
