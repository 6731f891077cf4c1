import type { Command } from 'commander'
import { type Verified, verified } from '../runner/verified.js'
import { type Cli, command } from './command.js'
import { exitCode } from './exit-code.js'
import { count } from './format/number.js'
import { pickStudy, withExistingStore } from './open.js'

const SHOWN = 5

export function verifyCommand(cli: Cli): Command {
  return command({
    usage: 'verify [study]',
    summary:
      'Make every suggestion of a study again from its journal and compare bit for bit; check that the journal is lawful.',
    examples: [
      ['parzen verify digits', 'exit code 0 if all is as it was, 1 if not'],
      ['parzen verify digits --json | jq .mismatches', 'what differs'],
    ],
    json: 'an object: study ok checked mismatches[{trial,stored,again}] foreign[{trial,sampler}] violations events.',
  }).action(async (name: string | undefined, options: { store?: string; json?: boolean }) => {
    await withExistingStore(options.store, async ({ store }) => {
      const { terminal } = cli
      const study = (await pickStudy(store, name)).name
      const events = await store.read(study, 0)
      const found = verified(events)
      if (!found.ok) cli.exitCode = exitCode.failed
      if (options.json) return terminal.print(JSON.stringify({ study, ...found }))
      const isJudged = events.some(({ type }) => type === 'trial-judged')
      for (const line of verdictLines(study, found, { isJudged })) terminal.print(line)
    })
  })
}

/** @param isJudged what was made again includes verdicts of a pruner. */
export function verdictLines(
  study: string,
  { checked, mismatches, foreign, violations }: Pick<Verified, 'checked' | 'mismatches' | 'foreign' | 'violations'>,
  { isJudged = false } = {},
): string[] {
  const made = isJudged ? `${checked} suggestions and verdicts` : count(checked, 'suggestion')
  const lines =
    mismatches.length === 0
      ? [`${study}: ${made} made again, bit for bit the same`]
      : [`${study}: ${checked - mismatches.length} of ${made} came out the same, ${mismatches.length} did not`]
  if (foreign.length > 0) {
    const samplers = [...new Set(foreign.map(({ sampler }) => sampler))].join(', ')
    lines.push(
      `${study}: ${count(foreign.length, 'suggestion')} by ${samplers}, which this release does not have: not checked`,
    )
  }
  const shown = mismatches.slice(0, SHOWN)
  lines.push(
    ...shown.flatMap(({ trial, stored, again }) => [`  trial ${trial}`, `    stored ${stored}`, `    again  ${again}`]),
    ...andMore(mismatches.length),
  )
  if (violations.length === 0) return lines
  const unlawful = `${study}: the journal has ${count(violations.length, 'event')} that no run could have written`
  return [...lines, unlawful, ...violations.slice(0, SHOWN).map((line) => `  ${line}`), ...andMore(violations.length)]
}

function andMore(length: number): string[] {
  return length > SHOWN ? [`  and ${length - SHOWN} more`] : []
}
