import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Executor, Job } from './executor.js'

export interface ExecutorTraits {
  /**
   * A Node program that starts the job whose JSON is its last argument and then waits for ever, having printed the
   * handle as JSON; killed with -9 by the test.
   */
  readonly starter: string
}

/** What every executor keeps; see `Executor`. Jobs here run on this machine and count themselves in a file. */
export function executorContract(name: string, make: () => Executor, { starter }: ExecutorTraits): void {
  describe(`executor contract: ${name}`, () => {
    let folder: string
    let executor: Executor
    let count = 0

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'parzen-executor-'))
      executor = make()
    })
    afterEach(async () => {
      await executor.close()
      // the last of a command's files may be written just after its exit is known
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    })

    const job = (script: string, more: Partial<Job> = {}): Job => {
      const attempt = join(folder, `attempt-${++count}`)
      mkdirSync(attempt)
      return {
        key: `parzen-contract-t0-a${count}`,
        folder: attempt,
        workingFolder: folder,
        argv: ['/bin/sh', '-c', script],
        environment: { RUNS: join(folder, 'runs'), PIDS: join(folder, 'pids') },
        graceSeconds: 0.2,
        ...more,
      }
    }
    const runs = () => (existsSync(join(folder, 'runs')) ? readFileSync(join(folder, 'runs'), 'utf8').length : 0)
    const exitOf = async (one: Job) => executor.wait(await executor.start(one))

    it('gives the exit code', async () => {
      expect(await exitOf(job('exit 0'))).toEqual({ kind: 'code', code: 0 })
      expect(await exitOf(job('exit 3'))).toEqual({ kind: 'code', code: 3 })
    })

    it('gives the signal that ended the command', async () => {
      expect(await exitOf(job('kill -SEGV $$'))).toEqual({ kind: 'signal', signal: 'SIGSEGV' })
      expect(await exitOf(job('kill -KILL $$'))).toEqual({ kind: 'signal', signal: 'SIGKILL' })
    })

    it('says that a command cannot be started, and not of one that ends with 127', async () => {
      expect(await exitOf(job('', { argv: ['parzen-no-such-command', 'x'] }))).toEqual({
        kind: 'unstartable',
        message: 'parzen-no-such-command: not found',
      })
      expect(await exitOf(job('exit 127'))).toEqual({ kind: 'code', code: 127 })
    })

    it('keeps what the command writes, apart', async () => {
      const one = job('echo out; echo err >&2; pwd')
      await exitOf(one)
      expect(readFileSync(join(one.folder, 'stdout.log'), 'utf8')).toBe(`out\n${folder}\n`)
      expect(readFileSync(join(one.folder, 'stderr.log'), 'utf8')).toBe('err\n')
    })

    it('passes arguments and environment as they are', async () => {
      const odd = ['', ' ', 'a\nb', `'"$HOME\\`, '*', 'ü', '-n']
      const one = job('', {
        argv: ['node', '-e', 'console.log(JSON.stringify([process.argv.slice(1), process.env.ODD]))', '--', ...odd],
        environment: { ODD: odd.join('|') },
      })
      expect(await exitOf(one)).toEqual({ kind: 'code', code: 0 })
      expect(JSON.parse(readFileSync(join(one.folder, 'stdout.log'), 'utf8'))).toEqual([odd, odd.join('|')])
    })

    it('leaves the signals of the command at their defaults', async () => {
      for (const signal of ['INT', 'TERM', 'HUP']) {
        expect(await exitOf(job(`kill -${signal} $$; sleep 30`))).toEqual({ kind: 'signal', signal: `SIG${signal}` })
      }
    })

    it('runs a command once, however often it is started, one after the other', async () => {
      const one = job('printf x >> "$RUNS"')
      const first = await executor.start(one)
      const second = await executor.start(one)
      expect(await Promise.all([executor.wait(first), executor.wait(second)])).toEqual([
        { kind: 'code', code: 0 },
        { kind: 'code', code: 0 },
      ])
      expect(await exitOf(one)).toEqual({ kind: 'code', code: 0 })
      expect(runs()).toBe(1)
    })

    it('runs a command once of 100 concurrent starts', async () => {
      const one = job('printf x >> "$RUNS"; exit 5')
      const starts = Array.from({ length: 20 }, () => make()).flatMap((other) =>
        Array.from({ length: 5 }, async () => other.wait(await other.start(one))),
      )
      const exits = await Promise.all(starts)
      expect(new Set(exits.map((exit) => JSON.stringify(exit)))).toEqual(new Set(['{"kind":"code","code":5}']))
      expect(runs()).toBe(1)
    })

    it('ends a command at its timeout, also one that ignores TERM, with its children', async () => {
      const one = job(`trap '' TERM; ${FAMILY}; wait; sleep 60`, { timeoutSeconds: 0.5 })
      expect(await exitOf(one)).toEqual({ kind: 'timeout' })
      expect(survivors(folder)).toEqual([])
    })

    it('kills the whole tree: background child, nested shell, a grandchild in a session of its own', async () => {
      const one = job(`${FAMILY}; wait`)
      const handle = await executor.start(one)
      await until(() => pids(folder).length === 3)
      const exit = executor.wait(handle)
      await executor.kill(handle, 5)
      expect(survivors(folder)).toEqual([])
      expect(await exit).toEqual({ kind: 'killed' })
    })

    it('lets a command end by itself after TERM', async () => {
      const one = job(`trap 'echo saved; exit 0' TERM; printf x >> "$RUNS"; while :; do sleep 0.05; done`)
      const handle = await executor.start(one)
      await until(() => runs() === 1)
      await executor.kill(handle, 20)
      expect(await executor.wait(handle)).toEqual({ kind: 'killed' })
      expect(readFileSync(join(one.folder, 'stdout.log'), 'utf8')).toBe('saved\n')
    })

    it('leaves the exit as it was if the kill came too late', async () => {
      const handle = await executor.start(job('exit 4'))
      expect(await executor.wait(handle)).toEqual({ kind: 'code', code: 4 })
      await executor.kill(handle, 1)
      expect(await executor.wait(handle)).toEqual({ kind: 'code', code: 4 })
    })

    it('ends what a command left behind before it says that it has ended', async () => {
      expect(await exitOf(job(FAMILY))).toEqual({ kind: 'code', code: 0 })
      expect(pids(folder)).toHaveLength(3)
      expect(survivors(folder)).toEqual([])
    })

    it('waits for and kills what a process that was killed has started', async () => {
      const short = job('sleep 0.3; printf x >> "$RUNS"; exit 6')
      const long = job(`${FAMILY}; wait`)
      const handles = await Promise.all([startAndDie(starter, short), startAndDie(starter, long)])
      const [shortHandle, longHandle] = handles as [never, never]
      const exit = executor.wait(longHandle)
      expect(await executor.wait(shortHandle)).toEqual({ kind: 'code', code: 6 })
      await until(() => pids(folder).length === 3)
      await executor.kill(longHandle, 1)
      expect(await exit).toEqual({ kind: 'killed' })
      expect(survivors(folder)).toEqual([])
      expect(await exitOf(short)).toEqual({ kind: 'code', code: 6 })
      expect(runs()).toBe(1)
    })

    it('keeps the timeout of what a process that was killed has started', async () => {
      const one = job('sleep 60', { timeoutSeconds: 0.6 })
      const handle = await startAndDie(starter, one)
      expect(await executor.wait(handle)).toEqual({ kind: 'timeout' })
    })
  })
}

/** Three sleeps as a shell script may leave them; their pids go into a file. */
const FAMILY = `
sleep 300 & echo $! >> "$PIDS"
sh -c 'sleep 300 & echo $! >> "$PIDS"; wait' &
setsid sh -c 'echo $$ >> "$PIDS"; exec sleep 300' &
while [ "$(wc -l < "$PIDS" 2>/dev/null || echo 0)" -lt 3 ]; do sleep 0.01; done`

function pids(folder: string): number[] {
  const file = join(folder, 'pids')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : []
}

function survivors(folder: string): string[] {
  return pids(folder).filter((pid) => {
    try {
      const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim()
      return state !== '' && !state.startsWith('Z')
    } catch {
      return false
    }
  }) as unknown as string[]
}

async function startAndDie(starter: string, job: Job): Promise<never> {
  const program = join(job.folder, 'starter.mjs')
  writeFileSync(program, starter)
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += String(chunk)
  })
  await until(() => output.includes('\n'))
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  return JSON.parse(output) as never
}

/** Polls until it holds, for at most 20 s. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('waited 20 s in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
