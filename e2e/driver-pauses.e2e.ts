/** A driver of one's own asks for trials over HTTP and starts scripts that use an SDK: what it pauses goes on elsewhere. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkHistory, type StudyEvent } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { call, type Serving, serve } from './cli/serving.js'
import { cleanEnvironment, type Workplace, workplace } from './cli/workplace.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const LAST = 12

/** Goes on from its checkpoint, which says who did each step, by trial and machine. */
const node = `import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { trial } from '${path('../packages/platform/dist/trial/index.js')}'
const { MACHINE, KILL } = process.env
const state = trial.checkpointDir + '/state.json'
const done = existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')) : []
let verdict = 'continue'
while (done.length < ${LAST} && verdict === 'continue') {
  done.push(trial.number + '@' + MACHINE)
  writeFileSync(state + '.draft', JSON.stringify(done))
  renameSync(state + '.draft', state)
  verdict = trial.report({ step: done.length, loss: trial.param('x', 0) + 1 / done.length })
  if (String(done.length) === KILL) process.kill(process.pid, 'SIGKILL')
}
console.log(JSON.stringify({ verdict, reason: trial.reason, done }))
`
const python = `import json, os, signal
import parzen
from parzen import trial

state = trial.checkpoint_dir / "state.json"
done = json.loads(state.read_text()) if state.exists() else []
verdict, reason = "continue", None
try:
    while len(done) < ${LAST}:
        done.append("%d@%s" % (trial.number, os.environ["MACHINE"]))
        draft = state.with_name("draft")
        draft.write_text(json.dumps(done))
        draft.replace(state)
        trial.report(step=len(done), loss=trial.params.x + 1 / len(done))
        if str(len(done)) == os.environ.get("KILL"): os.kill(os.getpid(), signal.SIGKILL)
except parzen.Paused as paused:
    verdict, reason = "pause", str(paused)
print(json.dumps({"verdict": verdict, "reason": reason, "done": done}))
`
const study = `study: s
objective: { metric: loss, direction: minimize }
space: { x: uniform(0, 1) }
sampler: random
pruner: { name: asha, minStep: 4, maxStep: ${LAST}, promote: true, letThrough: 0 }
budget: { trials: 4 }
`

let place: Workplace
let server: Serving
beforeEach(async () => {
  place = workplace({ 'train.mjs': node, 'train.py': python })
  server = await serve(place)
})
afterEach(() => {
  server.process.kill('SIGKILL')
  place.remove()
})

interface Asked {
  readonly trial: number
  readonly attempt: number
  readonly params: object
  readonly token: string
}

/** Runs a script for an attempt, in the folder of a machine of its own. */
function run(command: string, { trial, attempt, params, token }: Asked, machine: string, more = {}) {
  const [program, script] = command.split(' ') as [string, string]
  const cwd = join(place.folder, machine)
  mkdirSync(cwd, { recursive: true })
  const own = { PARZEN_URL: server.url, PARZEN_TOKEN: token, PARZEN_STUDY: 's', MACHINE: machine }
  const { stdout, stderr, signal } = spawnSync(program, [join(place.folder, script)], {
    cwd,
    encoding: 'utf8',
    env: {
      ...cleanEnvironment(),
      ...own,
      PYTHONPATH: path('../clients/python'),
      PARZEN_TRIAL: String(trial),
      PARZEN_ATTEMPT: String(attempt),
      PARZEN_PARAMS: JSON.stringify(params),
      PARZEN_PARAMS_FLAT: JSON.stringify(params),
      ...more,
    },
  })
  return { stdout, stderr, signal }
}

const isThere = (program: string) => spawnSync(program, ['--version']).status === 0

for (const command of [`${process.execPath} train.mjs`, 'python3 train.py']) {
  const [program, script] = command.split(' ') as [string, string]
  it.skipIf(!isThere(program))(`${script}: paused on one machine, gone on with on another, no step twice`, async () => {
    await call(place, 'POST', '/studies', { text: study })
    for (const x of [0.1, 0.2, 0.3, 0.4]) await call(place, 'POST', '/studies/s/enqueue', { params: { x } })
    const reasons: string[] = []
    const steps = new Map<number, string[]>()
    for (let turn = 0; ; turn++) {
      const { trials } = await call<{ trials: Asked[] }>(place, 'POST', '/studies/s/ask', { pauses: true })
      const [asked] = trials
      if (!asked) break
      const { trial, attempt } = asked
      const machine = attempt === 1 ? 'a' : 'b'
      // started again for the same attempt, on the same machine, it goes on as well
      if (turn === 0) expect(run(command, asked, machine, { KILL: '2' }).signal).toBe('SIGKILL')
      const { stdout, stderr } = run(command, asked, machine)
      expect(stderr).toBe('')
      const { verdict, reason, done } = JSON.parse(stdout)
      steps.set(trial, done)
      const paused = await call(place, 'POST', `/studies/s/trials/${trial}/pause`, { attempt })
      expect(paused).toEqual({ done: verdict === 'pause' })
      if (verdict === 'pause') reasons.push(reason)
      const outcome = { state: 'complete', values: [1] }
      if (verdict !== 'pause') await call(place, 'POST', `/studies/s/trials/${trial}/tell`, { attempt, outcome })
    }
    expect(reasons[0]).toBe('step 4: place 1 of 1 at rung 0, 0 go on')
    expect(steps.get(0)).toEqual([...Array(4).fill('0@a'), ...Array(LAST - 4).fill('0@b')])
    const { events } = await call<{ events: StudyEvent[] }>(place, 'GET', '/studies/s/events')
    const reported = events.flatMap((event) =>
      event.type === 'trial-reported' && event.trial === 0 ? event.reports.map(({ step }) => step) : [],
    )
    expect(reported).toEqual(Array.from({ length: LAST }, (_, i) => i + 1))
    expect(checkHistory(events)).toEqual([])
  })
}
