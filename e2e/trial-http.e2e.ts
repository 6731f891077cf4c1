/** Trainings on a machine that has nothing of the server's but its address: each report once and in order, whoever is killed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StudyEvent } from '@parzen/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, kill, type Serving, serve } from './cli/serving.js'
import { cleanEnvironment, eventually, type Workplace, workplace } from './cli/workplace.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** Reports steps up to TO, going on behind the last one that a process before it has done; waits at steps that the test names. */
const node = `import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { trial } from '${path('../packages/platform/dist/trial/index.js')}'
const { FROM, TO, WAIT = '', KILL, KEEP, IDLE } = process.env
const here = (name) => 'FOLDER/' + name
if (KEEP) trial.artifact('notes.txt', 'kept')
for (let step = Number(FROM); step <= Number(TO); step++) {
  const verdict = trial.report({ step, loss: 1 / step, wild: Number.POSITIVE_INFINITY })
  if (verdict !== 'continue') { console.log('told ' + verdict + ': ' + trial.reason); break }
  if (String(step) === KILL) process.kill(process.pid, 'SIGKILL')
  if (!WAIT.split(',').includes(String(step))) continue
  writeFileSync(here('at-' + step), '')
  // a busy loop, as trainings are: nothing of it ever lets an event loop turn
  while (!existsSync(here('on-' + step))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
}
if (IDLE) {
  // as a training that is at work between two reports
  while (!trial.shouldPrune()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
  console.log('should end')
}
`
const python = `import os, signal, time
from parzen import trial

trial.raises = False
wait = os.environ.get("WAIT", "").split(",")
if "KEEP" in os.environ: trial.artifact("notes.txt", "kept")
for step in range(int(os.environ["FROM"]), int(os.environ["TO"]) + 1):
    if not trial.report(step=step, loss=1 / step, wild=float("inf")):
        print("told", trial._transport.verdict().verdict.replace("stop", "ended") + ":", trial.reason)
        break
    if str(step) == os.environ.get("KILL"): os.kill(os.getpid(), signal.SIGKILL)
    if str(step) not in wait: continue
    open("FOLDER/at-%d" % step, "w").close()
    while not os.path.exists("FOLDER/on-%d" % step): time.sleep(0.01)
if "IDLE" in os.environ:
    while not trial.should_prune(): time.sleep(0.01)
    print("should end")
`
const study = 'study: s\nobjective: { metric: loss, direction: minimize }\nspace: { x: uniform(0, 1) }\n'

let place: Workplace
const children: ChildProcess[] = []
beforeEach(() => {
  place = workplace()
  place.write('train.mjs', node.replaceAll('FOLDER', place.folder))
  place.write('train.py', python.replaceAll('FOLDER', place.folder))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  place.remove()
})

async function started(): Promise<Serving> {
  const serving = await serve(place)
  children.push(serving.process)
  return serving
}

async function asked(more = '') {
  await call(place, 'POST', '/studies', { text: `${study}${more}` })
  const { trials } = await call<{ trials: { trial: number; token: string }[] }>(place, 'POST', '/studies/s/ask', {})
  return trials[0] as { trial: number; token: string }
}

function train(command: string, { url }: Serving, token: string, more: { readonly [name: string]: string }) {
  const [program, script] = command.split(' ') as [string, string]
  const child = spawn(program, [join(place.folder, script)], {
    cwd: '/tmp',
    env: {
      ...cleanEnvironment(),
      PYTHONPATH: path('../clients/python'),
      PARZEN_URL: url,
      PARZEN_TOKEN: token,
      PARZEN_STUDY: 's',
      PARZEN_TRIAL: '0',
      PARZEN_ATTEMPT: '1',
      // a folder of this name is on the other machine
      PARZEN_DIR: place.folder,
      ...more,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  return new Promise<string>((resolve) => {
    child.once('close', (code, signal) => resolve(`${signal ?? code} ${text}`.trim()))
  })
}

const at = (step: number) => eventually(`step ${step}`, () => existsSync(join(place.folder, `at-${step}`)))
const on = (step: number) => place.write(`on-${step}`, '')
const steps = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

async function reported(): Promise<readonly number[]> {
  const { events } = await call<{ events: StudyEvent[] }>(place, 'GET', '/studies/s/events')
  return events.flatMap((event) => (event.type === 'trial-reported' ? event.reports.map(({ step }) => step) : []))
}

const commands = [process.execPath, 'python3'].map((program) =>
  program === 'python3' ? 'python3 train.py' : `${program} train.mjs`,
)

describe.each(commands.map((command) => [command.split('.').at(-1) as string, command] as const))(
  '%s',
  (kind, command) => {
    const isThere = kind === 'mjs' || spawnSync('python3', ['--version']).status === 0

    it.skipIf(!isThere)('loses nothing and repeats nothing while the server is killed and away', async () => {
      const first = await started()
      const { token } = await asked()
      const ended = train(command, first, token, { FROM: '1', TO: '40', WAIT: '20,30' })
      await at(20)
      await kill(first.process)
      on(20)
      await at(30)
      const second = await started()
      expect(second.url).toBe(first.url)
      on(30)
      expect(await ended).toBe('0')
      expect(await reported()).toEqual(steps(40))
    })

    it.skipIf(!isThere)('sends at its end what nobody took before', async () => {
      const first = await started()
      const { token } = await asked()
      const ended = train(command, first, token, { FROM: '1', TO: '12', WAIT: '8,12' })
      await at(8)
      await kill(first.process)
      on(8)
      await at(12)
      await started()
      on(12)
      expect(await ended).toBe('0')
      expect(await reported()).toEqual(steps(12))
    })

    it.skipIf(!isThere)('counts on when the script itself is killed and started again', async () => {
      const server = await started()
      const { token } = await asked()
      expect(await train(command, server, token, { FROM: '1', TO: '20', KILL: '10' })).toBe('SIGKILL')
      expect(await train(command, server, token, { FROM: '11', TO: '20' })).toBe('0')
      expect(await reported()).toEqual(steps(20))
    })

    it.skipIf(!isThere)('keeps its files with the server, also one that was away', async () => {
      const server = await started()
      const { token } = await asked()
      await kill(server.process)
      const ended = train(command, server, token, { FROM: '1', TO: '2', WAIT: '1', KEEP: '1' })
      await at(1)
      await started()
      on(1)
      expect(await ended).toBe('0')
      const [kept, ...others] = await call<{ name: string; size: number }[]>(
        place,
        'GET',
        '/studies/s/trials/0/artifacts',
      )
      expect([kept, others]).toEqual([expect.objectContaining({ name: 'notes.txt', size: 4 }), []])
      expect(await reported()).toEqual(steps(2))
    })

    it.skipIf(!isThere)(
      'gives a sign of life while nothing is reported, and so hears that it was stopped',
      async () => {
        const server = await started()
        const { token } = await asked()
        const ended = train(command, server, token, { FROM: '1', TO: '1', IDLE: '1' })
        await eventually('it has reported', async () => (await reported()).length === 1)
        await call(place, 'POST', '/studies/s/trials/0/stop', {})
        expect(await ended).toBe('0 should end')
      },
    )

    it.skipIf(!isThere)('hears that it was stopped', async () => {
      const server = await started()
      const { token } = await asked()
      const ended = train(command, server, token, { FROM: '1', TO: '20', WAIT: '5' })
      await at(5)
      await call(place, 'POST', '/studies/s/trials/0/stop', {})
      on(5)
      expect(await ended).toBe('0 told ended: stopped by this machine')
      expect(await reported()).toEqual(steps(5))
    })

    it.skipIf(!isThere)('hears that it is pruned, and why', async () => {
      const server = await started()
      const { token } = await asked('pruner: { name: threshold, upper: 0.25, warmupSteps: 3, letThrough: 0 }\n')
      const ended = train(command, server, token, { FROM: '1', TO: '20' })
      expect(await ended).toMatch(/^0 told prune: step 3: 0\.3+ is above 0\.25$/)
    })
  },
)
