import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { quote, quoteContexts } from './quote.js'

const text = fc.string({ unit: 'binary', maxLength: 12 }).map((s) => s.replaceAll('\0', ''))
const nasty = fc
  .array(fc.constantFrom("'", '"', '\\', '$', '`', '$(echo x)', ' ', '\n', '*', '!', ';', '-', 'a', '~'), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''))

it('is taken literally by the real sh, outside of quotes and inside both kinds', () => {
  // one shell for many values: starting it is what takes time
  fc.assert(
    fc.property(fc.array(fc.oneof(text, nasty), { minLength: 1, maxLength: 60 }), (values) => {
      const script = values
        .map((v) => `printf '%s\\0' ${quote(v) || "''"} "<${quote(v, 'double')}>" '<${quote(v, 'single')}>'`)
        .join('\n')
      const printed = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
      expect(printed).toEqual(values.flatMap((v) => [v, `<${v}>`, `<${v}>`]))
    }),
    { numRuns: 25, seed: 1 },
  )
})

it('leaves plain words and numbers as they are', () => {
  for (const word of ['0.001', '-1e-7', 'adam', 'a/b.c:d@e,f%g+h']) expect(quote(word)).toBe(word)
})

it('knows the context of each position', () => {
  const command = `a 'b"' "c'\\"d" e\\'f`
  const short = { plain: '.', single: 's', double: 'd' }
  expect(
    quoteContexts(command)
      .map((c) => short[c])
      .join(''),
  ).toBe('...sss..dddddd.....')
})
