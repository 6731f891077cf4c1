import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { ParzenError } from '@parzen/core'

/** Where a server can be reached, and what protects it there. */
export interface Exposure {
  /** An address of this machine, or `localhost`. */
  readonly address: string
  /** Names that browsers use for it, as `name` or `name:port`. */
  readonly allowedHosts: readonly string[]
  readonly hasTls: boolean
  /** Somebody has said that a proxy with TLS stands before it. */
  readonly isBehindProxy: boolean
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/** RFC 1918, 6598, 3927, 4193, 4291: not reached from the internet. */
const PRIVATE = new BlockList()
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
] as const)
  PRIVATE.addSubnet(net, bits)
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addSubnet('fe80::', 10, 'ipv6')

/** All addresses of a machine. */
const ANY = new Set(['0.0.0.0', '::'])

function isLoopback(address: string): boolean {
  return address === 'localhost' || (isIP(address) !== 0 && LOOPBACK.check(address, family(address)))
}

/**
 * Tokens cross the network in clear where there is no TLS: on private addresses that is said, elsewhere it is refused.
 *
 * @param ownAddresses of this machine, which `0.0.0.0` and `::` stand for.
 * @returns what to warn of.
 * @throws ParzenError `http/listen`.
 */
export function checkExposure(
  { address, allowedHosts, hasTls, isBehindProxy }: Exposure,
  ownAddresses: () => readonly string[] = addressesOfMachine,
): string | undefined {
  if (isLoopback(address)) return undefined
  if (isIP(address) === 0) {
    throw new ParzenError('http/listen', `--listen ${address}: expected an IP address of this machine, got a name`)
  }
  if (allowedHosts.length === 0) {
    throw new ParzenError('http/listen', `--listen ${address}: expected --allowed-host as well, got none`, {
      hint: 'name the host that browsers are to use, for example --allowed-host tune.example.org',
    })
  }
  if (hasTls || isBehindProxy) return undefined
  const reached = ANY.has(address) ? ownAddresses() : [address]
  const open = reached.find((one) => !PRIVATE.check(one, family(one)))
  const hint = '--tls-cert and --tls-key give it TLS; --behind-proxy says that a proxy before it has it'
  if (open !== undefined) {
    const where = ANY.has(address) ? `, and ${open} is an address of the internet` : ''
    throw new ParzenError(
      'http/listen',
      `--listen ${address}: expected TLS, got none: tokens would cross the internet in clear${where}`,
      {
        hint,
      },
    )
  }
  return `--listen ${address}: no TLS: whoever is on that network can read tokens and results. ${hint}`
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

function addressesOfMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  )
}

/** Where programs of this machine, and where browsers find it. */
export function urlsOf(
  { address, allowedHosts: [name], hasTls, isBehindProxy }: Exposure,
  port: number,
): { readonly own: string; readonly link: string } {
  const scheme = hasTls ? 'https' : 'http'
  const host = ANY.has(address) ? (address === '::' ? '::1' : '127.0.0.1') : address
  const own = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
  if (name === undefined) return { own, link: own }
  if (isBehindProxy) return { own, link: `https://${name}` }
  const named = `${scheme}://${name.includes(':') ? name : `${name}:${port}`}`
  // a certificate is for names
  return { own: hasTls ? named : own, link: hasTls || !isLoopback(address) ? named : own }
}
