import { studyFolder } from '../../stores/folders.js'
import { plain, truncate } from '../format/width.js'
import { shortPath } from '../open.js'
import type { Terminal } from '../terminal.js'
import { frame } from './frame.js'
import { openScreen } from './screen.js'
import type { Watched, Watcher } from './watcher.js'

const REDRAW_MILLISECONDS = 100
/** So many of the lines above the view stay in sight at most. */
const MOST_ABOVE = 8

/** The study at a glance, redrawn in place at most ten times a second. The line above it says what was opened. */
export function liveView(terminal: Terminal, { study, root }: Watched): Watcher {
  const screen = openScreen(terminal)
  const folder = shortPath(studyFolder(root, study.name))
  const { yellow, red, bold } = terminal.colors
  let hint = 'Ctrl-C: no new trials'
  let above = 1
  const picture = () => {
    const { columns, rows } = terminal.size()
    const { stop } = study.state
    const view = { state: study.state, now: Date.now(), folder, hint: stop ? `stop asked for by ${stop.by}` : hint }
    return frame(view, { columns, rows: rows - above, colors: terminal.colors })
  }
  const draw = () => screen.draw(picture())
  const print = (lines: readonly string[]) => {
    const { columns } = terminal.size()
    above = Math.min(MOST_ABOVE, above + lines.length)
    const cut = lines.map((line) => truncate(line, columns - 1))
    screen.print(cut, picture())
  }
  const onContinue = () => screen.reset()
  const timer = setInterval(draw, REDRAW_MILLISECONDS)
  process.on('SIGCONT', onContinue)
  process.stdout.on('resize', draw)
  draw()
  return {
    event(event) {
      if (event.type === 'warning') print([yellow(plain(event.message))])
    },
    notice(message, next) {
      if (next !== undefined) hint = next
      print([yellow(message)])
    },
    dashboard: (link) => print([`dashboard: ${link}`]),
    alarm(lines) {
      print(lines.map((line, i) => (i === 0 ? bold(red(line)) : red(line))))
    },
    close() {
      clearInterval(timer)
      process.off('SIGCONT', onContinue)
      process.stdout.off('resize', draw)
      screen.close()
    },
  }
}
