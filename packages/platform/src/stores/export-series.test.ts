import { fold, type StudyEvent } from '@parzen/core'
import { expect, it } from 'vitest'
import { seriesLines } from './export-lines.js'
import { memorySeries } from './memory-series.js'

it('has every point: the first reports from the journal, the rest from the series, then what the system says', async () => {
  const series = memorySeries()
  const record = (step: number) => ({
    at: step,
    step,
    metrics: { loss: step, ...(step === 1 ? { acc: 'NaN' as const } : {}) },
  })
  const events = [
    { at: 0, type: 'study-created', spec: { name: 's', objectives: [] } },
    { at: 0, type: 'trial-started', trial: 0, params: {}, seen: 1, worker: 'w' },
    { at: 0, type: 'trial-reported', trial: 0, attempt: 1, reports: [record(0), record(1), record(3)] },
  ] as unknown as StudyEvent[]
  const key = { study: 's', trial: 0, attempt: 1 }
  await series.append([
    { ...key, kind: 'metrics', from: 2, records: [record(2), record(3)] },
    { ...key, kind: 'system', from: 0, records: [{ at: 9, step: 0.5, metrics: { 'system/cpu': 1.5 } }] },
  ])
  let text = ''
  for await (const line of seriesLines({ name: 's', state: fold(events) }, series)) text += line
  expect(text).toBe(
    'trial,attempt,step,at,metric,value\n0,1,0,0,loss,0\n0,1,1,1,loss,1\n0,1,1,1,acc,NaN\n0,1,2,2,loss,2\n0,1,3,3,loss,3\n0,1,0.5,9,system/cpu,1.5\n',
  )
})
