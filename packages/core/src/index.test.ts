import { expect, test } from 'vitest'
import * as core from './index.js'

test('the exports of @parzen/core are these, and no more than 86', () => {
  const names = Object.keys(core)
  expect(names.length).toBeLessThanOrEqual(86)
  expect(names).toMatchSnapshot()
})
