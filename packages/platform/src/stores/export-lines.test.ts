import { lastMetrics } from '@parzen/core'
import { expect, it } from 'vitest'
import { complete, failed, START, sampleStudy } from '../cli/sample-study.contract.js'
import { csvLines, jsonLines } from './export-lines.js'

it('gives the metrics of the last attempt, not of one that failed further on', () => {
  const report = (attempt: number, step: number, accuracy: number) => ({ at: 1, attempt, step, metrics: { accuracy } })
  expect(lastMetrics([report(1, 5, 0.9), report(2, 1, 0.1), report(2, 2, 0.2)])).toEqual({ accuracy: 0.2 })
  expect(lastMetrics([])).toEqual({})
})

it('writes a JSON line a trial', async () => {
  const study = await sampleStudy([complete(0.8), { ...failed, message: 'no "luck"' }, 'running'])
  const rows = [...jsonLines(study)].map((line) => JSON.parse(line))
  expect(rows).toEqual([
    {
      number: 0,
      state: 'complete',
      params: { lr: 0.001000001, optimizer: 'adam' },
      nested: { lr: 0.001000001, optimizer: { choice: 'adam' } },
      values: [0.8],
      feasible: true,
      metrics: { accuracy: 0.8, loss: 'NaN' },
      attempts: [{ number: 1, launchedAt: START + 4000, endedAt: START + 9000, cause: null }],
      startedAt: START + 3000,
      finishedAt: START + 9000,
      parent: null,
      judged: null,
      cause: null,
      message: null,
      tags: [],
      note: '',
      pinned: false,
    },
    {
      number: 1,
      state: 'failed',
      params: { lr: 0.002000001, optimizer: 'sgd', 'optimizer.sgd.momentum': 0.9 },
      nested: { lr: 0.002000001, optimizer: { choice: 'sgd', momentum: 0.9 } },
      values: null,
      feasible: null,
      metrics: { accuracy: 0.5, loss: 'NaN' },
      attempts: [{ number: 1, launchedAt: START + 12000, endedAt: START + 15000, cause: null }],
      startedAt: START + 11000,
      finishedAt: START + 15000,
      parent: null,
      judged: null,
      cause: 'exit',
      message: 'no "luck"',
      tags: [],
      note: '',
      pinned: false,
    },
    {
      number: 2,
      state: 'running',
      params: { lr: 0.003000001, optimizer: 'adam' },
      nested: { lr: 0.003000001, optimizer: { choice: 'adam' } },
      values: null,
      feasible: null,
      metrics: { accuracy: 0.5, loss: 'NaN' },
      attempts: [{ number: 1, launchedAt: START + 18000, endedAt: null, cause: null }],
      startedAt: START + 17000,
      finishedAt: null,
      parent: null,
      judged: null,
      cause: null,
      message: null,
      tags: [],
      note: '',
      pinned: false,
    },
  ])
})

it('says in a table as well whether constraints are kept, if there are any', async () => {
  const constraints = [{ metric: 'accuracy', atMost: 0.9 }]
  const study = await sampleStudy([complete(0.95), complete(0.8), failed], { constraints })
  const [titles = [], ...rows] = [...csvLines(study)].map((line) => line.trim().split(','))
  expect(titles.slice(0, 4)).toEqual(['number', 'state', 'values.accuracy', 'feasible'])
  expect(rows.map((cells) => cells[3])).toEqual(['false', 'true', ''])
})

it('writes a table with a column a parameter and a metric', async () => {
  const study = await sampleStudy([complete(0.8), { ...failed, message: 'no "luck", none' }])
  expect([...csvLines(study)].join('')).toBe(
    `number,state,values.accuracy,params.lr,params.optimizer,params.optimizer.sgd.momentum,metrics.accuracy,metrics.loss,attempts,startedAt,finishedAt,cause,message
0,complete,0.8,0.001000001,adam,,0.8,NaN,1,2026-01-01T00:00:03.000Z,2026-01-01T00:00:09.000Z,,
1,failed,,0.002000001,sgd,0.9,0.5,NaN,1,2026-01-01T00:00:11.000Z,2026-01-01T00:00:15.000Z,exit,"no ""luck"", none"
`,
  )
})
