import { Command } from 'commander'
import { analyzeCommand } from './analyze.js'
import { archiveCommand } from './archive.js'
import { bestCommand } from './best.js'
import type { Cli } from './command.js'
import { deleteCommand } from './delete.js'
import { doctorCommand } from './doctor.js'
import { editCommand } from './edit.js'
import { enqueueCommand } from './enqueue.js'
import { explainCommand } from './explain.js'
import { exportCommand } from './export.js'
import { importCommand } from './import.js'
import { initCommand } from './init.js'
import { listCommand } from './list.js'
import { logsCommand } from './logs.js'
import { reportCommand } from './report.js'
import { runCommand } from './run.js'
import { serveCommand } from './serve.js'
import { showCommand } from './show.js'
import { stopCommand } from './stop.js'
import { tensorboardCommand } from './tensorboard.js'
import { tokenCommand } from './token.js'
import { verifyCommand } from './verify.js'
import { workerCommand } from './worker.js'

const commands: readonly ((cli: Cli, version: string) => Command)[] = [
  initCommand,
  runCommand,
  editCommand,
  listCommand,
  showCommand,
  bestCommand,
  analyzeCommand,
  explainCommand,
  logsCommand,
  stopCommand,
  archiveCommand,
  deleteCommand,
  enqueueCommand,
  exportCommand,
  importCommand,
  reportCommand,
  tensorboardCommand,
  serveCommand,
  tokenCommand,
  workerCommand,
  verifyCommand,
  doctorCommand,
]

/** `parzen` with all its commands; parsing throws CommanderError where commander would end the process. */
export function program(cli: Cli, version: string): Command {
  const parzen = new Command('parzen')
    .description('Tune any training script: trials in parallel, results kept, everything resumable.')
    .version(version)
    .addHelpText('after', help)
  for (const make of commands) parzen.addCommand(make(cli, version))
  for (const each of [parzen, ...parzen.commands]) {
    each.exitOverride().configureOutput({
      writeOut: (text) => void cli.terminal.print(text.trimEnd()),
      writeErr: (text) => cli.terminal.note(text.trimEnd()),
      outputError: (text, write) => write(`${each.name()}: ${text.replace(/^error: /, '')}`),
      getOutHasColors: () => cli.terminal.colors.isColorSupported,
      getErrHasColors: () => cli.terminal.noteColors.isColorSupported,
    })
    each.showHelpAfterError(`\`${each === parzen ? 'parzen' : `parzen ${each.name()}`} --help\` shows how it is used`)
  }
  return parzen
}

const help = `
STUDY may be left out if the store has only one.

Exit codes: 0 fine; 1 the study or its trials failed, or verify found a difference; 2 wrong usage or input;
3 the store, the machine or the network is in the way; 130 interrupted.

Examples:
  $ parzen init && parzen run   # write a sweep file, then run it
  $ parzen best --format args   # the best parameters, to paste behind a command`
