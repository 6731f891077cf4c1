export interface WakeUp {
  /** Resolves at the next `wake`, at once if there was one since the last `wait`. */
  wait(): Promise<void>
  wake(): void
  /** @param at epoch milliseconds */
  wakeAt(at: number): void
}

/** Lets one loop sleep until something has happened. */
export function wakeUp(): WakeUp {
  let isDue = false
  let resume: (() => void) | undefined
  let timer: { readonly at: number; readonly id: NodeJS.Timeout } | undefined
  const wake = () => {
    isDue = true
    resume?.()
  }
  return {
    async wait() {
      if (!isDue) {
        await new Promise<void>((resolve) => {
          resume = resolve
        })
      }
      isDue = false
      resume = undefined
    },
    wake,
    wakeAt(at) {
      if (timer && timer.at <= at && timer.at > Date.now()) return
      clearTimeout(timer?.id)
      timer = { at, id: setTimeout(wake, Math.max(1, at - Date.now())) }
      timer.id.unref()
    },
  }
}
