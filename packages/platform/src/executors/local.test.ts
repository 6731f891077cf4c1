import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { executorContract } from './executor.contract.js'
import { local } from './local.js'
import { bootId, identityOf, isAlive } from './process-identity.js'

const built = fileURLToPath(new URL('../../dist/executors/local.js', import.meta.url))

executorContract('local', local, {
  starter: `
    import { local } from ${JSON.stringify(built)}
    const handle = await local().start(JSON.parse(process.argv.at(-1)))
    console.log(JSON.stringify(handle))
    setInterval(() => {}, 1000)
  `,
})

describe('local', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parzen-local-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))

  const handleOf = (timeoutSeconds: number | null = null) => ({
    folder,
    pid: null,
    timeoutSeconds,
    graceSeconds: 0.2,
    memoryKills: 0,
  })

  it('does not mistake a process that got the pid of a dead one', async () => {
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' })
    try {
      const claim = `${stranger.pid} ${bootId()} 12345\n`
      writeFileSync(join(folder, 'claim'), claim)
      expect(await local().wait(handleOf(0))).toEqual({ kind: 'lost' })
      await local().kill(handleOf(), 0)
      const identity = identityOf(stranger.pid as number)
      expect(identity && isAlive(identity)).toBe(true)
    } finally {
      stranger.kill('SIGKILL')
    }
  })

  it('finds an attempt lost whose machine was started anew', async () => {
    const me = identityOf(process.pid)
    writeFileSync(join(folder, 'claim'), `${process.pid} another-boot ${me?.start}\n`)
    expect(await local().wait(handleOf())).toEqual({ kind: 'lost' })
  })

  it('takes a torn ending for none', async () => {
    writeFileSync(join(folder, 'claim'), `1 another-boot 1\nexit 1`)
    expect(await local().wait(handleOf())).toEqual({ kind: 'lost' })
  })

  it('finishes a kill whose killer died', async () => {
    const sleeper = spawn('sleep', ['60'], { stdio: 'ignore', detached: true })
    const { start, boot } = identityOf(sleeper.pid as number) ?? {}
    writeFileSync(join(folder, 'claim'), `${sleeper.pid} ${boot} ${start}\nkill killed\n`)
    expect(await local().wait(handleOf())).toEqual({ kind: 'killed' })
    expect(identityOf(sleeper.pid as number)).toBeUndefined()
  })

  it('says which folder a command was to run in, if it is not there', async () => {
    const executor = local()
    const workingFolder = join(folder, 'gone')
    const job = { key: 'k', folder, workingFolder, argv: ['true'], environment: {}, graceSeconds: 1 }
    expect(await executor.wait(await executor.start(job))).toEqual({
      kind: 'unstartable',
      message: `can't cd to ${workingFolder}`,
    })
  })

  it('says that an environment is too long', async () => {
    const executor = local()
    const environment = { LONG: 'x'.repeat(1 << 18) }
    const job = { key: 'k', folder, workingFolder: folder, argv: ['true'], environment, graceSeconds: 1 }
    expect(await executor.wait(await executor.start(job))).toEqual({
      kind: 'unstartable',
      message: 'true: Argument list too long',
    })
  })
})
