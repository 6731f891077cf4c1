import { Command } from 'commander'
import type { ExitCode } from './exit-code.js'
import type { Terminal } from './terminal.js'

/** What a command may touch besides files and the store. */
export interface Cli {
  readonly terminal: Terminal
  readonly environment: NodeJS.ProcessEnv
  exitCode: ExitCode
}

export interface Description {
  /** With its arguments, as commander reads them: `logs [study] [trial]`. */
  readonly usage: string
  /** One sentence. */
  readonly summary: string
  /** What to type, and what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[]
  /** What `--json` prints, with its keys. Without it the command has no `--json`. */
  readonly json?: string
  /** Without it the command has a `--store`. */
  readonly storeless?: boolean
}

/** A command with what all commands share: `--store`, `--json`, examples in its help. */
export function command({ usage, summary, examples, json, storeless }: Description): Command {
  const made = new Command(usage.split(' ')[0]).description(summary).summary(summary.split(/[:;.]( |$)/)[0] ?? '')
  const rest = usage.split(' ').slice(1).join(' ')
  if (rest) made.arguments(rest)
  if (!storeless) {
    made.option('--store <address>', 'a path or sqlite:PATH; without it PARZEN_STORE, or .parzen/parzen.db')
  }
  if (json) made.option('--json', 'for scripts: JSON instead of text')
  const widest = Math.max(...examples.map(([typed]) => typed.length))
  const lines = examples.map(([typed, does]) => `  $ ${typed.padEnd(widest)}   # ${does}`)
  made.addHelpText('after', `\nExamples:\n${lines.join('\n')}${json ? `\n\nWith --json: ${json}` : ''}`)
  return made
}
