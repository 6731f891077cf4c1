import { explain, fold, ParzenError } from '@parzen/core'
import type { Command } from 'commander'
import { type Cli, command } from './command.js'
import { explanationLines } from './explanation-page.js'
import { withExistingStore } from './open.js'
import { printLines } from './page.js'
import { pickStudyAndTrial, trialOf } from './trial-choice.js'

interface Options {
  store?: string
  json?: boolean
}

export function explainCommand(cli: Cli): Command {
  return command({
    usage: 'explain [study] [trial]',
    summary: 'Why a trial was suggested: what was known then, the nearest earlier trials, explore or exploit.',
    examples: [
      ['parzen explain digits 23', 'trial 23 of the study digits'],
      ['parzen explain 23 --json | jq .novelty', 'of the only study, for scripts'],
    ],
    json: 'an object: study trial params sampler memo kind known running novelty promise\nforecasts[{mean,sd,interval,best}] logRatio nearest[{trial,params,values,distance}] best.',
  }).action(async (first: string | undefined, second: string | undefined, { store: location, json }: Options) => {
    await withExistingStore(location, async ({ store }) => {
      const { study, number } = await pickStudyAndTrial(store, first, second)
      if (number === undefined) {
        throw new ParzenError('trial/unnamed', `study ${study.name}: expected the number of a trial, got none`, {
          hint: '`parzen show` lists the best ones',
        })
      }
      const trial = trialOf(study, number)
      // exactly what the sampler could know: the journal up to the version it was asked on
      const before = fold((await store.read(study.name, 0)).slice(0, trial.seen))
      const explanation = explain(before, trial)
      const sampler = before.spec?.sampler.name ?? study.spec.sampler.name
      if (!json) return printLines(cli.terminal, explanationLines(cli.terminal, { study, trial, explanation, sampler }))
      const { params, memo = null } = trial
      const nothing = { novelty: null, promise: null, forecasts: null, logRatio: null, best: null }
      const known = JSON.parse(JSON.stringify(explanation))
      const answer = { study: study.name, trial: number, params, sampler, memo, ...nothing, ...known }
      cli.terminal.print(JSON.stringify(answer))
    })
  })
}
