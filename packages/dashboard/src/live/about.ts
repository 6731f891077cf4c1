import type { ReplyOf } from '../../../platform/src/http/contract.js'
import { read } from './api.js'
import { useFetched } from './fetched.js'

type About = ReplyOf<'about'>

let asked: Promise<About> | undefined

/** What this server is and what this browser may do there; undefined until it has answered. */
export function useAbout(): About | undefined {
  return useFetched('about', () => {
    asked ??= read('about', '').catch((error: unknown) => {
      asked = undefined
      throw error
    })
    return asked
  }).value
}
