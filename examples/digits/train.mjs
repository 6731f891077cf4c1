#!/usr/bin/env node
/**
 * Trains a small neural network on handwritten digits; knows nothing of Parzen. Settings come as `--name=value`
 * arguments, results go to standard output: one line of JSON an epoch with the accuracy on the validation images, and
 * the accuracy on the test images after the last one.
 */
import { loadDigits } from './digits.mjs'
import { crossEntropy, network } from './network.mjs'
import { optimizers } from './optimizers.mjs'
import { randomStream, shuffle } from './random.mjs'
import { readSettings, usage } from './settings.mjs'

/** Trains on `data.train`; calls `onEpoch` after each pass. @throws RangeError if the loss is not finite. */
function train(settings, data, onEpoch) {
  const random = randomStream(settings.seed)
  const model = network(settings, random)
  const { name, lr, ...options } = settings.optimizer
  const step = optimizers[name](model.weights, { ...options, weightDecay: settings.weightDecay })
  const order = Array.from(data.train.labels.keys())
  const updates = settings.epochs * Math.ceil(order.length / settings.batch)
  let done = 0
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    shuffle(order, random)
    for (let from = 0; from < order.length; from += settings.batch) {
      const { X, labels } = pick(data.train, order.slice(from, from + settings.batch), () =>
        shift(settings.shift, random),
      )
      const { loss, gradient } = crossEntropy(model.forward(X, labels.length, true), labels)
      checkFinite(loss, epoch)
      model.backward(gradient)
      const cosine = (1 + Math.cos((Math.PI * done++) / updates)) / 2
      step(settings.schedule === 'cosine' ? lr * cosine : lr)
    }
    onEpoch(epoch, model)
  }
}

function pick({ X, labels }, indices, nextShift) {
  const rows = new Float64Array(indices.length * 64).fill(-1)
  indices.forEach((index, i) => {
    const [down, right] = nextShift()
    for (let y = Math.max(0, down); y < Math.min(8, 8 + down); y++) {
      for (let x = Math.max(0, right); x < Math.min(8, 8 + right); x++) {
        rows[64 * i + 8 * y + x] = X[64 * index + 8 * (y - down) + x - right]
      }
    }
  })
  return { X: rows, labels: indices.map((index) => labels[index]) }
}

/** One pixel up, down, left or right with this probability. */
function shift(probability, random) {
  if (random() >= probability) return [0, 0]
  return [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ][Math.floor(4 * random())]
}

function evaluate(model, { X, labels }) {
  const { loss, correct } = crossEntropy(model.forward(X, labels.length, false), labels)
  return { accuracy: correct / labels.length, loss }
}

function checkFinite(loss, epoch) {
  if (!Number.isFinite(loss)) throw new RangeError(`the loss became ${loss} in epoch ${epoch}`)
}

function main(argv) {
  if (argv.includes('--help')) return console.log(usage)
  const settings = readSettings(argv)
  const data = loadDigits()
  train(settings, data, (epoch, model) => {
    const metrics = { step: epoch, ...evaluate(model, data.validation) }
    checkFinite(metrics.loss, epoch)
    if (epoch === settings.epochs) metrics.test_accuracy = evaluate(model, data.test).accuracy
    console.log(JSON.stringify(metrics))
  })
}

try {
  main(process.argv.slice(2))
} catch (error) {
  console.error(`train.mjs: ${error.message}`)
  process.exitCode = error instanceof RangeError ? 3 : 2
}
