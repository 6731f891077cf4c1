import { verify } from '@parzen/core'
import type { Command } from 'commander'
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
    json: 'an object: study ok checked mismatches[{trial,stored,again}] violations events.',
  }).action(async (name: string | undefined, options: { store?: string; json?: boolean }) => {
    await withExistingStore(options.store, async ({ store }) => {
      const { terminal } = cli
      const study = (await pickStudy(store, name)).name
      const events = await store.read(study, 0)
      const { checked, mismatches } = verify(events)
      const ok = mismatches.length === 0
      if (!ok) cli.exitCode = exitCode.failed
      if (options.json) {
        return terminal.print(JSON.stringify({ study, ok, checked, mismatches, violations: [], events: events.length }))
      }
      const same = checked - mismatches.length
      if (ok) return terminal.print(`${study}: ${count(checked, 'suggestion')} made again, bit for bit the same`)
      terminal.print(
        `${study}: ${same} of ${count(checked, 'suggestion')} came out the same, ${mismatches.length} did not`,
      )
      for (const { trial, stored, again } of mismatches.slice(0, SHOWN)) {
        terminal.print(`  trial ${trial}\n    stored ${stored}\n    again  ${again}`)
      }
      if (mismatches.length > SHOWN) terminal.print(`  and ${mismatches.length - SHOWN} more`)
    })
  })
}
