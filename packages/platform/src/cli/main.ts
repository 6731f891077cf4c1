import { readFileSync } from 'node:fs'
import type { Cli } from './command.js'
import { exitCode, exitCodeOf } from './exit-code.js'
import { describeFailure } from './failure.js'
import { program } from './program.js'
import { openTerminal } from './terminal.js'

// whoever reads our output has gone: nobody is left to tell anything; what runs is ended as by TERM, once
let isBroken = false
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (isBroken) return
    isBroken = true
    if (!process.emit('SIGTERM')) process.exit(exitCode.fine)
  })
}

const cli: Cli = {
  terminal: openTerminal(process.stdout, process.stderr, process.env),
  environment: process.env,
  exitCode: exitCode.fine,
}
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

try {
  const parzen = program(cli, version)
  if (process.argv.length > 2) await parzen.parseAsync(process.argv)
  else parzen.outputHelp()
  process.exitCode = cli.exitCode
} catch (error) {
  const text = describeFailure(error, process.env)
  if (text !== undefined) cli.terminal.note(cli.terminal.noteColors.red(text))
  process.exitCode = exitCodeOf(error)
}
