import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

interface Weight {
  readonly value: Float64Array
  readonly gradient: Float64Array
}
interface Network {
  readonly weights: readonly Weight[]
  forward(X: Float64Array, batch: number, training: boolean): Float64Array
  backward(dY: Float64Array): void
}
interface CrossEntropy {
  readonly loss: number
  readonly gradient: Float64Array
}
type Draw = () => number

/** The example is plain JavaScript; these are the parts of it that are tested. */
async function example() {
  const load = (name: string): Promise<unknown> =>
    import(new URL(`../examples/digits/${name}.mjs`, import.meta.url).href)
  const { network, crossEntropy } = (await load('network')) as {
    network(settings: object, random: Draw): Network
    crossEntropy(scores: Float64Array, labels: readonly number[]): CrossEntropy
  }
  const { randomStream } = (await load('random')) as { randomStream(seed: number): Draw }
  const { loadDigits } = (await load('digits')) as {
    loadDigits(): Record<'train' | 'validation' | 'test', { X: Float64Array; labels: Uint8Array }>
  }
  const { adam, sgd } = (await load('optimizers')) as {
    adam(weights: readonly object[], options: object): (lr: number) => void
    sgd(weights: readonly object[], options: object): (lr: number) => void
  }
  return { network, crossEntropy, randomStream, loadDigits, adam, sgd }
}

const layer = fc.oneof(
  fc.record({ kind: fc.constant('dense'), units: fc.integer({ min: 1, max: 7 }), dropout: fc.constantFrom(0, 0.3) }),
  fc.record({
    kind: fc.constant('conv'),
    filters: fc.integer({ min: 1, max: 5 }),
    kernel: fc.constantFrom(1, 3, 5),
    dropout: fc.constantFrom(0, 0.3),
  }),
)
const settings = fc.record({
  layers: fc.array(layer, { minLength: 0, maxLength: 3 }),
  activation: fc.constantFrom('relu', 'elu', 'tanh', 'sigmoid'),
})

describe('the network of examples/digits', () => {
  it('has the gradients that difference quotients give, for any layers', async () => {
    const { network, crossEntropy, randomStream } = await example()
    const batch = 3
    const labels = [3, 0, 9]
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 1000 }), (chosen, seed) => {
        const dice = randomStream(seed)
        const X = Float64Array.from({ length: 64 * batch }, () => 2 * dice() - 1)
        // dropout from the same dice each time, so that the loss is one function
        let drops = randomStream(seed)
        const model = network(chosen, () => drops())
        // biases of zero would put units whose inputs are all dropped on the kink of their rectifier
        for (const { value } of model.weights) value.set(value.map((w) => w + 0.2 * (dice() - 0.5)))
        const loss = () => {
          drops = randomStream(seed)
          return crossEntropy(model.forward(X, batch, true), labels)
        }
        model.backward(loss().gradient)
        const gradients = model.weights.map(({ gradient }) => gradient.slice())
        model.weights.forEach(({ value }, k) => {
          for (let n = 0; n < 4; n++) {
            const i = Math.floor(dice() * value.length)
            const before = value[i] as number
            // small, so that hardly ever a unit passes the kink of its rectifier in between
            const h = 1e-6
            value[i] = before + h
            const above = loss().loss
            value[i] = before - h
            const below = loss().loss
            value[i] = before
            const quotient = (above - below) / (2 * h)
            expect(Math.abs((gradients[k]?.[i] as number) - quotient)).toBeLessThan(1e-5 * (1 + Math.abs(quotient)))
          }
        })
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  it('gives the loss and gradient of equal scores', async () => {
    const { crossEntropy } = await example()
    const { loss, gradient } = crossEntropy(new Float64Array(20), [0, 4])
    expect(loss).toBeCloseTo(Math.log(10), 12)
    expect(gradient[0]).toBeCloseTo((0.1 - 1) / 2, 12)
    expect(gradient[1]).toBeCloseTo(0.1 / 2, 12)
  })

  it('learns from, validates and tests on different images, each digit evenly', async () => {
    const { loadDigits } = await example()
    const { train, validation, test } = loadDigits()
    const parts = [train, validation, test]
    expect(parts.map(({ labels }) => labels.length)).toEqual([599, 599, 599])
    for (const { labels } of parts) {
      for (let digit = 0; digit < 10; digit++) {
        const count = labels.filter((label) => label === digit).length
        // 174 to 183 images of each digit
        expect([58, 59, 60, 61]).toContain(count)
      }
    }
    const images = parts.flatMap(({ X }) => Array.from({ length: 599 }, (_, i) => X.slice(64 * i, 64 * i + 64).join()))
    expect(new Set(images).size).toBe(1797)
  })

  it('takes the first steps the papers say', async () => {
    const { adam, sgd } = await example()
    const weight = () => [{ value: Float64Array.of(1), gradient: Float64Array.of(0.5), decays: true }]
    const moved = weight()
    // the bias correction makes the first step lr · sign(gradient)
    adam(moved, { beta1: 0.9, weightDecay: 0 })(0.01)
    expect(moved[0]?.value[0]).toBeCloseTo(0.99, 8)

    const rolling = weight()
    const step = sgd(rolling, { momentum: 0.9, nesterov: false, weightDecay: 0 })
    step(0.1)
    step(0.1)
    expect(rolling[0]?.value[0]).toBeCloseTo(1 - 0.05 - 0.095, 12)

    const ahead = weight()
    sgd(ahead, { momentum: 0.9, nesterov: true, weightDecay: 0.1 })(0.1)
    expect(ahead[0]?.value[0]).toBeCloseTo(0.99 - 0.1 * (0.5 + 0.9 * 0.5), 12)
  })
})
