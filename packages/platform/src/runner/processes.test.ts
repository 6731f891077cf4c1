import { expect, it } from 'vitest'
import { parseProcStat, parsePsLine, processes, treeUse } from './processes.js'

it('reads what Linux says, whatever the name of the program', () => {
  const rest = 'S 10 20 20 0 -1 0 0 0 0 0 150 50 30 20 20 0 1 0 100 999 3 0'
  const one = parseProcStat(7, `7 (a ) b) ${rest}`)
  expect(one).toMatchObject({ pid: 7, parent: 10, group: 20, cpuSeconds: 2, childSeconds: 0.5 })
  expect(one.memoryBytes % 3).toBe(0)
})

it('reads what ps says', () => {
  expect(parsePsLine('  7 10 20 2048 1-02:03:04.50')).toMatchObject({ pid: 7, group: 20, memoryBytes: 2 ** 21 })
  expect(parsePsLine('7 10 20 0 1-02:03:04.50').cpuSeconds).toBe(86_400 + 2 * 3600 + 3 * 60 + 4.5)
  expect(parsePsLine('7 10 20 0 0:01.25').cpuSeconds).toBe(1.25)
})

it('adds up a tree with what has ended in it and what left its parent, without the shell and what that ran before', () => {
  const one = (pid: number, parent: number, group: number, cpuSeconds: number) => {
    return { pid, parent, group, cpuSeconds, childSeconds: 0.5, memoryBytes: 10 }
  }
  const all = [one(5, 1, 5, 100), one(8, 7, 8, 2), one(7, 5, 5, 1), one(9, 1, 5, 4), one(30, 1, 30, 50)]
  expect(treeUse(all, 5)).toEqual({ count: 3, memoryBytes: 30, cpuSeconds: 1.5 + 2.5 + 4.5 })
  expect(treeUse(all, 77)).toEqual({ count: 0, memoryBytes: 0, cpuSeconds: 0 })
})

it('sees this process', async () => {
  const mine = (await processes()).find(({ pid }) => pid === process.pid)
  expect(mine?.parent).toBe(process.ppid)
  expect(mine?.memoryBytes).toBeGreaterThan(1e7)
})
