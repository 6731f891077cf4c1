export const usage = `node train.mjs [--name=value …]
  --layers=1                       how many; layer i of them, from 0:
  --layers.0.kind=dense            dense or conv
  --layers.0.kind.dense.units=64
  --layers.0.kind.conv.filters=16  --layers.0.kind.conv.kernel=3
  --layers.0.dropout=0
  --activation=relu                relu, elu, tanh or sigmoid
  --optimizer=adam                 adam or sgd
  --optimizer.adam.lr=0.001        --optimizer.adam.beta1=0.9
  --optimizer.sgd.lr=0.1           --optimizer.sgd.momentum=0  --optimizer.sgd.nesterov=false
  --schedule=constant              of the learning rate: constant or cosine
  --weightDecay=0  --batch=32  --epochs=20
  --shift=0                        how often a training image is moved by one pixel
  --seed=1                         of weights, order and dropout`

/** All settings of a training run. The defaults are what one would try first by hand. */
export function readSettings(argv) {
  const args = parseArguments(argv)
  const settings = {
    seed: args.integer('seed', 1),
    epochs: args.integer('epochs', 20),
    batch: args.integer('batch', 32),
    schedule: args.option('schedule', ['constant', 'cosine'], 'constant'),
    shift: args.number('shift', 0),
    weightDecay: args.number('weightDecay', 0),
    activation: args.option('activation', ['relu', 'elu', 'tanh', 'sigmoid'], 'relu'),
    layers: Array.from({ length: args.integer('layers', 1) }, (_, i) => readLayer(args, `layers.${i}`)),
    optimizer: readOptimizer(args),
  }
  const unknown = args.unread()
  if (unknown.length > 0) throw new Error(`--${unknown[0]}: not a setting, or not one of what else was chosen`)
  return settings
}

function readLayer(args, name) {
  const kind = args.option(`${name}.kind`, ['dense', 'conv'], 'dense')
  const dropout = args.number(`${name}.dropout`, 0)
  if (kind === 'dense') return { kind, dropout, units: args.integer(`${name}.kind.dense.units`, 64) }
  return {
    kind,
    dropout,
    filters: args.integer(`${name}.kind.conv.filters`, 16),
    kernel: Number(args.option(`${name}.kind.conv.kernel`, ['1', '3', '5', '7'], '3')),
  }
}

function readOptimizer(args) {
  const name = args.option('optimizer', ['adam', 'sgd'], 'adam')
  if (name === 'adam') {
    return { name, lr: args.number('optimizer.adam.lr', 1e-3), beta1: args.number('optimizer.adam.beta1', 0.9) }
  }
  return {
    name,
    lr: args.number('optimizer.sgd.lr', 0.1),
    momentum: args.number('optimizer.sgd.momentum', 0),
    nesterov: args.option('optimizer.sgd.nesterov', ['true', 'false'], 'false') === 'true',
  }
}

/** Reads `--name=value` arguments; `unread` gives the names that nobody asked for. */
function parseArguments(argv) {
  const given = new Map()
  for (const argument of argv) {
    const match = /^--([^=]+)=(.*)$/.exec(argument)
    if (!match) throw new Error(`expected --name=value, got ${argument}`)
    given.set(match[1], match[2])
  }
  const read = new Set()
  const value = (name, fallback, expected, convert) => {
    read.add(name)
    const text = given.get(name)
    if (text === undefined) return fallback
    const converted = convert(text)
    if (converted === undefined) throw new Error(`--${name}: expected ${expected}, got ${JSON.stringify(text)}`)
    return converted
  }
  const finite = (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined)
  const natural = (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined)
  return {
    number: (name, fallback) => value(name, fallback, 'a number', finite),
    integer: (name, fallback) => value(name, fallback, 'a whole number from 1', natural),
    option: (name, options, fallback) =>
      value(name, fallback, `one of ${options.join(', ')}`, (text) => (options.includes(text) ? text : undefined)),
    unread: () => [...given.keys()].filter((name) => !read.has(name)),
  }
}
