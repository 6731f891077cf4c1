/** `parzen worker`: a server's trials on a machine that shares nothing with it but the network. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { StudyEvent } from '@parzen/core'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { call, kill, serve, worker } from './cli/serving.js'
import { cleanEnvironment, eventually, parzenPath, type Workplace, workplace } from './cli/workplace.js'

let place: Workplace
/** The other machine. */
let elsewhere: string
const children: ChildProcess[] = []
beforeEach(() => {
  place = workplace()
  elsewhere = mkdtempSync(join(tmpdir(), 'parzen-worker-e2e-'))
  writeFileSync(join(elsewhere, 'train.sh'), train)
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  place.remove()
  rmSync(elsewhere, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
})

const study = `study: s
objective: { metric: loss, direction: minimize }
space: { x: uniform(0, 1) }
sampler: random
budget: { trials: 4 }
`
/** Steps 1 to 20, of which it waits half-way for the file \`go\`. */
const train = `echo "$PARZEN_TRIAL $PARZEN_ATTEMPT$PARZEN_TOKEN" >> ran
for step in $(seq 1 20); do
  echo "{\\"step\\": $step, \\"loss\\": $1}"
  [ $step = 10 ] && touch "half-$PARZEN_TRIAL" && while [ -e train.sh ] && [ ! -e go ]; do sleep 0.05; done
done
mkdir -p "$PARZEN_DIR/artifacts/plots" && echo kept > "$PARZEN_DIR/artifacts/plots/curve.txt"
exit 0
`

async function started(): Promise<ChildProcess> {
  const { process: child } = await serve(place)
  children.push(child)
  return child
}

function work(...args: readonly string[]) {
  const started = worker(place, elsewhere, ['s', ...args])
  children.push(started.child)
  return started
}

const go = () => writeFileSync(join(elsewhere, 'go'), '')
const ran = () => readFileSync(join(elsewhere, 'ran'), 'utf8').trim().split('\n').sort()
const half = (trial: number) =>
  eventually(`trial ${trial} is half-way`, () => existsSync(join(elsewhere, `half-${trial}`)))
const steps = Array.from({ length: 20 }, (_, i) => i + 1)

async function reported(): Promise<number[][]> {
  const { events } = await call<{ events: StudyEvent[] }>(place, 'GET', '/studies/s/events')
  const found: number[][] = []
  for (const event of events) {
    if (event.type !== 'trial-reported') continue
    found[event.trial] = [...(found[event.trial] ?? []), ...event.reports.map(({ step }) => step)]
  }
  return found
}

it('runs a study to its end, reports once and in order, and shares nothing with the server', async () => {
  await started()
  await call(place, 'POST', '/studies', { text: study })
  go()
  const { code, text } = await work('--parallel', '2', '--', 'sh', 'train.sh', '{x}').ended
  expect({ code, text }).toEqual({
    code: 0,
    text: expect.stringMatching(
      /^working on s of http.*\n(trial \d (started|complete 0\.\d+)\n){8}the study has ended: /,
    ),
  })
  expect(await reported()).toEqual([steps, steps, steps, steps])
  expect(ran()).toEqual(['0 1', '1 1', '2 1', '3 1'])
  expect(await call(place, 'GET', '/studies/s')).toMatchObject({ summary: { state: 'ended', complete: 4, failed: 0 } })
  expect(existsSync(join(place.folder, 'ran'))).toBe(false)
  expect(await call(place, 'GET', '/studies/s/trials/3/artifacts')).toMatchObject([
    { name: 'plots-curve.txt', size: 5 },
  ])
  expect(readdirSync(join(elsewhere, '.parzen/worker/studies/s/trial-0000/attempt-1'))).not.toContain('assignment.json')
})

it('is killed with -9, and so is the server: the next worker of the folder takes up what still runs', async () => {
  const first = await started()
  await call(place, 'POST', '/studies', { text: study })
  const killed = work('--parallel', '2', '--', 'sh', 'train.sh', '{x}')
  await Promise.all([half(0), half(1)])
  await kill(killed.child)
  await kill(first)
  go()
  await started()
  const { code, text } = await work('--parallel', '2', '--', 'sh', 'train.sh', '{x}').ended
  expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('trial 0 continued\ntrial 1 continued\n') })
  expect(await reported()).toEqual([steps, steps, steps, steps])
  expect(ran()).toEqual(['0 1', '1 1', '2 1', '3 1'])
})

it('waits for a server that is away, and sends what was reported meanwhile', async () => {
  const first = await started()
  await call(place, 'POST', '/studies', { text: study })
  const { ended } = work('--', 'sh', 'train.sh', '{x}')
  await half(0)
  await kill(first)
  go()
  const folder = join(elsewhere, '.parzen/worker/studies/s/trial-0000/attempt-1')
  await eventually('trial 0 has ended', () => readFileSync(join(folder, 'claim'), 'utf8').includes('\nexit 0'))
  await started()
  expect((await ended).code).toBe(0)
  expect(await reported()).toEqual([steps, steps, steps, steps])
})

it('ends what the pruner ends', async () => {
  await started()
  const sweep = `${study}pruner: { name: threshold, upper: 0, letThrough: 0 }\n`.replace('trials: 4', 'trials: 1')
  expect(await call(place, 'POST', '/studies', { text: sweep })).toMatchObject({ study: 's' })
  // it waits half-way for ever
  const { code, text } = await work('--', 'sh', 'train.sh', '{x}').ended
  expect({ code, text }).toEqual({
    code: 0,
    text: expect.stringMatching(/trial 0 pruned: step 1: [\d.]+ is above 0\n/),
  })
  expect(await call(place, 'GET', '/studies/s/trials/0')).toMatchObject({ state: 'pruned' })
})

it('gives back what runs when it is told to end', async () => {
  await started()
  await call(place, 'POST', '/studies', { text: study })
  const { child, ended } = work('--', 'sh', 'train.sh', '{x}')
  await half(0)
  child.kill('SIGTERM')
  expect(await ended).toEqual({ code: 130, text: expect.stringContaining('trial 0 is the server’s again') })
  expect(await call(place, 'GET', '/studies/s/trials/0')).toMatchObject({ state: 'running' })
})

it('says what is missing', async () => {
  const { PARZEN_URL: _url, PARZEN_TOKEN: _token, ...env } = cleanEnvironment()
  const said = async (more: object, ...args: readonly string[]) => {
    const child = spawn(process.execPath, [parzenPath, 'worker', 's', ...args, '--', 'true'], {
      env: { ...env, ...more },
    })
    const [line] = (await once(createInterface({ input: child.stderr }), 'line')) as [string]
    return line
  }
  expect(await said({})).toBe('worker: expected the address of a server, got none. give --url, or set PARZEN_URL')
  expect(await said({}, '--url', 'http://x')).toBe(
    'worker: expected a token for http://x in PARZEN_TOKEN, got none. `parzen token NAME` makes one, on the server',
  )
})

it('says nothing of work before it knows that there is some for it', async () => {
  await started()
  const { token: looking } = await call<{ token: string }>(place, 'POST', '/tokens', {
    name: 'look',
    kind: 'viewer',
    days: 1,
  })
  const run = async (study: string, more: object = {}) => {
    const { child, ended } = worker(place, elsewhere, [study, '--', 'true'], more)
    children.push(child)
    return ended
  }
  expect(await run('other')).toEqual({
    code: 2,
    text: 'study "other": not in this store. it has no study yet; `parzen run sweep.yaml` makes one\n',
  })
  expect(await run('s', { PARZEN_TOKEN: 'wrong' })).toEqual({
    code: 2,
    text: expect.stringMatching(/^expected a valid token: /),
  })
  await call(place, 'POST', '/studies', { text: study })
  const refused = await run('s', { PARZEN_TOKEN: looking })
  expect(refused).toEqual({ code: 2, text: expect.stringMatching(/^expected a token that may /) })
  expect(refused.text).not.toContain('working on')
})
