import type { Address } from './address.js'
import { readable } from './filter-terms.js'

/** Parts of the address that name columns of trials, joined by commas. */
const LISTS = ['columns', 'order', 'colour', 'sort'] as const

/** All names of parameters, metrics and other columns that an address speaks of. */
export function namesIn(address: Address): ReadonlySet<string> {
  const listed = LISTS.flatMap((part) => (address[part] ?? '').split(','))
  const filtered = readable(address['filter'] ?? '').flatMap(({ names }) => [...names])
  // in an order, the greatest first
  const sorted = (address['sort'] ?? '').replace(/^-/, '')
  return new Set([...listed, ...filtered, sorted].filter((name) => name !== ''))
}
