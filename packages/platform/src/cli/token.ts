import { ParzenError } from '@parzen/core'
import type { Command } from 'commander'
import { Option } from 'commander'
import type { GivenToken, TokenRegister } from '../http/token-register.js'
import { locate } from '../stores/open.js'
import { type Cli, command } from './command.js'
import { formatAgo } from './format/duration.js'
import { type Column, table } from './format/table.js'
import { plain } from './format/width.js'
import { whoAmI } from './open.js'
import { wholeNumber } from './trial-choice.js'

interface Options {
  store?: string
  kind: 'user' | 'viewer'
  days: number
  list?: boolean
  revoke?: string
  json?: boolean
}

const DAY_MILLISECONDS = 86_400_000

export function tokenCommand(cli: Cli): Command {
  return command({
    usage: 'token [name]',
    summary: 'Make a token with which somebody may call the server of a store; list those made, or revoke one.',
    examples: [
      ['parzen token ada', 'for Ada: all that the server allows'],
      ['parzen token screen --kind viewer --days 365', 'to look only'],
      ['parzen token --list', 'who was given one, and its id'],
      ['parzen token --revoke 5f0c2a9be1d4', 'of no use from now on, with all that was got with it'],
      ['rm .parzen/server.key', 'makes all tokens and sessions void; then start the server again'],
    ],
    json: 'with --list an array: id kind name by madeAt expiresAt revokedAt; with --revoke an object: done;\nelse an object: id token.',
  })
    .addOption(new Option('--kind <kind>', 'what it allows').choices(['user', 'viewer']).default('user'))
    .option('--days <count>', 'how long it is valid', wholeNumber, 90)
    .option('--list', 'the tokens that were made')
    .option('--revoke <id>', 'make one void at once, by its id or the only one of that name')
    .action(async (name: string | undefined, { list, revoke, ...options }: Options) => {
      const asked = [name, list, revoke].filter((one) => one !== undefined)
      if (asked.length !== 1) {
        throw new ParzenError('cli/token', `token: expected a name, --list or --revoke, got ${asked.length} of these`)
      }
      const { tokenRegister } = await import('../http/token-register.js')
      const { root } = locate(options.store)
      const register = tokenRegister(root, Date.now)
      if (name !== undefined) await give(cli, register, { ...options, name, root })
      else if (revoke !== undefined) revokeToken(cli, register, { ...options, wanted: revoke })
      else printAll(cli, register, options)
    })
}

async function give(
  { terminal, environment }: Cli,
  register: TokenRegister,
  { name, root, kind, days, json }: Options & { readonly name: string; readonly root: string },
): Promise<void> {
  const { keyOf } = await import('../http/server-key.js')
  const { tokens } = await import('../http/tokens.js')
  const made = register.add({ kind, name, expiresAt: Date.now() + days * DAY_MILLISECONDS }, whoAmI(environment))
  const token = tokens(keyOf(root)).sign(made)
  terminal.print(json ? JSON.stringify({ id: made.id, token }) : token)
}

function revokeToken(
  { terminal, environment }: Cli,
  register: TokenRegister,
  { wanted, json }: { readonly wanted: string; readonly json?: boolean },
): void {
  const { id, name } = findToken(register, wanted)
  const done = register.revoke(id, whoAmI(environment))
  if (json) terminal.print(JSON.stringify({ done }))
  else terminal.print(`${id}, of ${plain(name)}: ${done ? 'revoked' : 'had been revoked'}`)
}

/** By its id, or by its name if one alone of that name is not void. */
function findToken(register: TokenRegister, wanted: string): GivenToken {
  const all = register.all()
  const byId = all.find(({ id }) => id === wanted)
  if (byId) return byId
  const named = all.filter(({ name, revokedAt }) => name === wanted && revokedAt === undefined)
  const [only] = named
  if (only && named.length === 1) return only
  const got =
    named.length === 0 ? 'no such token' : `${named.length} of that name: ${named.map(({ id }) => id).join(', ')}`
  throw new ParzenError(
    'token/unknown',
    `token ${JSON.stringify(wanted)}: expected an id, or the name of one token, got ${got}`,
    {
      hint: '`parzen token --list` shows them',
    },
  )
}

const columns: readonly Column[] = [
  { title: 'ID' },
  { title: 'NAME', flexible: true },
  { title: 'KIND' },
  { title: 'MADE' },
  { title: 'BY', flexible: true },
  { title: 'STATE' },
]

function printAll({ terminal }: Cli, register: TokenRegister, { json }: Pick<Options, 'json'>): void {
  const all = register.all()
  if (json) {
    const shown = all.map(({ from: _, revokedBy: __, revokedAt, ...token }) => ({
      ...token,
      revokedAt: revokedAt ?? null,
    }))
    terminal.print(JSON.stringify(shown))
    return
  }
  if (all.length === 0) terminal.print('no tokens yet; `parzen token NAME` makes one')
  else for (const line of tokenTable(all, terminal)) terminal.print(line)
}

function tokenTable(all: readonly GivenToken[], { size, colors }: Cli['terminal']): string[] {
  const now = Date.now()
  const rows = all.map(({ id, name, kind, madeAt, by, expiresAt, revokedAt }) => {
    const left = Math.ceil((expiresAt - now) / DAY_MILLISECONDS)
    const state = revokedAt !== undefined ? 'revoked' : left > 0 ? `${left} d left` : 'expired'
    return [id, plain(name), kind, formatAgo(now - madeAt), plain(by), state]
  })
  return table(columns, rows, { width: size().columns, heading: colors.dim })
}
