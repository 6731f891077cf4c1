import { expect, test } from 'vitest'
import { fillPlaceholders, placeholdersIn } from './placeholders.js'

test('placeholders are names in single braces', () => {
  const text = `a {args} {layers.0.units}{be-ta} \${HOME} {{x}} {} {1} { y } {a,b} {print $1}`
  expect(placeholdersIn(text)).toEqual(['args', 'layers.0.units', 'be-ta'])
})

test('what has a value is filled in, the shell keeps its own, double braces give single ones', () => {
  const values: { readonly [name: string]: string } = { lr: '$&', trial: '7' }
  expect(fillPlaceholders(`{lr} {trial} {other} \${lr} {{lr}} {}`, (name) => values[name])).toBe(
    `$& 7 {other} \${lr} {lr} {}`,
  )
})

test('before a closing brace only a name that has a value is a placeholder', () => {
  const text = `echo '{"acc": {x}}' '{"nested": {"y": {x}}}' {print {y}} {{x}} {{{x}}}`
  expect(placeholdersIn(text)).toEqual([])
  expect(fillPlaceholders(text, (name) => (name === 'x' ? '0.5' : undefined))).toBe(
    `echo '{"acc": 0.5}' '{"nested": {"y": 0.5}}' {print {y}} {x} {{x}}`,
  )
})

test('each is asked for with its offset', () => {
  const asked: [string, number][] = []
  fillPlaceholders("a '{x}' {{x}} {y}", (name, at) => {
    asked.push([name, at])
    return undefined
  })
  expect(asked).toEqual([
    ['x', 3],
    ['y', 14],
  ])
})
