import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { asArgs, asYaml } from './paste.js'

const params = { lr: 0.00012345678901234, name: "it's $HOME", 'layers.0.kind': 'a b', flag: true, nothing: null }

it('gives arguments that a shell hands on unchanged', () => {
  const script = `for a in "$@"; do printf '%s\\n' "$a"; done`
  const command = `set -- ${asArgs(params).join(' ')}; ${script}`
  expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(
    "--lr=0.00012345678901234\n--name=it's $HOME\n--layers.0.kind=a b\n--flag=true\n--nothing=null\n",
  )
})

it('gives YAML', () => {
  expect(asYaml({ lr: 1e-5, optimizer: { choice: 'sgd', momentum: 0.9 }, layers: [{ units: 3 }] })).toBe(
    'lr: 0.00001\noptimizer:\n  choice: sgd\n  momentum: 0.9\nlayers:\n  - units: 3',
  )
})
