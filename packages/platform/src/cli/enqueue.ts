import { type Choice, didYouMean, type Parameter, type Params, ParzenError, type Space, type Study } from '@parzen/core'
import { type Command, InvalidArgumentError } from 'commander'
import { bestSettings } from './best-settings.js'
import { type Cli, command } from './command.js'
import { count, formatParams } from './format/number.js'
import { pickStudy, withExistingStore } from './open.js'

interface Options {
  store?: string
  json?: boolean
  best?: number
  repeat: number
}

export function enqueueCommand(cli: Cli): Command {
  return command({
    usage: 'enqueue [study] [values...]',
    summary: 'Ask for a trial with values of yours, ahead of what the sampler suggests; what you leave out is drawn.',
    examples: [
      ['parzen enqueue digits lr=0.01 batch=32', 'two values; the others are drawn'],
      ['parzen enqueue digits optimizer=sgd optimizer.sgd.momentum=0.9', 'a parameter of a nested choice'],
      [
        'parzen enqueue digits --best 3 --repeat 5',
        'the three best settings again, five times each: which is really better?',
      ],
    ],
    json: 'an object: study params queued ended; with --best, params is a list.',
  })
    .option('--best <count>', 'the best settings so far, instead of values of yours', positive)
    .option('--repeat <count>', 'each so many times', positive, 1)
    .action(async (first: string | undefined, rest: string[], options: Options) => {
      await withExistingStore(options.store, async ({ store }) => {
        const hasName = first !== undefined && !first.includes('=')
        const pairs = first === undefined || hasName ? rest : [first, ...rest]
        const study = await pickStudy(store, hasName ? first : undefined)
        const settings = options.best === undefined ? [valuesOf(study, pairs)] : bestOf(study, options.best, pairs)
        // in rounds, so that a study that ends early has evaluated each about as often
        for (let round = 0; round < options.repeat; round++) {
          await study.enqueue(...settings)
        }
        const { queue, queueTaken, ended } = study.state
        const queued = queue.length - queueTaken
        if (options.json) {
          const params = options.best === undefined ? settings[0] : settings
          return cli.terminal.print(JSON.stringify({ study: study.name, params, queued, ended: ended ?? null }))
        }
        const times = options.repeat > 1 ? `, ${options.repeat} times` : ''
        for (const [i, params] of settings.entries()) {
          const waiting = i === settings.length - 1 ? `; ${count(queued, 'trial')} waiting` : ''
          cli.terminal.print(`${study.name}: queued ${formatParams(params)}${times}${waiting}`)
        }
        if (ended !== undefined) {
          cli.terminal.print(`the study has ended (${ended}): \`parzen run\` with a larger budget starts it`)
        }
      })
    })
}

function valuesOf(study: Study, pairs: readonly string[]): Params {
  if (pairs.length > 0) return parseValues(study.spec.space, pairs)
  throw new ParzenError('cli/values', 'enqueue: expected values like lr=0.01, got none', {
    hint: `${study.name} has: ${Object.keys(study.spec.space).join(', ')}`,
  })
}

function bestOf(study: Study, count: number, pairs: readonly string[]): Params[] {
  if (pairs.length > 0) throw new ParzenError('cli/values', `enqueue: expected --best or values, got both`)
  const found = bestSettings(study.state, count)
  if (found.length > 0) return found
  throw new ParzenError('cli/values', `study ${study.name}: expected a complete trial, got none yet`)
}

function positive(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more.')
  return value
}

/** `name=value` by the distributions of the space. @throws ParzenError `params/…`, `cli/values`. */
export function parseValues(space: Space, pairs: readonly string[]): { [name: string]: Choice } {
  const params: { [name: string]: Choice } = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) throw new ParzenError('cli/values', `enqueue: expected name=value, got ${JSON.stringify(pair)}`)
    const name = pair.slice(0, at)
    const parameter = space[name]
    if (!parameter) {
      throw new ParzenError('params/unknown', `${name}: expected a parameter of the space, got an unknown name`, {
        hint: didYouMean(name, Object.keys(space)),
      })
    }
    if (name in params) throw new ParzenError('cli/values', `${name}: expected one value, got two`)
    params[name] = parseValue(name, parameter, pair.slice(at + 1))
  }
  return params
}

function parseValue(name: string, parameter: Parameter, text: string): Choice {
  if (parameter.kind === 'categorical') {
    const found = parameter.choices.find((choice) => String(choice) === text)
    if (found !== undefined) return found
    const choices = parameter.choices.map(String)
    throw new ParzenError('params/value', `${name}: expected one of ${choices.join(', ')}, got ${JSON.stringify(text)}`)
  }
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new ParzenError('params/value', `${name}: expected a number, got ${JSON.stringify(text)}`)
}
