import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { cleanEnvironment, eventually, parzenPath, trainThatWaits, type Workplace, workplace } from './cli/workplace.js'

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
