import type { Distribution } from './distribution.js'
import { formatNotation, type TreeObject } from './notation.js'

/** A distribution as a sweep file writes it: `loguniform(0.001, 1)`. */
export function formatDistribution(distribution: Distribution): string {
  return formatNotation(asTree(distribution)) ?? JSON.stringify(distribution)
}

function asTree(distribution: Distribution): TreeObject {
  switch (distribution.kind) {
    case 'float': {
      const { low, high, log, kind: _, ...rest } = distribution
      return { [log ? 'loguniform' : 'uniform']: [low, high], ...rest }
    }
    case 'int': {
      const { low, high, kind: _, ...rest } = distribution
      return { int: [low, high], ...rest }
    }
    case 'normal': {
      const { mean, sd, log, kind: _, ...rest } = distribution
      return { [log ? 'lognormal' : 'normal']: [mean, sd], ...rest }
    }
    case 'categorical': {
      const { choices, kind: _, ...rest } = distribution
      return { choice: choices, ...rest }
    }
    default:
      return distribution satisfies never
  }
}
