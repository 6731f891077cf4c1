import type { Json } from '@parzen/core'

/** One attempt, ready to run: placeholders filled in, slots assigned. */
export interface Job {
  /** `parzen-<study>-t<trial>-a<attempt>`: the one name of this attempt on every side. */
  readonly key: string
  /** Absolute; the attempt's own folder: logs, parameters, claim and exit record. */
  readonly folder: string
  /** Where the command runs. */
  readonly workingFolder: string
  /** Without a shell. */
  readonly argv: readonly string[]
  readonly environment: { readonly [name: string]: string }
  readonly timeoutSeconds?: number
  readonly graceSeconds: number
}

/** How an attempt's process ended. */
export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'memory' }
  /** Killed by `kill`. */
  | { readonly kind: 'killed' }
  /** The command could not be started: does not exist, not executable. */
  | { readonly kind: 'unstartable'; readonly message: string }
  /** No process and no exit record: the machine or the shim died. */
  | { readonly kind: 'lost' }

/**
 * Runs attempts somewhere. Handles are plain data in the journal, so that a successor can wait for or kill what a dead
 * runner started.
 *
 * Laws (`executor.contract.ts`): `start` is idempotent by folder: the command runs at most once per attempt folder,
 * whoever calls and however often, also after a crash between start and the journal's record of it.
 */
export interface Executor {
  start(job: Job): Promise<Json>
  /** Resolves when nothing of the attempt's process tree runs any more. */
  wait(handle: Json): Promise<Exit>
  /** TERM to the whole process tree, KILL after the grace. */
  kill(handle: Json, graceSeconds: number): Promise<void>
  close(): Promise<void>
}
