import type { Command } from 'commander'
import { Option } from 'commander'
import { locate } from '../stores/open.js'
import { type Cli, command } from './command.js'
import { wholeNumber } from './trial-choice.js'

interface Options {
  store?: string
  kind: 'user' | 'viewer'
  days: number
}

export function tokenCommand(cli: Cli): Command {
  return command({
    usage: 'token <name>',
    summary: 'Make a token with which somebody may call the server of a store.',
    examples: [
      ['parzen token ada', 'for Ada: all that the server allows'],
      ['parzen token screen --kind viewer --days 365', 'to look only'],
      ['rm .parzen/server.key', 'makes all tokens and sessions void; then start the server again'],
    ],
  })
    .addOption(new Option('--kind <kind>', 'what it allows').choices(['user', 'viewer']).default('user'))
    .option('--days <count>', 'how long it is valid', wholeNumber, 90)
    .action(async (name: string, { store, kind, days }: Options) => {
      const { keyOf, tokens } = await import('../http/tokens.js')
      const expiresAt = Date.now() + days * 86_400_000
      cli.terminal.print(tokens(keyOf(locate(store).root)).sign({ kind, name, expiresAt }))
    })
}
