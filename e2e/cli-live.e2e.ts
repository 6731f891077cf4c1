import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWindow, type TerminalWindow } from './cli/tmux.js'
import { cleanEnvironment, eventually, parzenPath, trainThatWaits, type Workplace, workplace } from './cli/workplace.js'

const run = `"${process.execPath}" "${parzenPath}" run`
/** Trial 0 and 1 end at once, the others wait. */
const training = trainThatWaits.replace('[ ! -e go ]', '[ ! -e go ] && [ "$PARZEN_TRIAL" -gt 1 ]')

const hasTmux = spawnSync('tmux', ['-V']).status === 0
if (!hasTmux) console.log('the live view: skipped, there is no tmux to show it in')

describe.skipIf(!hasTmux)('in a terminal', () => {
  let place: Workplace
  let window: TerminalWindow
  beforeEach(() => {
    place = workplace({ 'train.sh': training })
    window = openWindow(place.folder, { columns: 80, rows: 24, environment: cleanEnvironment() })
  })
  afterEach(async () => {
    place.write('go', '')
    await window.shows(/\$$/)
    window.close()
    place.remove()
  })

  const began = (...numbers: readonly number[]) =>
    eventually('trials begin', () => numbers.every((n) => existsSync(join(place.folder, `began-${n}`))))

  it('shows the study at a glance, and a summary in its place', async () => {
    window.type(run, 'Enter')
    const lines = () => {
      const screen = window.screen().split('\n')
      return screen.map((line) => line.replace(/0\.\d+/g, 'N').replace(/\d+s/g, 'Ts'))
    }
    // polled: a picture may be caught while it is being drawn
    await expect
      .poll(lines, { timeout: 60_000 })
      .toEqual(
        expect.arrayContaining([
          'starting line: 6 trials',
          'line  minimize loss  random, seed 1, 2 parallel',
          expect.stringMatching(/^█{16}▋░{33} {2}2\/6 {2}Ts {2}~Ts left$/),
          expect.stringMatching(/^best {2}N loss {2}trial [01]$/),
          expect.stringMatching(/^run {3}#2 {2}Ts +loss=N step 1 +x=N kind=/),
          expect.stringMatching(/^run {3}#3 {2}Ts +loss=N step 1 +x=N kind=/),
          expect.stringMatching(/1 +best loss over finished trials +2$/),
          'logs .parzen/studies/line   Ctrl-C: no new trials',
        ]),
      )
    expect(window.isCursorShown()).toBe(false)
    place.write('go', '')
    const end = await window.shows(/logs: \.parzen\/studies\/line\n\$$/)
    expect(end).toContain('\nline: ended (6 trials done)\n6 of 6 trials in ')
    expect(end).not.toContain('Ctrl-C')
    expect(window.isCursorShown()).toBe(true)
  })

  it.each([
    [60, 20],
    [40, 10],
    [200, 50],
  ])('follows a change of the size to %d x %d', async (columns, rows) => {
    window.type(run, 'Enter')
    await window.shows(/#2 .*loss=0[\s\S]*#3 .*loss=0/)
    window.resize(columns, rows)
    // the progress bar and the list are drawn for the new width
    const bar = { 60: /█+.?░+ {2}2\/6 {2}\S+ {2}~\S+ left\n/, 40: /█+.?░+ {2}2\/6/, 200: /█{16}▋░{33} {2}2\/6/ }[
      columns
    ]
    const screen = await window.shows(new RegExp(`${bar?.source}[\\s\\S]*logs .parzen`))
    const lines = screen.split('\n')
    expect(lines.length).toBeLessThanOrEqual(rows)
    expect(lines.filter((line) => line.startsWith('logs .parzen'))).toHaveLength(1)
    expect(screen).toMatch(/#2 +\d+s/)
  })

  it('lets what runs finish after one Ctrl-C', async () => {
    window.type(run, 'Enter')
    await began(2, 3)
    window.type('C-c')
    const screen = await window.shows(/no new trials; 2 running finish \(Ctrl-C again ends them\)/)
    expect(screen).toContain('logs .parzen/studies/line   no new trials; Ctrl-C: end what runs')
    place.write('go', '')
    await window.shows(/line: not finished, `parzen run` goes on\n4 of 6 trials in [\s\S]*\n\$$/)
    window.type('echo code $?', 'Enter')
    await window.shows(/^code 130$/m)
  })

  it('ends what runs after two, and continues it', async () => {
    window.type(run, 'Enter')
    await began(2, 3)
    window.type('C-c')
    await window.shows(/no new trials; 2 running finish/)
    window.type('C-c')
    const screen = await window.shows(
      /line: interrupted, 2 to be continued by `parzen run`\n2 of 6 trials in [\s\S]*\n\$$/,
    )
    expect(screen).toContain('ending 2 running; `parzen run` continues them (Ctrl-C again leaves at once)')
    expect(window.isCursorShown()).toBe(true)
    place.write('go', '')
    window.type(`clear; ${run}`, 'Enter')
    const end = await window.shows(/line: ended \(6 trials done\)/)
    expect(end).toContain('continuing line: 2 of 6 trials done, 2 to be taken up again\n')
  })

  it('leaves at once after three, and takes over what still runs', async () => {
    place.write('train.sh', `trap '' TERM\n${training}`)
    window.type(run, 'Enter')
    await began(2, 3)
    for (const said of [/no new trials; 2 running finish/, /ending 2 running/, /\$$/]) {
      window.type('C-c')
      await window.shows(said)
    }
    expect(window.isCursorShown()).toBe(true)
    window.type('echo code $?', 'Enter')
    await window.shows(/^code 130$/m)
    place.write('go', '')
    window.type(`clear; ${run}`, 'Enter')
    const end = await window.shows(/line: ended \(6 trials done\)/)
    expect(end).toMatch(/6 of 6 trials in .*: 6 complete\n/)
  })

  it('shows prominently that all trials fail', async () => {
    place.write('train.sh', 'echo "no module named torch" >&2\nexit 3\n')
    window.type(run, 'Enter')
    const end = await window.shows(/line: ended/)
    expect(end).toContain('all 6 trials so far failed: exit, exit code 3')
    expect(end).toContain('  | no module named torch')
  })
})
