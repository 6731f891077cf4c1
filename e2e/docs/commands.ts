import { PassThrough } from 'node:stream'
import { program } from '../../packages/platform/src/cli/program.js'
import { openTerminal } from '../../packages/platform/src/cli/terminal.js'

const WORD = String.raw`(?:'[^']*'|"[^"]*"|[^\s|&;()'"<>])+`
const CALL = new RegExp(String.raw`(?:^|[\s(&|;])(?:npx parzen|node \S*parzen\.mjs|parzen)((?:[ \t]+${WORD})+)`, 'g')

/** The arguments of each `parzen` in a line of shell. */
export function parzenCalls(line: string): string[][] {
  const bare = line.replace(/^\$ /, '').replace(/(^|\s)#.*$/, '')
  return [...bare.matchAll(CALL)].map((match) =>
    [...(match[1] as string).matchAll(new RegExp(WORD, 'g'))].map(([word]) => word.replace(/^(['"])(.*)\1$/, '$2')),
  )
}

/** Parses arguments with the real program, without running it. @returns what it says if it refuses them. */
export async function refusal(args: readonly string[]): Promise<string | undefined> {
  const said = new PassThrough()
  const terminal = openTerminal(said as unknown as NodeJS.WriteStream, said as unknown as NodeJS.WriteStream, {})
  const parzen = program({ terminal, environment: {}, exitCode: 0 }, '0')
  for (const command of parzen.commands) command.action(() => {})
  try {
    await parzen.parseAsync([...args], { from: 'user' })
    return undefined
  } catch (error) {
    // help and version end the program too
    if ((error as { exitCode?: number }).exitCode === 0) return undefined
    return String(said.read() ?? error).trim()
  }
}
