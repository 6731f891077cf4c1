/** Wrong tokens and links, counted by the address they come from. */
export interface Attempts {
  /** One more. @returns after how many seconds to try again, if there were too many. */
  fail(address: string): number | undefined
}

export interface AttemptsOptions {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Hears of an address once it has gone too far. */
  readonly onMany: (address: string) => void
}

export const MOST_ATTEMPTS = 60
const WINDOW_MILLISECONDS = 60_000
/** Addresses that are remembered: whoever has more of them is not slowed down by memory of ours. */
const MOST_ADDRESSES = 10_000

/**
 * At most 60 wrong ones a minute from one address; the rest is told to wait. A right token is let in all the while: of those who
 * share an address nobody can lock the others out, and tokens are too long to be guessed.
 */
export function attempts({ now, onMany }: AttemptsOptions): Attempts {
  const counted = new Map<string, { until: number; count: number }>()
  return {
    fail(address) {
      const at = now()
      let one = counted.get(address)
      if (!one || one.until <= at) {
        counted.delete(address)
        one = { until: at + WINDOW_MILLISECONDS, count: 0 }
        const [oldest] = counted.keys()
        if (counted.size >= MOST_ADDRESSES && oldest !== undefined) counted.delete(oldest)
        counted.set(address, one)
      }
      one.count++
      if (one.count <= MOST_ATTEMPTS) return undefined
      if (one.count === MOST_ATTEMPTS + 1) onMany(address)
      return Math.max(1, Math.ceil((one.until - at) / 1000))
    },
  }
}
