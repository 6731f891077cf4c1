import { useSyncExternalStore } from 'react'

/** All that a page shows stands in its address, so that it can be sent to somebody: ?study=digits&page=trials&sort=-lr */
export type Address = { readonly [key: string]: string }

const changed = new Set<() => void>()
addEventListener('popstate', () => {
  for (const one of changed) one()
})

let text = ''
let parsed: Address = {}
function current(): Address {
  if (location.search !== text) {
    text = location.search
    parsed = Object.fromEntries(new URLSearchParams(text))
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
