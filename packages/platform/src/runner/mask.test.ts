import fc from 'fast-check'
import { expect, it } from 'vitest'
import { maskOf, maskText } from './mask.js'

const mask = (environment: { readonly [name: string]: string }) => (text: string) => maskText(text, maskOf(environment))

it('masks what is called a secret, as it is, in base64 and in addresses, and leaves the rest', () => {
  const masked = mask({
    HF_TOKEN: 'hf_a/b+c?d',
    WANDB_API_KEY: 'k'.repeat(8),
    PGPASSWORD: 'päss.word',
    PATH: '/usr/bin',
  })
  expect(masked('token hf_a/b+c?d, key kkkkkkkk.')).toBe('token **********, key ********.')
  expect(masked(`?t=${encodeURIComponent('hf_a/b+c?d')}&x`)).toBe(`?t=${'*'.repeat(16)}&x`)
  expect(masked(`Basic ${Buffer.from('hf_a/b+c?d').toString('base64')}`)).toBe(`Basic ${'*'.repeat(14)}==`)
  expect(masked('päss.word pässxword /usr/bin')).toBe(`${'*'.repeat(10)} pässxword /usr/bin`)
})

it('masks passwords in addresses, and tokens of servers, whose ever they are', () => {
  const token = `parzen.${'a'.repeat(40)}.${'b'.repeat(43)}`
  expect(mask({ PARZEN_STORE: 'postgres://me:hunter22@db/x' })(`db hunter22 ${token} parzen.yaml`)).toBe(
    `db ******** ${'*'.repeat(token.length)} parzen.yaml`,
  )
})

it.each([
  { MAX_TOKENS: '100000' },
  { TOKENIZERS_PARALLELISM: 'false' },
  { USE_TOKEN: 'false' },
  { SEED_TOKEN: '123456' },
  { A_SECRET: 'short' },
  { MONKEY: 'bananas' },
  { KEYBOARD: 'qwertz' },
])('takes nothing else for a secret: %o', (environment) => {
  const [value = ''] = Object.values(environment)
  expect(mask(environment as { readonly [name: string]: string })(`x ${value} y`)).toBe(`x ${value} y`)
})

it('masks any value, and keeps every byte in its place', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6, unit: 'binary' }), fc.string(), (secret, text) => {
      fc.pre(!/^(\d+|true|false)$/i.test(secret) && !secret.includes('*'))
      const whole = `${text}<${secret}>`
      const masked = mask({ MY_TOKEN: secret })(whole)
      expect(masked).not.toContain(secret)
      expect(Buffer.byteLength(masked)).toBe(Buffer.byteLength(whole))
    }),
  )
})
