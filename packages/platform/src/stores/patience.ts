/** How long to try again while somebody else has the file, before it is called an error. */
export interface Patience {
  readonly milliseconds: number
  readonly isWorthWaiting: (error: unknown) => boolean
}

/**
 * Does `work` again, after ever longer waits, while it fails with what passes by itself. The event loop stays free.
 *
 * Waits are drawn from [w / 2, w], w doubling from 1 to 32 ms, so that processes that collided once do not stay in step.
 */
export async function patiently<T>(work: () => T, { milliseconds, isWorthWaiting }: Patience): Promise<T> {
  const until = performance.now() + milliseconds
  for (let wait = 1; ; wait = Math.min(2 * wait, 32)) {
    try {
      return work()
    } catch (error) {
      if (!isWorthWaiting(error) || performance.now() > until) throw error
    }
    await pause(wait * (0.5 + 0.5 * Math.random()))
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
