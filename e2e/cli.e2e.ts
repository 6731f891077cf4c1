import { spawn } from 'node:child_process'
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  cleanEnvironment,
  eventually,
  parzenPath,
  sweep,
  trainThatWaits,
  type Workplace,
  workplace,
} from './cli/workplace.js'

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

describe('a finished study', () => {
  let place: Workplace
  let ran: Awaited<ReturnType<Workplace['parzen']>>
  beforeAll(async () => {
    place = workplace()
    ran = await place.parzen('run')
  })
  afterAll(() => place.remove())

  const json = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await place.parzen(...args)
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout)
  }

  it('was run with a line a trial and a summary', async () => {
    expect([ran.code, ran.stderr]).toEqual([0, ''])
    const lines = ran.stdout.split('\n')
    expect(lines[0]).toBe('starting line: 6 trials')
    const numbers = lines.flatMap(
      (line) => /^trial (\d) complete 0\.\d+( \(best\))? {2}.*s {2}x=0/.exec(line)?.[1] ?? [],
    )
    expect(numbers.sort()).toEqual(['0', '1', '2', '3', '4', '5'])
    expect(ran.stdout).toMatch(
      /\nline: ended \(6 trials done\)\n6 of 6 trials in .*s: 6 complete\nbest: trial \d, loss 0\.\d+\n {2}--x=0\.\d+ --kind=\w+.*\nmore: parzen show line {2}parzen best line {2}parzen logs line \d\nlogs: \.parzen\/studies\/line\n$/,
    )
  })

  it('is over when it is run again', async () => {
    const { code, stdout } = await place.parzen('run')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^continuing line: 6 of 6 trials done\nline: ended \(6 trials done\)\n/)
  })

  it('is listed', async () => {
    const { stdout } = await place.parzen('list')
    expect(stdout).toMatch(
      /^STUDY {2}STATE {2}TRIALS +BEST {2}METRIC {2}FAILED {2}UPDATED\nline {3}ended +6\/6 +0\.\d+ {2}loss +0 {2}.*\n$/,
    )
    const [study, ...others] = await json('list', '--json')
    expect(others).toEqual([])
    expect(study).toMatchObject({
      study: 'line',
      state: 'ended',
      finished: 6,
      total: 6,
      complete: 6,
      failed: 0,
      failures: {},
    })
  })

  it('is shown, also one trial of it', async () => {
    expect((await place.parzen('show')).stdout).toMatch(
      /^line {2}ended: 6 trials done\n\n {2}objective {2}minimize loss\n/,
    )
    const study = await json('show', 'line', '--json', '--top', '2')
    expect(study.top).toHaveLength(2)
    expect(study.top[0].number).toBe(study.best.number)
    expect(study.spec.space.x).toEqual({ kind: 'float', low: 0, high: 1 })
    const trial = await json('show', 'line', '--trial', '3', '--json')
    expect(trial).toMatchObject({ number: 3, state: 'complete', cause: null })
    expect(readFileSync(trial.logs[0].stdout, 'utf8')).toMatch(/^x is 0\.\d+\n/)
    expect((await place.parzen('show', 'line', '--trial', '3')).stdout).toContain(`  x = ${trial.params.x}  (`)
  })

  it('has a best trial to paste', async () => {
    const best = await json('best', 'line', '--json')
    expect(best).toMatchObject({ study: 'line', metric: 'loss', direction: 'minimize', values: [best.value] })
    expect(best.nested.x).toBe(best.params.x)
    expect(best.nested.kind.choice).toBe(best.params.kind)
    const args = (await place.parzen('best', '--format', 'args')).stdout
    expect(args).toMatch(new RegExp(`^--x=${best.params.x} --kind=${best.params.kind}`))
    expect(JSON.parse((await place.parzen('best', '--format', 'json')).stdout)).toEqual(best.nested)
    expect((await place.parzen('best', '--format', 'yaml')).stdout).toMatch(`x: ${best.params.x}\nkind:\n  choice: `)
  })

  it('is exported with the keys that are promised', async () => {
    const lines = (await place.parzen('export', '--format', 'jsonl')).stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).number)).toEqual([0, 1, 2, 3, 4, 5])
    expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual(
      'number state params nested values feasible metrics attempts startedAt finishedAt parent judged cause message tags note pinned'.split(
        ' ',
      ),
    )
    expect((await place.parzen('export', '--json')).stdout.trimEnd().split('\n')).toEqual(lines)
    expect(await place.parzen('export', '--json', '--format', 'csv')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'export: expected --json or --format csv, got both\n',
    })
    const written = await place.parzen('export', '--format', 'csv', '-o', 'trials.csv')
    expect(written).toEqual({ code: 0, stdout: '', stderr: 'trials.csv: 6 trials of line\n' })
    const csv = readFileSync(join(place.folder, 'trials.csv'), 'utf8').split('\n')
    expect(csv[0]).toBe(
      'number,state,values.loss,params.x,params.kind,params.kind.tuned.depth,metrics.loss,attempts,startedAt,finishedAt,cause,message',
    )
    expect(csv).toHaveLength(8)
  })

  it('has logs, one stream on each of ours', async () => {
    const { code, stdout, stderr } = await place.parzen('logs', '2')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^x is 0\.\d+\n\{"step": 1, "loss": 0\.\d+\}\n$/)
    expect(stderr).toBe('line trial 2 attempt 1: .parzen/studies/line/trial-0002/attempt-1\nwarming up\n')
    expect((await place.parzen('logs', 'line', '2', '--stderr')).stdout).toBe('warming up\n')
    const asJson = await place.parzen('logs', '2', '--json')
    expect([asJson.code, asJson.stderr]).toEqual([0, ''])
    const lines = asJson.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const of = { study: 'line', trial: 2, attempt: 1 }
    expect(lines.map(({ line }) => line).join('\n')).toBe(`${stdout}warming up`)
    expect(lines.at(-1)).toEqual({ ...of, stream: 'stderr', line: 'warming up' })
  })

  it('is verified', async () => {
    expect(await place.parzen('verify')).toEqual({
      code: 0,
      stdout: 'line: 6 suggestions made again, bit for bit the same\n',
      stderr: '',
    })
    expect(await json('verify', '--json')).toMatchObject({
      study: 'line',
      ok: true,
      checked: 6,
      mismatches: [],
      foreign: [],
      violations: [],
    })
  })

  it('cannot be stopped any more', async () => {
    expect((await place.parzen('stop', 'line')).stdout).toBe('line: has already ended: 6 trials done\n')
    expect(await json('stop', 'line', '3', '--json')).toEqual({
      study: 'line',
      trial: 3,
      asked: false,
      message: 'line trial 3: has already ended: complete',
    })
  })

  it('is in order for the doctor', async () => {
    const { ok, checks } = await json('doctor', '--json')
    expect(ok).toBe(true)
    expect(checks.map(({ name }: { name: string }) => name)).toEqual(
      'node cores shell gpus python folder disk sqlite store studies'.split(' '),
    )
  })

  it.each([
    [['show', 'lime'], 2, 'study "lime": not in this store. did you mean line? it has: line\n'],
    [['best', 'digits'], 2, 'study "digits": not in this store. it has: line\n'],
    [['show', 'line', '--trial', '6'], 2, 'study line: expected a trial of it, got 6. it has 0 to 5\n'],
    [['logs', 'line', '2', '--attempt', '2'], 2, 'line trial 2: expected an attempt of it, got 2. it has 1 to 1\n'],
    [['logs', 'line', 'two'], 2, 'trial: expected its number, got "two"\n'],
    [['enqueue', 'line'], 2, 'enqueue: expected values like lr=0.01, got none. line has: x, kind, kind.tuned.depth\n'],
    [['enqueue', 'y=1'], 2, 'y: expected a parameter of the space, got an unknown name. did you mean x?\n'],
    [['enqueue', 'x=2'], 2, 'x: expected a value of uniform(0, 1), got 2\n'],
    [['export', '-o', 'no/such/folder.csv'], 3, 'no/such/folder.csv: does not exist (ENOENT, open)\n'],
    [
      ['export', '--format', 'xml'],
      2,
      "export: option '--format <format>' argument 'xml' is invalid. Allowed choices are csv, jsonl, series.\n`parzen export --help` shows how it is used\n",
    ],
    [
      ['show', '--trial', 'x'],
      2,
      "show: option '--trial <number>' argument 'x' is invalid. expected a whole number.\n`parzen show --help` shows how it is used\n",
    ],
    [
      ['run', '--seed', '2'],
      2,
      'study line: expected the seed it was created with, got a different one: was 1, is 2. give the changed sweep another study name, or put back what changed; nothing was lost\n',
    ],
  ])('answers %j', async (args, code, stderr) => {
    expect(await place.parzen(...args)).toEqual({ code, stdout: '', stderr })
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

describe('runs that go wrong', () => {
  let place: Workplace
  afterEach(() => place.remove())

  it('says so at once if every trial fails in the same way', async () => {
    place = workplace({ 'train.sh': 'echo "train.sh: no module named torch" >&2\nexit 3\n' })
    const { code, stdout, stderr } = await place.parzen('run')
    expect([code, stderr]).toEqual([1, ''])
    // whichever of those that run at once fails first
    expect(stdout).toMatch(
      /\nall 3 trials so far failed: exit, exit code 3: train\.sh: no module named torch\n {2}\| train\.sh: no module named torch\n {2}log of trial (\d): \.parzen\/studies\/line\/trial-000\1\/attempt-1\/stderr\.log\n/,
    )
    expect(stdout).toMatch(/6 of 6 trials in .*s: 0 complete, 6 failed \(6 exit\)\n/)
    expect((await place.parzen('best')).stderr).toBe('study line: expected a complete trial, got none yet\n')
    expect((await place.parzen('best')).code).toBe(1)
  })

  it('tells scripts in JSON what happens', async () => {
    place = workplace()
    const { code, stdout, stderr } = await place.parzen('run', '--json', '--trials', '2', '--name', 'other')
    expect([code, stderr]).toEqual([0, ''])
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events[0]).toMatchObject({ event: 'open', study: 'other', resumed: false, finished: 0, total: 2 })
    expect(events.filter(({ event }) => event === 'started')).toHaveLength(2)
    expect(events.filter(({ event }) => event === 'finished').map(({ state }) => state)).toEqual([
      'complete',
      'complete',
    ])
    expect(events.at(-1)).toMatchObject({ event: 'end', study: 'other', state: 'ended', complete: 2 })
  })

  it('runs in memory, with logs in a folder that is new each time', async () => {
    place = workplace()
    const folders = []
    for (let n = 0; n < 2; n++) {
      const { code, stdout, stderr } = await place.parzen('run', '--trials', '1', '--store', 'memory:')
      expect([code, stderr]).toEqual([0, ''])
      const logs = /\nlogs: (.*\/parzen-memory-[^/]+)\/studies\/line\n$/.exec(stdout)?.[1] ?? 'none'
      expect(readFileSync(resolve(place.folder, logs, 'studies/line/trial-0000/attempt-1/stdout.log'), 'utf8')).toMatch(
        /^x is 0/,
      )
      rmSync(resolve(place.folder, logs), { recursive: true })
      folders.push(logs)
    }
    expect(folders[0]).not.toBe(folders[1])
    expect(existsSync(join(place.folder, '.parzen'))).toBe(false)
  })

  it('says nothing when it is asked to be quiet', async () => {
    place = workplace()
    expect(await place.parzen('run', '--quiet', '--trials', '1')).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('lets what runs finish after one Ctrl-C, and goes on later', async () => {
    place = workplace({ 'train.sh': trainThatWaits })
    const { process: parzen, result } = place.start('run')
    await eventually('two trials run', () => [0, 1].every((n) => existsSync(join(place.folder, `began-${n}`))))
    parzen.kill('SIGINT')
    const stopped = await eventuallyLine(parzen, /no new trials/)
    expect(stopped).toBe('no new trials; 2 running finish (Ctrl-C again ends them)')
    place.write('go', '')
    const { code, stdout } = await result
    expect(code).toBe(130)
    expect(stdout).toContain('\nline: not finished, `parzen run` goes on\n2 of 6 trials in ')
    const again = await place.parzen('run')
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(/^continuing line: 2 of 6 trials done\n/)
    expect((await place.parzen('verify')).stdout).toBe('line: 6 suggestions made again, bit for bit the same\n')
  })

  it('ends what runs on TERM, and continues it later', async () => {
    place = workplace({ 'train.sh': trainThatWaits })
    const { process: parzen, result } = place.start('run')
    await eventually('two trials run', () => [0, 1].every((n) => existsSync(join(place.folder, `began-${n}`))))
    parzen.kill('SIGTERM')
    const { code, stdout } = await result
    expect(code).toBe(130)
    expect(stdout).toContain('\nending 2 running; `parzen run` continues them (Ctrl-C again leaves at once)\n')
    expect(stdout).toContain('\nline: interrupted, 2 to be continued by `parzen run`\n0 of 6 trials in ')
    expect((await place.parzen('list')).stdout).toContain('interrupted')
    place.write('go', '')
    const again = await place.parzen('run')
    expect(again.stdout).toMatch(/^continuing line: 0 of 6 trials done, 2 to be taken up again\n/)
    expect(again.stdout).toContain('\nline: ended (6 trials done)\n6 of 6 trials in ')
  })

  it('goes on after HUP if it is on no terminal, as with nohup after a logout', async () => {
    place = workplace({ 'train.sh': trainThatWaits })
    const { process: parzen, result } = place.start('run')
    await eventually('two trials run', () => [0, 1].every((n) => existsSync(join(place.folder, `began-${n}`))))
    parzen.kill('SIGHUP')
    // signals come in turn: what the second says shows that the first has come
    parzen.kill('SIGINT')
    expect(await eventuallyLine(parzen, /no new trials/)).toBe(
      'no new trials; 2 running finish (Ctrl-C again ends them)',
    )
    place.write('go', '')
    const { code, stdout } = await result
    expect(code).toBe(130)
    expect(stdout).toContain('\nline: not finished, `parzen run` goes on\n2 of 6 trials in ')
  })

  it('takes requests from another terminal', async () => {
    place = workplace({ 'train.sh': trainThatWaits })
    const { result } = place.start('run')
    await eventually('two trials run', () => [0, 1].every((n) => existsSync(join(place.folder, `began-${n}`))))
    const second = await place.parzen('run', '--trials', '9')
    expect([second.code, second.stdout]).toEqual([3, ''])
    expect((await place.parzen('list')).stdout).toContain(' 0/6 ')
    expect(second.stderr).toMatch(
      /^study line: expected nobody else to be running it, got process \d+ on .*\. `parzen stop line` ends that run\n$/,
    )
    expect((await place.parzen('stop', 'line', '0')).stdout).toBe(
      'line trial 0: the runner ends it; the study goes on\n',
    )
    await eventually('another trial begins', () => existsSync(join(place.folder, 'began-2')))
    expect((await place.parzen('enqueue', 'x=0.3', 'kind=plain')).stdout).toBe(
      'line: queued x=0.3 kind=plain; 1 trial waiting\n',
    )
    expect((await place.parzen('stop')).stdout).toBe('line: no new trials; 2 running trials finish (--now ends them)\n')
    expect((await place.parzen('stop')).stdout).toMatch(/^line: me@.* has already asked for that\n$/)
    place.write('go', '')
    expect((await result).code).toBe(0)
    const rows = (await place.parzen('export')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows.map(({ state, cause }) => [state, cause])).toEqual([
      ['failed', 'killed'],
      ['complete', null],
      ['complete', null],
    ])
    await place.parzen('run')
    const best = JSON.parse((await place.parzen('best', '--json')).stdout)
    expect(best).toMatchObject({ number: 3, params: { x: 0.3, kind: 'plain' }, value: 0 })
  })

  it('follows the logs of a trial until it ends', async () => {
    place = workplace({ 'train.sh': `${trainThatWaits}\necho "last words"\n` })
    const { result } = place.start('run', '--trials', '1')
    await eventually('the trial runs', () => existsSync(join(place.folder, 'began-0')))
    const following = place.start('logs', '--follow')
    await eventuallyLine(following.process, /^x is/)
    place.write('go', '')
    const { code, stdout } = await following.result
    expect(code).toBe(0)
    expect(stdout).toMatch(/^x is 0\.\d+\n\{.*\}\nlast words\n$/)
    expect((await result).code).toBe(0)
  })

  it('does not mind a reader that has seen enough', async () => {
    place = workplace()
    const parzen = `"${process.execPath}" "${parzenPath}"`
    const piped = async (script: string) => {
      const shell = spawn('bash', ['-c', script], { cwd: place.folder, env: cleanEnvironment() })
      let output = ''
      for (const stream of [shell.stdout, shell.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text
        })
      }
      await new Promise((resolve) => shell.once('close', resolve))
      return output
    }
    expect(await piped(`${parzen} run --trials 30 | head -1; echo \${PIPESTATUS[0]}`)).toBe(
      'starting line: 30 trials\n130\n',
    )
    // ended in order: nothing is left behind, and what was running is continued
    expect((await place.parzen('list')).stdout).toMatch(/ (interrupted|open) /)
    expect((await place.parzen('run', '--trials', '30')).stdout).toContain('\n30 of 30 trials in ')
    expect(await piped(`${parzen} export | true; echo \${PIPESTATUS[0]}`)).toBe('0\n')
  })
})

/** The first line of its standard output that matches. */
async function eventuallyLine(child: ReturnType<Workplace['start']>['process'], pattern: RegExp): Promise<string> {
  let text = ''
  child.stdout?.on('data', (more: string) => {
    text += more
  })
  return eventually(String(pattern), () => text.split('\n').find((line) => pattern.test(line)))
}
