/** What `http.ts` runs in its thread: sends reports in order, and signs of life between them. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type MessagePort, workerData } from 'node:worker_threads'
import { ParzenError, type Verdict } from '@parzen/core'
import { api, UNREACHABLE } from './api.js'
import { checkpointSender } from './checkpoint-sender.js'
import { type HttpOptions, LOST_CHECKPOINTS, MESSAGES, type Message, type Reply, type Request } from './http.js'
import { fetchCheckpoints } from './remote-checkpoints.js'

interface Data extends HttpOptions {
  readonly signal: Int32Array
  readonly port: MessagePort
}

interface Heard {
  readonly verdict: Exclude<Verdict, 'ended'> | 'stop'
  readonly reason: string | null
}

const MOST_AT_ONCE = 500
const HEARTBEAT_MILLISECONDS = 10_000
const CHECKPOINT_MILLISECONDS = 30_000
/** While a training waits for the answer; at its end there is nothing else left to do. */
const PATIENCE_MILLISECONDS = 2000
const LAST_PATIENCE_MILLISECONDS = 60_000

const { url, token, study, trial, attempt, folder, goesOn, signal, port } = workerData as Data
const server = api(url, token)
const path = `/studies/${encodeURIComponent(study)}/trials/${trial}`
const waiting: { readonly step: number; readonly metrics: object; readonly at: number }[] = []
/** Kept, and not yet with the server: paths by name. */
const files = new Map<string, string>()
const at = { api: server, path, folder }
const sender = checkpointSender({ at, everyMilliseconds: CHECKPOINT_MILLISECONDS, warn: () => undefined })
let isOpen = false
let verdict: Heard['verdict'] = 'continue'
let sent: number | undefined
let isAway = false
let spokenAt = 0
/** One call after the other: reports are numbered. */
let turn: Promise<unknown> = Promise.resolve()

port.on('message', (request: Request & { readonly id: number }) => {
  if (request.say === 'report') waiting.push({ step: request.step, metrics: request.metrics, at: Date.now() })
  if (request.say === 'keep') files.set(request.name, request.path)
  turn = turn.then(() => obey(request)).then((error) => say({ id: request.id, ...(error && { error }) }))
})
setInterval(() => {
  if (isOpen && verdict === 'continue') void sender.inPassing()
  if (Date.now() - spokenAt < HEARTBEAT_MILLISECONDS) return
  // a refusal is told to the next report
  turn = turn.then(() => (waiting.length > 0 ? send(0) : heartbeat())).catch(() => undefined)
}, HEARTBEAT_MILLISECONDS / 4).unref()

function say(message: Message): void {
  port.postMessage(message)
  Atomics.add(signal, MESSAGES, 1)
  Atomics.notify(signal, MESSAGES)
}

async function obey(request: Request): Promise<Reply['error']> {
  try {
    if (request.say === 'checkpoints') {
      await openCheckpoints()
      return undefined
    }
    const isLast = request.say === 'flush'
    // one that was away before is not waited for again and again
    const patience = isLast ? LAST_PATIENCE_MILLISECONDS : isAway ? 0 : PATIENCE_MILLISECONDS
    await send(patience)
    if (request.say !== 'report') await sendFiles(patience)
    if (request.say === 'flush' && request.isLast && isOpen && verdict === 'pause') await leaveCheckpoints()
    isAway = false
    return undefined
  } catch (error) {
    const { code, message } = error as ParzenError
    isAway = code === UNREACHABLE
    const isLater = request.say === 'report' || request.say === 'keep'
    return isAway && isLater ? undefined : { code: code ?? 'trial/thread', message }
  }
}

async function send(patience: number): Promise<void> {
  if (waiting.length === 0) return
  // another process of this attempt may have reported before
  sent ??= await post(0, [], patience)
  while (waiting.length > 0) {
    const part = waiting.slice(0, MOST_AT_ONCE)
    sent = await post(sent, part, patience)
    waiting.splice(0, part.length)
  }
}

async function post(from: number, reports: readonly object[], patience: number): Promise<number> {
  const body = { attempt, from, reports }
  const answer = await server.call<Heard & { acknowledged: number }>('POST', `${path}/reports`, body, patience)
  hear(answer)
  return answer.acknowledged
}

async function heartbeat(): Promise<void> {
  hear(await server.call<Heard>('POST', `${path}/heartbeat`, { attempt }, 0))
}

async function sendFiles(patience: number): Promise<void> {
  for (const [name, file] of files) {
    await server.put(`${path}/artifacts/${encodeURIComponent(name)}`, file, patience)
    files.delete(name)
    spokenAt = Date.now()
  }
}

/** Puts what the attempt goes on from into its folder, once. What something else of that name has left there is removed first. */
async function openCheckpoints(): Promise<void> {
  const mark = join(folder, 'checkpoints.of')
  const mine = createHash('sha256').update(token).digest('hex')
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== mine) {
    await rm(join(folder, 'checkpoints'), { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    if (goesOn) await fetchCheckpoints({ ...at, patienceMilliseconds: LAST_PATIENCE_MILLISECONDS })
    writeFileSync(mark, mine)
  }
  mkdirSync(join(folder, 'checkpoints'), { recursive: true })
  isOpen = true
}

/** Whoever asked for the trial says that it is paused; whoever is given it next goes on from there. */
async function leaveCheckpoints(): Promise<void> {
  const failure = await sender.last(LAST_PATIENCE_MILLISECONDS)
  if (failure !== undefined) throw new ParzenError(LOST_CHECKPOINTS, failure)
}

function hear(heard: Heard): void {
  const { reason } = heard
  verdict = heard.verdict
  spokenAt = Date.now()
  // `stop`: nothing of this attempt counts any more
  say({ said: { verdict: verdict === 'stop' ? 'ended' : verdict, ...(reason !== null && { reason }) } })
}
