import { isSecret, SHORTEST_SECRET } from '../spec/secret.js'

/** Replaces secrets in bytes, as `latin1` text, by as many stars: places in what is masked stay what they were. */
export type Mask = (bytes: string) => string

/** Tokens of servers, whoever made them. */
const OWN_TOKEN = String.raw`parzen\.[\w-]{16,}\.[\w-]{43}`
/** Of what is masked nothing is longer. */
export const LONGEST_SECRET = 4096

/**
 * What of an environment is secret: the values of variables that are called so, and passwords within addresses; as they are, in
 * base64, and as addresses spell them.
 */
export function maskOf(...environments: readonly { readonly [name: string]: string | undefined }[]): Mask {
  const secrets = new Set<string>()
  for (const [name, value = ''] of environments.flatMap((one) => Object.entries(one))) {
    if (isSecret(name, value)) secrets.add(value)
    const password = /^\w+:\/\/[^/@\s]*:([^/@\s]+)@/.exec(value)?.[1]
    if (password !== undefined && password.length >= SHORTEST_SECRET) secrets.add(password)
  }
  const forms = [...secrets]
    .filter((secret) => secret.length <= LONGEST_SECRET / 3)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    ])
    .map((form) => Buffer.from(form).toString('latin1'))
  // of two that begin alike the longer is masked whole
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length)
  const pattern = new RegExp([...longestFirst.map(escaped), OWN_TOKEN].join('|'), 'g')
  return (bytes) => bytes.replace(pattern, (found) => '*'.repeat(found.length))
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** A text without them. */
export function maskText(text: string, mask: Mask): string {
  return Buffer.from(mask(Buffer.from(text).toString('latin1')), 'latin1').toString()
}
