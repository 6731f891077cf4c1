/** The core's only clock: epoch milliseconds for the time stamps of events. Nothing is decided by it. */
export const now: () => number = () => Date.now()
