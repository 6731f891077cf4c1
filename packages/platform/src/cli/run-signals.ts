import { isatty } from 'node:tty'
import { activeTrials, type Study } from '@parzen/core'
import type { Running } from '../runner/runner.js'
import { exitCode } from './exit-code.js'
import type { Watcher } from './live/watcher.js'

/** How a run was ended from outside. */
export type Interruption = 'drained' | 'interrupted'

/**
 * Waits for a run while Ctrl-C and signals may end it: the first Ctrl-C starts nothing new, the second ends what runs,
 * the third leaves everything behind. TERM is the second; so is HUP, which a closed terminal sends, if we are on one: with
 * `nohup` or in the background of a script there is none to close, and a logout must not end the run.
 */
export async function onSignals(runner: Running, watcher: Watcher, study: Study): Promise<Interruption | undefined> {
  let interruption: Interruption | undefined
  const interrupt = () => {
    if (interruption === 'interrupted') process.exit(exitCode.interrupted)
    interruption = 'interrupted'
    watcher.notice(
      `ending ${activeTrials(study.state).length} running; \`parzen run\` continues them (Ctrl-C again leaves at once)`,
      'ending what runs; Ctrl-C: leave at once',
    )
    runner.interrupt()
  }
  const onInt = () => {
    if (interruption !== undefined) return interrupt()
    interruption = 'drained'
    const { length: size } = activeTrials(study.state)
    const finish =
      size === 1 ? '1 running finishes (Ctrl-C again ends it)' : `${size} running finish (Ctrl-C again ends them)`
    watcher.notice(size === 0 ? 'no new trials' : `no new trials; ${finish}`, 'no new trials; Ctrl-C: end what runs')
    runner.drain()
  }
  process.on('SIGINT', onInt)
  process.on('SIGTERM', interrupt)
  const onHup = isOnTerminal() ? interrupt : () => undefined
  process.on('SIGHUP', onHup)
  try {
    const reason = await runner.done
    // asked to stop, but it came to its end all the same
    return reason !== undefined && activeTrials(study.state).length === 0 ? undefined : interruption
  } finally {
    process.off('SIGINT', onInt)
    process.off('SIGTERM', interrupt)
    process.off('SIGHUP', onHup)
  }
}

function isOnTerminal(): boolean {
  return [0, 1, 2].some((descriptor) => isatty(descriptor))
}
