import { expect, test } from 'vitest'
import { keysAt, sweepJsonSchema } from './schema.js'

test('docs/sweep.schema.json is what the code says (after a change: npx vitest run --project unit -u schema)', async () => {
  const text = `${JSON.stringify(sweepJsonSchema(), null, 2)}\n`
  await expect(text).toMatchFileSnapshot('../../../../docs/sweep.schema.json')
})

test('knows the keys at a path', () => {
  expect(keysAt(['budget'])).toEqual(['trials', 'parallel', 'time', 'target', 'patience', 'gain'])
  expect(keysAt(['objectives', 0])).toEqual(['metric', 'direction'])
  expect(keysAt(['trial', 'retries'])).toEqual(['exit', 'timeout', 'memory', 'nan', 'lost', 'killed'])
  expect(keysAt(['study'])).toEqual([])
})
