/**
 * Optimizers: `step(lr)` moves each weight against its gradient. Weight decay is decoupled from the gradient
 * (Loshchilov and Hutter 2019, arXiv 1711.05101) and spares the biases.
 */

/** Kingma and Ba 2015 (arXiv 1412.6980), algorithm 1. */
export function adam(weights, { beta1, beta2 = 0.999, weightDecay }) {
  const moments = weights.map(({ value }) => ({ m: new Float64Array(value.length), v: new Float64Array(value.length) }))
  let t = 0
  return (lr) => {
    t++
    const [scale1, scale2] = [1 - beta1 ** t, 1 - beta2 ** t]
    weights.forEach(({ value, gradient, decays }, k) => {
      const { m, v } = moments[k]
      const shrink = decays ? 1 - lr * weightDecay : 1
      for (let i = 0; i < value.length; i++) {
        const g = gradient[i]
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        value[i] = shrink * value[i] - (lr * (m[i] / scale1)) / (Math.sqrt(v[i] / scale2) + 1e-8)
      }
    })
  }
}

/** Gradient descent with momentum, with or without Nesterov's look ahead (Sutskever et al. 2013, eq. 3-4). */
export function sgd(weights, { momentum, nesterov, weightDecay }) {
  const velocities = weights.map(({ value }) => new Float64Array(value.length))
  return (lr) => {
    weights.forEach(({ value, gradient, decays }, k) => {
      const u = velocities[k]
      const shrink = decays ? 1 - lr * weightDecay : 1
      for (let i = 0; i < value.length; i++) {
        u[i] = momentum * u[i] + gradient[i]
        value[i] = shrink * value[i] - lr * (nesterov ? gradient[i] + momentum * u[i] : u[i])
      }
    })
  }
}

export const optimizers = { adam, sgd }
