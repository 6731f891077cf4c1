import type { Study } from '@parzen/core'
import type { RunnerEvent } from '../../runner/runner.js'

/** Somebody who watches a run: a person at a terminal, a log file, a script. */
export interface Watcher {
  event(event: RunnerEvent): void
  /** What the command itself has to say, and what is to be shown as the next thing Ctrl-C does. */
  notice(message: string, hint?: string): void
  /** An address that opens the dashboard once. */
  dashboard(link: string): void
  /** What should not be missed. */
  alarm(lines: readonly string[]): void
  /** Before the summary. */
  close(): void
}

export interface Watched {
  readonly study: Study
  /** Absolute; of the store. */
  readonly root: string
}

/** For `--quiet`. */
export function silent(): Watcher {
  return { event() {}, notice() {}, dashboard() {}, alarm() {}, close() {} }
}
