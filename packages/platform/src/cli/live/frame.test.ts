import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { visibleWidth } from '../format/width.js'
import { complete, failed, sampleStudy } from '../sample-study.contract.js'
import { frame } from './frame.js'

const colors = picocolors.createColors(false)
const view = async (...args: Parameters<typeof sampleStudy>) => {
  const { state } = await sampleStudy(...args)
  return { state, now: state.lastEventAt + 2500, folder: '.parzen/studies/digits', hint: 'Ctrl-C: no new trials' }
}

const outcomes = [complete(0.8), failed, complete(0.91234), complete(0.85), 'running', 'waiting'] as const

describe('frame', () => {
  it('fills a terminal of 80 x 24', async () => {
    const lines = frame(await view(outcomes), { columns: 80, rows: 24, colors })
    expect(lines).toEqual([
      'digits  maximize accuracy  random, seed 1, 2 parallel',
      '█████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░  4/8  29s  ~27s left',
      '',
      'best  0.91234 accuracy  trial 2',
      '      lr=0.003 optimizer=adam',
      '',
      'run   #4  6s       accuracy=0.5 step 1   lr=0.005 optimizer=adam',
      'run   #5  waits                          lr=0.006 optimizer=sgd optimizer.sgd.…',
      '',
      '0.91234 ┤                                   ⡏⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉',
      ...Array.from({ length: 6 }, () => '        │                                   ⡇'),
      '    0.8 ┤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡇',
      '        └──────────────────────────────────────────────────────────────────────',
      '         1                 best accuracy over finished trials                 4',
      '',
      '1 failed (1 exit)',
      'logs .parzen/studies/digits   Ctrl-C: no new trials',
    ])
  })

  it('shows a study that has just begun', async () => {
    expect(frame(await view(['running'], { budget: {} }), { columns: 80, rows: 24, colors })).toEqual([
      'digits  maximize accuracy  random, seed 1',
      '0 trials  5s',
      '',
      'best  no complete trial yet',
      '',
      'run   #0  4s       accuracy=0.5 step 1   lr=0.001 optimizer=adam',
      '',
      'logs .parzen/studies/digits   Ctrl-C: no new trials',
    ])
  })

  it('keeps what matters in a small terminal', async () => {
    expect(frame(await view(outcomes), { columns: 40, rows: 8, colors })).toEqual([
      'digits  maximize accuracy  random, see…',
      '█████████░░░░░░░░░  4/8  29s  ~27s left',
      'best  0.91234 accuracy  trial 2',
      '      lr=0.003 optimizer=adam',
      'run   #4  6s       accuracy=0.5 step 1…',
      '1 failed (1 exit)',
      'logs .parzen/studies/digits   Ctrl-C: …',
    ])
  })

  it.each([
    [10, 3],
    [20, 5],
    [60, 20],
    [80, 24],
    [200, 50],
  ])('fits %d x %d', async (columns, rows) => {
    const running = [...outcomes, 'running', 'running', 'running', 'running'] as const
    const lines = frame(await view(running, { budget: { trials: 20 } }), { columns, rows, colors })
    expect(lines.length).toBeLessThan(rows)
    for (const line of lines) expect(visibleWidth(line)).toBeLessThan(columns)
  })
})
