import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { randomStream, shuffle } from './random.mjs'

/**
 * The 1,797 images of 8 × 8 pixels, cut into three parts of 599, each digit spread evenly, the same way every time.
 *
 * A part: X is images × 64 with pixels from -1 to 1, labels are the digits.
 */
export function loadDigits() {
  const text = gunzipSync(readFileSync(new URL('./data/digits.csv.gz', import.meta.url))).toString()
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number))
  // shuffled, then sorted by digit (a stable sort), then dealt out in turn: a stratified random split
  const dealt = shuffle(rows, randomStream(0)).sort((a, b) => a[64] - b[64])
  const [train, validation, test] = [0, 1, 2].map((part) => asPart(dealt.filter((_, i) => i % 3 === part)))
  return { train, validation, test }
}

function asPart(rows) {
  const X = new Float64Array(rows.length * 64)
  rows.forEach((row, i) => {
    for (let j = 0; j < 64; j++) X[64 * i + j] = row[j] / 8 - 1
  })
  return { X, labels: Uint8Array.from(rows, (row) => row[64]) }
}
