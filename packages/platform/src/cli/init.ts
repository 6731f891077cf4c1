import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ParzenError } from '@parzen/core'
import type { Command } from 'commander'
import { template } from '../spec/template.js'
import { type Cli, command } from './command.js'

export function initCommand(cli: Cli): Command {
  return command({
    usage: 'init [file]',
    summary: 'Write a commented sweep file to start from (sweep.yaml).',
    examples: [
      ['parzen init', 'sweep.yaml in this folder'],
      ['parzen init lr.yaml', 'another name'],
    ],
    json: 'an object: file (absolute).',
    storeless: true,
  })
    .option('--force', 'overwrite a file that is there')
    .action((file: string | undefined, options: { force?: boolean; json?: boolean }) => {
      const path = file ?? 'sweep.yaml'
      try {
        writeFileSync(path, template, { flag: options.force ? 'w' : 'wx' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
        throw new ParzenError('init/exists', `${path}: expected no file of that name, got one`, {
          hint: 'name another (`parzen init other.yaml`), or overwrite it with --force',
          cause: error,
        })
      }
      if (options.json) return cli.terminal.print(JSON.stringify({ file: resolve(path) }))
      const { bold } = cli.terminal.colors
      cli.terminal.print(
        `${path}: written. edit it, then: ${bold(`parzen run${file === undefined ? '' : ` ${path}`}`)}`,
      )
    })
}
