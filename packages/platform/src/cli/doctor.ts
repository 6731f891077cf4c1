import type { Command } from 'commander'
import { type Cli, command } from './command.js'
import { type Check, machineChecks } from './doctor-machine.js'
import { storeChecks } from './doctor-store.js'
import { exitCode } from './exit-code.js'
import { count } from './format/number.js'
import { plain } from './format/width.js'
import type { Terminal } from './terminal.js'

export function doctorCommand(cli: Cli): Command {
  return command({
    usage: 'doctor',
    summary:
      'Check that all is here that Parzen needs: Node, the store, disk space, shell, GPUs, Python, what still runs.',
    examples: [
      ['parzen doctor', 'a line a check, with what to do'],
      ['parzen doctor --json | jq \'.checks[] | select(.status != "ok")\'', 'what is not in order'],
    ],
    json: 'an object: ok checks[{name,status,detail,hint}]; status is ok, warn or fail.',
  }).action(async (options: { store?: string; json?: boolean }) => {
    const checks = [...(await machineChecks()), ...(await storeChecks(options.store))]
    const failed = checks.filter(({ status }) => status === 'fail').length
    if (failed > 0) cli.exitCode = exitCode.environment
    if (options.json) return cli.terminal.print(JSON.stringify({ ok: failed === 0, checks }))
    for (const check of checks) printCheck(cli.terminal, check)
    const warnings = checks.filter(({ status }) => status === 'warn').length
    const found = [failed > 0 ? count(failed, 'problem') : '', warnings > 0 ? count(warnings, 'warning') : '']
    cli.terminal.print(found.filter((text) => text !== '').join(', ') || 'all is in order')
  })
}

function printCheck({ print, colors }: Terminal, { status, name, detail, hint }: Check): void {
  const paint = { ok: colors.green, warn: colors.yellow, fail: colors.red }[status]
  print(`${paint(status.padEnd(4))}  ${name.padEnd(8)}  ${plain(detail)}`)
  if (hint !== null) print(`${' '.repeat(16)}${colors.dim(`-> ${plain(hint)}`)}`)
}
