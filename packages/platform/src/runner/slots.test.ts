import { availableParallelism } from 'node:os'
import { expect, it } from 'vitest'
import { parseDevices, slots } from './slots.js'

it('has as many slots as asked for, else as the cores allow, at least one', () => {
  expect(slots({ parallel: 7, cpus: 1, gpus: 0 }).size).toBe(7)
  expect(slots({ cpus: 1, gpus: 0 }).size).toBe(availableParallelism())
  expect(slots({ parallel: 9 * availableParallelism(), cpus: Math.max(2, availableParallelism()), gpus: 0 }).size).toBe(
    1,
  )
  expect(() => slots({ cpus: 10_000, gpus: 0 })).toThrow(
    `resources: expected at most ${availableParallelism()} cpus for a trial, got 10000. this machine has no more cores`,
  )
})

it('gives a slot again only when it is free', () => {
  const pool = slots({ parallel: 2, cpus: 1, gpus: 0 })
  const first = pool.take()
  expect(pool.take()).toBeDefined()
  expect(pool.take()).toBeUndefined()
  pool.release(first as NonNullable<typeof first>)
  expect(pool.take()).toBeDefined()
  expect(pool.take()).toBeUndefined()
})

it('never gives a device twice', () => {
  const pool = slots({ parallel: 9, cpus: 1, gpus: 2, devices: ['a', 'b', 'c', 'd', 'e'] })
  expect(pool.size).toBe(2)
  const first = pool.take()
  expect(first).toEqual({ devices: ['a', 'b'] })
  expect(pool.take()).toEqual({ devices: ['c', 'd'] })
  expect(pool.take()).toBeUndefined()
  pool.release(first as NonNullable<typeof first>)
  expect(pool.take()?.devices).toHaveLength(2)
})

it('counts what is taken over, whether there is room or not', () => {
  const pool = slots({ parallel: 1, cpus: 1, gpus: 1, devices: ['a'] })
  const adopted = pool.adopt(['a'])
  expect(pool.take()).toBeUndefined()
  pool.release(adopted)
  expect(pool.take()).toEqual({ devices: ['a'] })
})

it('wants at least the devices of one trial', () => {
  expect(() => slots({ cpus: 1, gpus: 2, devices: ['0'] })).toThrow(
    'resources: expected 2 GPU(s) for a trial, got 1. list more under devices, or ask for fewer',
  )
})

it('reads the list of nvidia-smi', () => {
  const list = `GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5a1c2e77-aaaa-bbbb-cccc-0123456789ab)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-6b1c2e77-aaaa-bbbb-cccc-0123456789ab)
GPU 2: Old
`
  expect(parseDevices(list)).toEqual([
    'GPU-5a1c2e77-aaaa-bbbb-cccc-0123456789ab',
    'GPU-6b1c2e77-aaaa-bbbb-cccc-0123456789ab',
    '2',
  ])
})
