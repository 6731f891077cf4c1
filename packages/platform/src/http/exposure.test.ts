import { describe, expect, it } from 'vitest'
import { checkExposure, urlsOf } from './exposure.js'

const at = (address: string, more: Partial<Parameters<typeof checkExposure>[0]> = {}) => ({
  address,
  allowedHosts: ['tune.example.org'],
  hasTls: false,
  isBehindProxy: false,
  ...more,
})

describe('a server without TLS', () => {
  it.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])('may be on %s', (address) => {
    expect(checkExposure(at(address, { allowedHosts: [] }))).toBeUndefined()
  })

  it.each(['10.1.2.3', '172.31.0.1', '192.168.1.1', '100.64.0.1', '169.254.1.1', 'fd00::1', 'fe80::1'])(
    'is warned of on the private address %s',
    (address) => {
      expect(checkExposure(at(address))).toBe(
        `--listen ${address}: no TLS: whoever is on that network can read tokens and results. --tls-cert and --tls-key give it TLS; --behind-proxy says that a proxy before it has it`,
      )
    },
  )

  it.each(['203.0.113.5', '172.32.0.1', '11.0.0.1', '2001:db8::1'])('is refused on %s', (address) => {
    expect(() => checkExposure(at(address))).toThrow(
      `--listen ${address}: expected TLS, got none: tokens would cross the internet in clear. --tls-cert and --tls-key give it TLS; --behind-proxy says that a proxy before it has it`,
    )
  })

  it('is on all addresses of a machine as it is on the most open of them', () => {
    expect(checkExposure(at('0.0.0.0'), () => ['10.0.0.1'])).toMatch(/^--listen 0.0.0.0: no TLS: /)
    expect(() => checkExposure(at('::'), () => ['10.0.0.1', '2001:db8::1'])).toThrow(
      '--listen ::: expected TLS, got none: tokens would cross the internet in clear, and 2001:db8::1 is an address of the internet.',
    )
  })
})

it('may be anywhere with TLS or behind a proxy that has it, if it knows its name', () => {
  for (const protection of [{ hasTls: true }, { isBehindProxy: true }]) {
    expect(checkExposure(at('203.0.113.5', protection))).toBeUndefined()
    expect(() => checkExposure(at('203.0.113.5', { ...protection, allowedHosts: [] }))).toThrow(
      '--listen 203.0.113.5: expected --allowed-host as well, got none',
    )
  }
  expect(() => checkExposure(at('tune.example.org'))).toThrow(
    '--listen tune.example.org: expected an IP address of this machine, got a name',
  )
})

it('is found by programs of the machine, and by browsers by its name', () => {
  const urls = (...given: Parameters<typeof at>) => Object.values(urlsOf(at(...given), 8080))
  expect(urls('127.0.0.1', { allowedHosts: [] })).toEqual(['http://127.0.0.1:8080', 'http://127.0.0.1:8080'])
  expect(urls('::1', { allowedHosts: [] })).toEqual(['http://[::1]:8080', 'http://[::1]:8080'])
  expect(urls('127.0.0.1')).toEqual(['http://127.0.0.1:8080', 'http://127.0.0.1:8080'])
  expect(urls('127.0.0.1', { isBehindProxy: true })).toEqual(['http://127.0.0.1:8080', 'https://tune.example.org'])
  expect(urls('0.0.0.0')).toEqual(['http://127.0.0.1:8080', 'http://tune.example.org:8080'])
  expect(urls('::', { allowedHosts: ['a:81'] })).toEqual(['http://[::1]:8080', 'http://a:81'])
  expect(urls('10.0.0.1', { hasTls: true })).toEqual(['https://tune.example.org:8080', 'https://tune.example.org:8080'])
})
