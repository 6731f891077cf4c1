/**
 * At which numbers of observations hyperparameters are fitted.
 *
 * *Anchors* (growing by half) are fitted in a chain, each from the one before. *Milestones* (every one to 40, then about
 * every 25th part, from 100 on every 12th) are refined from the last anchor at or below them. So the hyperparameters at n depend on the first n
 * observations only, never on how often somebody asked, and a study resumed at n fits a handful of times.
 */
export function anchorsUpTo(n: number): number[] {
  const list: number[] = []
  for (let a = 3; a <= n; a = Math.ceil(a * 1.5)) list.push(a)
  return list
}

/** The last milestone at or below n. */
export function milestone(n: number): number {
  let m = Math.min(n, 40)
  while (m >= 40) {
    const next = m + Math.ceil(m / (m < 100 ? 25 : 12))
    if (next > n) break
    m = next
  }
  return m
}
