import { analyze, ParzenError, partialDependence, type Study } from '@parzen/core'
import { type Command, InvalidArgumentError } from 'commander'
import { analysisLines } from './analysis-page.js'
import { type Cli, command } from './command.js'
import { dependenceLines } from './dependence-page.js'
import { pickStudy, withExistingStore } from './open.js'
import { printLines } from './page.js'

interface Options {
  store?: string
  json?: boolean
  noise?: number
  reference?: readonly number[]
  parameter?: string
  with?: string
}

export function analyzeCommand(cli: Cli): Command {
  return command({
    usage: 'analyze [study]',
    summary:
      'What the trials of a study say: which parameters matter, whether the winner is really better, what more trials may bring.',
    examples: [
      ['parzen analyze digits', 'importance, best so far, the winner, expected gains'],
      ['parzen analyze digits --noise 0.004', 'with the standard deviation of repeated evaluations, if you know it'],
      ['parzen analyze digits --parameter lr', 'how the objective depends on lr, by a fitted model'],
      ['parzen analyze digits --parameter lr --with batch', 'on both together'],
      ['parzen analyze costs --reference 1,200', 'several objectives: Pareto front and hypervolume'],
    ],
    json: 'an object: study trials importances[{metric,parameters[{name,top,alone}],\npairs[{names,share}]}] bestSoFar winner gains[{trials,chance,expected,interval}] reasonToStop front calibration{trials,inside}.\nWith --parameter: study dependences[{model,metric,trials,averaged,axes[{name,values,positions}],mean,sd}], one per objective;\nmean and sd have a value per point of the grid, the last axis fastest.',
  })
    .option('--noise <sd>', 'standard deviation of the objective between evaluations of one setting', noiseOf)
    .option('--reference <values>', 'the point hypervolume is measured from, a value per objective', numbersOf)
    .option('--parameter <name>', 'how the objective depends on this one, the others as in the trials')
    .option('--with <name>', 'a second parameter: on both together')
    .action(async (name: string | undefined, { store: location, json, ...options }: Options) => {
      await withExistingStore(location, async ({ store }) => {
        const study = await pickStudy(store, name)
        const { objectives } = study.spec
        if (options.reference && options.reference.length !== objectives.length) {
          throw new ParzenError(
            'cli/reference',
            `--reference: expected one number per objective of ${study.name}, so ${objectives.length}, got ${options.reference.length}`,
          )
        }
        if (options.with !== undefined && options.parameter === undefined) {
          throw new ParzenError('cli/parameter', '--with: expected --parameter before it, got none')
        }
        if (options.parameter !== undefined)
          return printDependence(cli, study, { ...options, ...(json ? { json } : {}) })
        const analysis = analyze(study.state, options)
        if (!json) return printLines(cli.terminal, analysisLines(cli.terminal, { study, analysis }))
        const importances = analysis.importances.map((each, i) => ({ metric: objectives[i]?.metric, ...each }))
        // undefined is no JSON; a key that is promised is there
        const nothing = { winner: null, reasonToStop: null, front: null, calibration: null }
        const known = JSON.parse(JSON.stringify({ ...analysis, importances }))
        cli.terminal.print(JSON.stringify({ study: study.name, ...nothing, ...known }))
      })
    })
}

function printDependence(cli: Cli, study: Study, { parameter, with: second, json }: Options): void {
  const names = [parameter, second].filter((name) => name !== undefined)
  const dependences = study.spec.objectives.map((_, objective) => partialDependence(study.state, names, { objective }))
  if (!json) printLines(cli.terminal, dependenceLines(cli.terminal, { study, dependences, names }))
  else cli.terminal.print(JSON.stringify({ study: study.name, dependences: dependences.filter((found) => found) }))
}

function noiseOf(text: string): number {
  const sd = Number(text)
  if (text.trim() === '' || !Number.isFinite(sd) || sd < 0) throw new InvalidArgumentError('expected a number >= 0.')
  return sd
}

function numbersOf(text: string): number[] {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  if (!numbers.every(Number.isFinite)) throw new InvalidArgumentError('expected numbers with commas between.')
  return numbers
}
