/**
 * A feed-forward network of dense and convolutional layers with exact gradients by backpropagation.
 *
 * A layer: `forward(X, batch, training)` gives Y; `backward(dY)` gives dX and fills the gradients of the same batch;
 * `weights`: a list of { value, gradient, decays }. X and Y are batch × size, row-major; an image is height × width ×
 * channels. Loss gradients are means over the batch.
 */
import { addProduct, matrix, transposed } from './matrix.mjs'
import { normal } from './random.mjs'

/** Y = X · W + b. W: inputs × outputs, scaled by `gain` (He et al. 2015: 2 for rectifiers; Glorot and Bengio 2010: 1). */
export function linear(inputs, outputs, gain, random) {
  const W = weight(inputs * outputs, true)
  const b = weight(outputs, false)
  const sd = Math.sqrt(gain / inputs)
  for (let i = 0; i < W.value.length; i++) W.value[i] = sd * normal(random)
  let X
  let rows = 0
  return {
    weights: [W, b],
    forward(input, batch) {
      X = input
      rows = batch
      const Y = new Float64Array(rows * outputs)
      for (let i = 0; i < rows; i++) Y.set(b.value, i * outputs)
      addProduct(Y, matrix(X, inputs), matrix(W.value, outputs), { m: rows, k: inputs, n: outputs })
      return Y
    },
    backward(dY, isFirst) {
      W.gradient.fill(0)
      addProduct(W.gradient, transposed(X, inputs), matrix(dY, outputs), { m: inputs, k: rows, n: outputs })
      b.gradient.fill(0)
      for (let i = 0; i < rows; i++) for (let j = 0; j < outputs; j++) b.gradient[j] += dY[i * outputs + j]
      // nobody asks for the gradient of the pixels
      if (isFirst) return undefined
      const dX = new Float64Array(rows * inputs)
      addProduct(dX, matrix(dY, outputs), transposed(W.value, outputs), { m: rows, k: outputs, n: inputs })
      return dX
    },
  }
}

/**
 * Convolution with stride 2 and zero padding: `image` of height × width × channels becomes half as high and wide with
 * `filters` channels. Each output pixel's patch is laid out as a row, so that the work is one matrix product.
 */
export function convolution(image, { filters, kernel }, gain, random) {
  const { height, width, channels } = image
  const output = { height: Math.ceil(height / 2), width: Math.ceil(width / 2), channels: filters }
  const { sources, taps } = patches(image, output, kernel)
  const inner = linear(taps * channels, filters, gain, random)
  const pixels = output.height * output.width
  const size = height * width * channels
  let rows = 0
  return {
    output,
    weights: inner.weights,
    forward(X, batch) {
      rows = batch
      const P = new Float64Array(batch * pixels * taps * channels)
      for (let i = 0, to = 0; i < batch; i++) {
        for (const source of sources) {
          if (source >= 0) for (let c = 0; c < channels; c++) P[to + c] = X[i * size + source * channels + c]
          to += channels
        }
      }
      return inner.forward(P, batch * pixels)
    },
    backward(dY, isFirst) {
      const dP = inner.backward(dY, isFirst)
      if (isFirst) return undefined
      const dX = new Float64Array(rows * size)
      for (let i = 0, from = 0; i < rows; i++) {
        for (const source of sources) {
          if (source >= 0) for (let c = 0; c < channels; c++) dX[i * size + source * channels + c] += dP[from + c]
          from += channels
        }
      }
      return dX
    },
  }
}

/** For every output pixel and every tap of its kernel the input pixel it reads, or -1 for padding. */
function patches(image, output, kernel) {
  // taps that could only ever read padding are left out: on a one-pixel image a convolution is a dense layer
  const reach = Math.min((kernel - 1) / 2, Math.max(image.height, image.width) - 1)
  const sources = []
  for (let y = 0; y < output.height; y++) {
    for (let x = 0; x < output.width; x++) {
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          const [row, column] = [2 * y + dy, 2 * x + dx]
          const inside = row >= 0 && row < image.height && column >= 0 && column < image.width
          sources.push(inside ? row * image.width + column : -1)
        }
      }
    }
  }
  return { sources, taps: (2 * reach + 1) ** 2 }
}

/** Activations with the derivative written in terms of the output y. */
export const activations = {
  relu: { gain: 2, apply: (x) => (x > 0 ? x : 0), slope: (y) => (y > 0 ? 1 : 0) },
  elu: { gain: 2, apply: (x) => (x > 0 ? x : Math.expm1(x)), slope: (y) => (y > 0 ? 1 : y + 1) },
  tanh: { gain: 1, apply: Math.tanh, slope: (y) => 1 - y * y },
  sigmoid: { gain: 1, apply: (x) => 1 / (1 + Math.exp(-x)), slope: (y) => y * (1 - y) },
}

export function activation({ apply, slope }) {
  let Y
  return {
    weights: [],
    forward(X) {
      Y = new Float64Array(X.length)
      for (let i = 0; i < Y.length; i++) Y[i] = apply(X[i])
      return Y
    },
    backward(dY) {
      const dX = new Float64Array(dY.length)
      for (let i = 0; i < dX.length; i++) dX[i] = dY[i] * slope(Y[i])
      return dX
    },
  }
}

/** Inverted dropout (Srivastava et al. 2014): only in training, survivors are scaled up. */
export function dropout(rate, random) {
  let mask
  return {
    weights: [],
    forward(X, _batch, training) {
      if (!training) return X
      mask = new Float64Array(X.length)
      for (let i = 0; i < mask.length; i++) mask[i] = random() < rate ? 0 : 1 / (1 - rate)
      return times(X, mask)
    },
    backward: (dY) => times(dY, mask),
  }
}

function times(X, factors) {
  const Y = new Float64Array(X.length)
  for (let i = 0; i < Y.length; i++) Y[i] = X[i] * factors[i]
  return Y
}

/**
 * The whole network: the listed layers, each followed by the activation and its dropout, then ten classes.
 *
 * @param layers e.g. [{ kind: 'conv', filters: 16, kernel: 3, dropout: 0 }, { kind: 'dense', units: 64, dropout: 0.2 }].
 *   A dense layer makes a one-pixel image with `units` channels.
 */
export function network({ layers, activation: name }, random) {
  const { gain } = activations[name]
  let image = { height: 8, width: 8, channels: 1 }
  const stack = []
  for (const layer of layers) {
    if (layer.kind === 'conv') {
      const conv = convolution(image, layer, gain, random)
      stack.push(conv)
      image = conv.output
    } else {
      stack.push(linear(image.height * image.width * image.channels, layer.units, gain, random))
      image = { height: 1, width: 1, channels: layer.units }
    }
    stack.push(activation(activations[name]))
    if (layer.dropout > 0) stack.push(dropout(layer.dropout, random))
  }
  stack.push(linear(image.height * image.width * image.channels, 10, 1, random))
  return {
    weights: stack.flatMap((layer) => layer.weights),
    forward: (X, batch, training) => stack.reduce((input, layer) => layer.forward(input, batch, training), X),
    backward: (dY) => stack.reduceRight((gradient, layer, i) => layer.backward(gradient, i === 0), dY),
  }
}

/** Mean cross-entropy of softmax(scores), its gradient, and how many labels have the highest score. */
export function crossEntropy(scores, labels) {
  const batch = labels.length
  const gradient = new Float64Array(batch * 10)
  let loss = 0
  let correct = 0
  for (let i = 0; i < batch; i++) {
    const row = scores.subarray(10 * i, 10 * i + 10)
    const top = Math.max(...row)
    const logSum = top + Math.log(row.reduce((sum, score) => sum + Math.exp(score - top), 0))
    loss += (logSum - row[labels[i]]) / batch
    if (row[labels[i]] === top) correct++
    for (let j = 0; j < 10; j++) gradient[10 * i + j] = (Math.exp(row[j] - logSum) - (j === labels[i] ? 1 : 0)) / batch
  }
  return { loss, gradient, correct }
}

function weight(size, decays) {
  return { value: new Float64Array(size), gradient: new Float64Array(size), decays }
}
