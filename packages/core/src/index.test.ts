import { expect, test } from 'vitest'
import * as core from './index.js'

test('the exports of @parzen/core are these, and no more than 80', () => {
  const names = Object.keys(core)
  expect(names.length).toBeLessThanOrEqual(80)
  expect(names).toMatchSnapshot()
})
