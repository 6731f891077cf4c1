import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sweep, type Workplace, workplace } from './cli/workplace.js'

const commands = [
  'init',
  'run',
  'list',
  'show',
  'best',
  'logs',
  'stop',
  'enqueue',
  'export',
  'serve',
  'token',
  'edit',
  'verify',
  'doctor',
]

describe('help', () => {
  it.each(commands)('parzen %s --help has a sentence, its options and examples', async (name) => {
    const place = workplace()
    const { code, stdout, stderr } = await place.parzen(name, '--help')
    place.remove()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(new RegExp(`^Usage: parzen ${name} \\[options\\].*\n\n[A-Z].*\n`))
    expect(stdout.match(/^ {2}\$ .*parzen/gm)?.length).toBeGreaterThanOrEqual(2)
  })

  it('is what parzen alone shows', async () => {
    const place = workplace()
    const alone = await place.parzen()
    expect(alone).toEqual(await place.parzen('--help'))
    expect([alone.code, alone.stderr]).toEqual([0, ''])
    for (const name of commands) expect(alone.stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'))
    place.remove()
  })
})

describe('wrong usage', () => {
  let place: Workplace
  beforeEach(() => {
    place = workplace()
  })
  afterEach(() => place.remove())

  it.each([
    [['lst'], 2, "parzen: unknown command 'lst'\n(Did you mean list?)\n`parzen --help` shows how it is used\n"],
    [
      ['run', '--paralel', '2'],
      2,
      "run: unknown option '--paralel'\n(Did you mean --parallel?)\n`parzen run --help` shows how it is used\n",
    ],
    [
      ['run', '--trials', '0'],
      2,
      "run: option '--trials <count>' argument '0' is invalid. expected at least 1.\n`parzen run --help` shows how it is used\n",
    ],
    [
      ['list', 'more'],
      2,
      "list: too many arguments for 'list'. Expected 0 arguments but got 1.\n`parzen list --help` shows how it is used\n",
    ],
    [
      ['run', 'no.yaml'],
      2,
      'no.yaml: expected a sweep file, got nothing there. `parzen init` writes one to start from\n',
    ],
    [['run', '--name', ''], 2, '--name: expected a name of letters, digits, _ . and -, at most 100, got ""\n'],
    [
      ['run', '--name', '../../x'],
      2,
      '--name: expected a name of letters, digits, _ . and -, at most 100, got "../../x"\n',
    ],
    [['run', '.'], 2, '.: expected a sweep file, got a folder. `parzen init` writes one to start from\n'],
    [
      ['init'],
      2,
      'sweep.yaml: expected no file of that name, got one. name another (`parzen init other.yaml`), or overwrite it with --force\n',
    ],
    [
      ['list'],
      3,
      'store .parzen/parzen.db: expected a file, got nothing there. `parzen run sweep.yaml` makes one; --store or PARZEN_STORE names another\n',
    ],
    [
      ['list', '--store', 'postgres://me@here/db'],
      3,
      'store postgres://…@here/db: expected sqlite:PATH, a path or memory:, got postgres:. PostgreSQL and servers are planned, not there yet\n',
    ],
  ])('%j', async (args, code, stderr) => {
    expect(await place.parzen(...args)).toEqual({ code, stdout: '', stderr })
    expect(existsSync(join(place.folder, '.parzen'))).toBe(false)
  })

  it('names the samplers there are', async () => {
    const { code, stdout, stderr } = await place.parzen('run', '--sampler', 'rndom')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^--sampler: expected one of .*random.*, got "rndom"/)
    expect(existsSync(join(place.folder, '.parzen'))).toBe(false)
  })

  it('says where a sweep file is wrong', async () => {
    place.write('bad.yaml', sweep.replace('int(1, 3)', 'int(3, 1)'))
    const { code, stdout, stderr } = await place.parzen('run', 'bad.yaml')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(
      /^bad\.yaml:9:\d+: kind\.tuned\.depth: expected low < high, got low 3, high 1\. swap them\?\n$/,
    )
  })

  it('says that a file is no store', async () => {
    const { code, stderr } = await place.parzen('list', '--store', 'train.sh')
    expect(code).toBe(3)
    expect(stderr).toBe(
      `store ${place.folder}/train.sh: expected a Parzen database, got a file of another kind. name another place with --store or PARZEN_STORE; the file was left as it is\n`,
    )
    expect((await place.parzen('doctor', '--store', 'train.sh')).code).toBe(3)
  })

  it('writes a sweep file that is right', async () => {
    const { code, stdout } = await place.parzen('init', 'new.yaml')
    expect([code, stdout]).toEqual([0, 'new.yaml: written. edit it, then: parzen run new.yaml\n'])
    const other = await place.parzen('init', 'other.yaml', '--json')
    expect(JSON.parse(other.stdout)).toEqual({ file: join(realpathSync(place.folder), 'other.yaml') })
    place.write('train.py', 'import sys\nprint(\'{"accuracy": 0.5}\')\n')
    expect((await place.parzen('run', 'new.yaml', '--trials', '1')).stdout).toContain(
      'my-study: ended (1 trial done)\n',
    )
  })
})
