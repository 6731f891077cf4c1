import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Workplace, workplace } from './cli/workplace.js'

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
