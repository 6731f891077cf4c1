import { createInterface } from 'node:readline/promises'
import { ParzenError } from '@parzen/core'

/**
 * Asks the person at the terminal, on standard error, since output may be read by a program.
 * @throws ParzenError `cli/confirm` if there is nobody.
 */
export async function confirmed(command: string, question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new ParzenError('cli/confirm', `${command}: expected --yes, since nobody can be asked here, got none`)
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}
