import { expect, it } from 'vitest'
import { optionsText, readOptions } from './options-text.js'

it.each([
  [{}, ''],
  [{ maxStep: 27, promote: true, metric: 'val/loss' }, 'maxStep: 27, promote: true, metric: val/loss'],
  [
    { metric: 'val loss', inner: { name: 'median', warmup: 3 }, list: [1, 2], word: 'true' },
    'metric: "val loss", inner: {"name":"median","warmup":3}, list: [1,2], word: "true"',
  ],
  [{ text: 'a, b] "c"', none: null, small: 1e-5 }, 'text: "a, b] \\"c\\"", none: null, small: 0.00001'],
])('writes options as one types them, and reads them back: %j', (options, text) => {
  expect(optionsText(options)).toBe(text)
  expect(readOptions(text)).toEqual(options)
})

it('reads what is typed with spaces, and nothing of what is no option', () => {
  expect(readOptions('  a :  1 ,b:x ')).toEqual({ a: 1, b: 'x' })
  for (const wrong of ['a', 'a:', 'a: 1,', 'a: [1', '1: 2', 'a: two words']) expect(readOptions(wrong)).toBeUndefined()
})
