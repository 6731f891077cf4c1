import { expect, test } from 'vitest'
import { fillPlaceholders, lonePlaceholder, placeholdersIn } from './placeholders.js'

test('placeholders are names in single braces', () => {
  const text = `a {args} {layers.0.units}{be-ta} \${HOME} {{x}} {} {1} { y } {a,b} {print $1}`
  expect(placeholdersIn(text)).toEqual(['args', 'layers.0.units', 'be-ta'])
})

test('what has a value is filled in, the shell keeps its own, double braces give single ones', () => {
  const values: { readonly [name: string]: string } = { lr: '$&', trial: '7' }
  expect(fillPlaceholders(`{lr} {trial} {other} \${lr} {{lr}} {}`, ({ name }) => values[name])).toBe(
    `$& 7 {other} \${lr} {lr} {}`,
  )
})

test('before a closing brace only a name that has a value is a placeholder', () => {
  const text = `echo '{"acc": {x}}' '{"nested": {"y": {x}}}' {print {y}} {{x}} {{{x}}}`
  expect(placeholdersIn(text)).toEqual([])
  expect(fillPlaceholders(text, ({ name }) => (name === 'x' ? '0.5' : undefined))).toBe(
    `echo '{"acc": 0.5}' '{"nested": {"y": 0.5}}' {print {y}} {x} {{x}}`,
  )
})

test('each is asked for with its offset', () => {
  const asked: [string, number][] = []
  fillPlaceholders("a '{x}' {{x}} {y}", ({ name, at }) => {
    asked.push([name, at])
    return undefined
  })
  expect(asked).toEqual([
    ['x', 3],
    ['y', 14],
  ])
})

test('an option in braces goes with the value behind it', () => {
  const text = 'train {--lr=lr} {-m optimizer.sgd.momentum} {--lr= lr} {--=lr} {--lr} {{--lr=lr}}'
  expect(placeholdersIn(text)).toEqual(['lr', 'optimizer.sgd.momentum'])
  const asked: unknown[] = []
  fillPlaceholders(text, ({ name, option }) => {
    asked.push([option?.flag, option?.separator, name])
    return undefined
  })
  expect(asked).toEqual([
    ['--lr', '=', 'lr'],
    ['-m', ' ', 'optimizer.sgd.momentum'],
  ])
})

test('a text may be a placeholder as a whole', () => {
  expect(lonePlaceholder('{lr}')).toEqual({ name: 'lr', at: 0 })
  expect(lonePlaceholder('{--lr=lr}')).toEqual({ name: 'lr', at: 0, option: { flag: '--lr', separator: '=' } })
  for (const text of ['', 'lr', '{{lr}}', 'x{lr}', '{lr}{lr}']) expect(lonePlaceholder(text)).toBeUndefined()
})
