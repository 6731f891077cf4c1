import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { type RouteName, routes } from '../http/contract.js'
import { exitCode } from './exit-code.js'
import { program } from './program.js'
import { openTerminal } from './terminal.js'

/** The calls that do what a command does. Of one without any, docs/guide/server.md says why. */
const calls: { readonly [command: string]: readonly RouteName[] } = {
  init: ['template', 'check'],
  run: [],
  edit: ['edit', 'create'],
  list: ['studies'],
  show: ['study', 'trials', 'trial', 'schedule', 'snapshot'],
  best: ['study', 'trials'],
  analyze: ['analysis', 'dependence', 'comparison'],
  explain: ['explain'],
  logs: ['log'],
  stop: ['stop', 'stopTrial', 'stopTrials'],
  enqueue: ['enqueue', 'retryTrial', 'retryTrials'],
  export: ['exportFile', 'curves', 'events'],
  import: ['importRuns'],
  report: ['reportFile'],
  tensorboard: [],
  serve: [],
  token: ['giveToken', 'tokens', 'revokeToken'],
  worker: [],
  verify: ['verification'],
  doctor: [],
  archive: ['noteStudy'],
  delete: [],
}

it('has a call for each command, or the guide says why there is none', () => {
  const stream = () => new PassThrough() as unknown as NodeJS.WriteStream
  const terminal = openTerminal(stream(), stream(), {})
  const { commands } = program({ terminal, environment: {}, exitCode: exitCode.fine }, '0.0.0')
  expect(commands.map((command) => command.name()).sort()).toEqual(Object.keys(calls).sort())
  for (const name of Object.values(calls).flat()) expect(Object.keys(routes)).toContain(name)

  const guide = readFileSync(new URL('../../../../docs/guide/server.md', import.meta.url), 'utf8')
  const [, table = ''] = guide.split('## What only the command line does')
  const rows = [...table.matchAll(/^\| (`.+?) \| .{20,} \|$/gm)].map(([, names]) => names as string)
  const explained = rows.flatMap((names) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name as string))
  const without = Object.keys(calls).filter((command) => calls[command]?.length === 0)
  expect(explained.sort()).toEqual(without.sort())
})
