import { expect, it } from 'vitest'
import { logJson } from './log-json.js'

it('makes an object of each line, however the bytes are cut', () => {
  const of = { study: 's', trial: 2, attempt: 1 }
  const out = Buffer.from('é "a"\n\nlast')
  const err = Buffer.from('oh\n')
  for (let cut = 0; cut <= out.length; cut++) {
    const json = logJson(of)
    const text =
      json.next('stdout', out.subarray(0, cut)) +
      json.next('stderr', err) +
      json.next('stdout', out.subarray(cut)) +
      json.end()
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.filter(({ stream }) => stream === 'stdout')).toEqual(
      ['é "a"', '', 'last'].map((line) => ({ ...of, stream: 'stdout', line })),
    )
    expect(lines.filter(({ stream }) => stream === 'stderr')).toEqual([{ ...of, stream: 'stderr', line: 'oh' }])
  }
})
