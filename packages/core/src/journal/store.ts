import type { StudyEvent } from './event.js'

/**
 * Where journals are kept. A journal's version is its number of events.
 *
 * Laws (`store.contract.ts`): appends are atomic and durable; of several appends at the same version exactly one
 * returns true; `read` gives every event from `version` on, in order, and nothing half-written.
 */
export interface Store {
  /** @returns false if the journal no longer has `version` events: read on, decide again. */
  append(study: string, version: number, events: readonly StudyEvent[]): Promise<boolean>
  read(study: string, version: number): Promise<readonly StudyEvent[]>
  /** Resolves when the journal may have grown past `version`, or when `signal` aborts. */
  changed(study: string, version: number, signal?: AbortSignalLike): Promise<void>
  /** Names of all studies, sorted. */
  list(): Promise<readonly string[]>
  close(): Promise<void>
}

/** The part of AbortSignal that core needs; core itself is compiled without any environment's types. */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
