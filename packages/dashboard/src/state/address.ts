import { useSyncExternalStore } from 'react'
import { report } from '../live/report.js'

/**
 * All that a page shows stands in its address, so that it can be sent to somebody: ?study=digits&page=trials&sort=-lr
 * In a report, which is a file, behind a # instead.
 */
export type Address = { readonly [key: string]: string }

const changed = new Set<() => void>()
addEventListener('popstate', () => {
  for (const one of changed) one()
})

let text: string | undefined
let parsed: Address = {}
function current(): Address {
  const now = report ? location.hash : location.search
  if (now !== text) {
    text = now
    parsed = { ...(report && { study: report.study }), ...Object.fromEntries(new URLSearchParams(text.slice(1))) }
  }
  return parsed
}
current()

export function useAddress(): Address {
  return useSyncExternalStore((tell) => {
    changed.add(tell)
    return () => changed.delete(tell)
  }, current)
}

export function hrefOf(address: Address): string {
  const query = new URLSearchParams(Object.entries(address).filter(([, value]) => value !== '')).toString()
  if (report) return `#${query}`
  return query === '' ? '/' : `/?${query}`
}

/** Goes there; `replace`: not a step to come back to (typing in a filter). */
export function go(address: Address, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', hrefOf(address))
  for (const one of changed) one()
}

/** Changes some of the address; '' removes. */
export function change(part: Address, options?: { replace?: boolean }): void {
  go({ ...current(), ...part }, options)
}
