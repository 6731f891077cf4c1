import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { identityOf } from '../executors/process-identity.js'
import { takeLease } from './lease.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parzen-lease-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (number: number, holder: object) =>
  writeFileSync(join(folder, `runner-${number}.lease`), JSON.stringify(holder))

it('is one process’s at a time, and free again after its release', () => {
  const lease = takeLease(folder, 's')
  expect(() => takeLease(folder, 's')).toThrow(
    `study s: expected nobody else to be running it, got process ${process.pid} on ${hostname()}. \`parzen stop s\` ends that run`,
  )
  lease.release()
  takeLease(folder, 's').release()
  expect(readdirSync(folder)).toEqual(['runner-2.lease'])
})

it('is taken over at once from a process that has died, also if its pid is another’s now', () => {
  const me = identityOf(process.pid)
  write(4, { ...me, start: '1', host: hostname() })
  takeLease(folder, 's').release()
  expect(readdirSync(folder)).toEqual(['runner-5.lease'])
})

it('is left to a process that lives', () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' })
  try {
    write(1, { ...identityOf(other.pid as number), host: hostname() })
    expect(() => takeLease(folder, 's')).toThrow(`got process ${other.pid} on ${hostname()}`)
  } finally {
    other.kill('SIGKILL')
  }
})

it('is left to another machine until that has not touched it for half a minute', () => {
  write(1, { pid: 1, boot: 'b', start: '1', host: 'elsewhere' })
  expect(() => takeLease(folder, 's')).toThrow('got process 1 on elsewhere')
  const long = new Date(Date.now() - 60_000)
  utimesSync(join(folder, 'runner-1.lease'), long, long)
  takeLease(folder, 's').release()
})
