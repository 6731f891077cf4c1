import { erfcx, normalLogCdf } from '../../numerics/normal.js'
import type { Surrogate } from './surrogate.js'

const SQRT_HALF_PI = Math.sqrt(Math.PI / 2)
const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI)

/** The ratio Φ(z) / φ(z) for z <= 0. */
function millsRatio(z: number): number {
  return SQRT_HALF_PI * erfcx(-z * Math.SQRT1_2)
}

/** ln (φ(z) + z Φ(z)), and the ratios Φ / (φ + zΦ) and φ / (φ + zΦ) that its derivatives need. */
export function logImprovement(z: number, out: { log: number; cdf: number; pdf: number }): void {
  if (z > -1) {
    const pdf = Math.exp(-0.5 * z * z - LOG_SQRT_2PI)
    const cdf = Math.exp(normalLogCdf(z))
    const h = pdf + z * cdf
    out.log = Math.log(h)
    out.cdf = cdf / h
    out.pdf = pdf / h
    return
  }
  // h / φ = 1 + z Φ/φ cancels as 1/z²: far out its asymptotic series is exact to the last digits
  const mills = z > -1e5 ? millsRatio(z) : -1 / z
  const i = 1 / (z * z)
  const h = z > -60 ? 1 + z * mills : i * (1 - 3 * i + 15 * i * i - 105 * i * i * i)
  out.log = -0.5 * z * z - LOG_SQRT_2PI + Math.log(h)
  out.cdf = mills / h
  out.pdf = 1 / h
}

/** A function of a row of features; with a gradient by numeric feature if asked. Larger is better. */
export interface Acquisition {
  evaluate(f: Float64Array, fAt: number, gradient?: Float64Array): number
}

/**
 * ln of the expected improvement below `best` (Ament et al. 2023, "Unexpected improvements to expected improvement":
 * its logarithm keeps gradients where the improvement itself is zero in floating point).
 */
export function logExpectedImprovement(model: Surrogate, best: number): Acquisition {
  const h = { log: 0, cdf: 0, pdf: 0 }
  return {
    evaluate(f, fAt, gradient) {
      model.predict(f, fAt, gradient !== undefined)
      const sd = Math.sqrt(model.variance)
      logImprovement((best - model.mean) / sd, h)
      if (gradient) {
        const byMean = -h.cdf / sd
        const byVariance = h.pdf / (2 * model.variance)
        for (let d = 0; d < gradient.length; d++)
          gradient[d] = byMean * model.dMean[d]! + byVariance * model.dVariance[d]!
      }
      return h.log + Math.log(sd)
    },
  }
}

/**
 * ln of the expected improvement, averaged over M imagined results of the running trials (Snoek, Larochelle & Adams 2012,
 * "Practical Bayesian optimization of machine learning algorithms", 3.2), each with its own value to beat, `bests`.
 */
export function logImaginedImprovement(model: Surrogate, bests: Float64Array): Acquisition {
  const h = { log: 0, cdf: 0, pdf: 0 }
  const M = bests.length
  const logs = new Float64Array(M)
  const byMean = new Float64Array(M)
  const byVariance = new Float64Array(M)
  return {
    evaluate(f, fAt, gradient) {
      model.predict(f, fAt, false)
      const sd = Math.sqrt(model.variance)
      let top = -Infinity
      for (let m = 0; m < M; m++) {
        logImprovement((bests[m]! - model.imaginedMean(m)) / sd, h)
        logs[m] = h.log
        byMean[m] = -h.cdf / sd
        byVariance[m] = h.pdf / (2 * model.variance)
        top = Math.max(top, h.log)
      }
      let total = 0
      for (let m = 0; m < M; m++) total += Math.exp(logs[m]! - top)
      if (gradient) {
        let alongMean = 0
        let alongVariance = 0
        for (let m = 0; m < M; m++) {
          const share = Math.exp(logs[m]! - top) / total
          byMean[m] = share * byMean[m]!
          alongMean += byMean[m]!
          alongVariance += share * byVariance[m]!
        }
        // all of one sign: a weighted mean of the imagined means' gradients
        for (let m = 0; m < M; m++) byMean[m] = alongMean < 0 ? byMean[m]! / alongMean : 1 / M
        model.imaginedGradient(f, fAt, byMean)
        for (let d = 0; d < gradient.length; d++)
          gradient[d] = alongMean * model.dMean[d]! + alongVariance * model.dVariance[d]!
      }
      return top + Math.log(total / M) + Math.log(sd)
    },
  }
}

/** ln of the probability that the modelled quantity, noise included, lies at or below `threshold`. */
export function logProbabilityBelow(model: Surrogate, threshold: number): Acquisition {
  return {
    evaluate(f, fAt, gradient) {
      model.predict(f, fAt, gradient !== undefined)
      const total = model.variance + model.noise
      const sd = Math.sqrt(total)
      const z = (threshold - model.mean) / sd
      const log = normalLogCdf(z)
      if (gradient) {
        const ratio = Math.exp(-0.5 * z * z - LOG_SQRT_2PI - log)
        for (let d = 0; d < gradient.length; d++)
          gradient[d] = (-ratio / sd) * model.dMean[d]! - ((ratio * z) / (2 * total)) * model.dVariance[d]!
      }
      return log
    },
  }
}

/**
 * ln Σ_u Π_k E[(u_k − y_k)⁺]: for each corner u of the search region (pareto.ts), the expected volume that a point gains below
 * it, objectives being independent. An upper bound of the expected hypervolume improvement (Emmerich, Giannakoglou & Naujoks 2006),
 * which counts overlaps of neighbouring corners once; unlike that it is a sum of positive terms, so its logarithm is
 * safe, and it needs no decomposition into boxes.
 */
export function logExpectedVolume(models: readonly Surrogate[], corners: readonly Float64Array[]): Acquisition {
  const h = { log: 0, cdf: 0, pdf: 0 }
  const m = models.length
  const terms = new Float64Array(corners.length)
  const byMean = new Float64Array(corners.length * m)
  const byVariance = new Float64Array(corners.length * m)
  return {
    evaluate(f, fAt, gradient) {
      terms.fill(0)
      for (let k = 0; k < m; k++) {
        const model = models[k]!
        model.predict(f, fAt, gradient !== undefined)
        const sd = Math.sqrt(model.variance)
        for (let c = 0; c < corners.length; c++) {
          logImprovement((corners[c]![k]! - model.mean) / sd, h)
          terms[c] = terms[c]! + h.log + Math.log(sd)
          byMean[c * m + k] = -h.cdf / sd
          byVariance[c * m + k] = h.pdf / (2 * model.variance)
        }
      }
      let top = -Infinity
      for (const term of terms) top = Math.max(top, term)
      let total = 0
      for (const term of terms) total += Math.exp(term - top)
      gradient?.fill(0)
      for (let c = 0; gradient && c < corners.length; c++) {
        const weight = Math.exp(terms[c]! - top) / total
        for (let k = 0; k < m; k++) {
          const { dMean, dVariance } = models[k]!
          const a = weight * byMean[c * m + k]!
          const b = weight * byVariance[c * m + k]!
          for (let d = 0; d < gradient.length; d++) gradient[d] = gradient[d]! + a * dMean[d]! + b * dVariance[d]!
        }
      }
      return top + Math.log(total)
    },
  }
}

/** The sum of several: of an improvement and the probabilities of independent conditions. */
export function sum(terms: readonly Acquisition[], numeric: number): Acquisition {
  if (terms.length === 1) return terms[0]!
  const part = new Float64Array(numeric)
  return {
    evaluate(f, fAt, gradient) {
      let total = 0
      gradient?.fill(0)
      for (const term of terms) {
        total += term.evaluate(f, fAt, gradient && part)
        if (gradient) for (let d = 0; d < numeric; d++) gradient[d] = gradient[d]! + part[d]!
      }
      return total
    },
  }
}
