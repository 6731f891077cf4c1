import { expect, it } from 'vitest'
import { progressBar } from './progress-bar.js'

it.each([
  [0, '', '░░░░'],
  [0.5, '██', '░░'],
  [0.54, '██▏', '░'],
  [1, '████', ''],
  [2, '████', ''],
  [-1, '', '░░░░'],
])('%d of four columns', (fraction, done, left) => {
  expect(progressBar(fraction, 4)).toEqual({ done, left })
})
