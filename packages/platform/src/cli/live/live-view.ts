import { studyFolder } from '../../runner/folders.js'
import { shortPath } from '../open.js'
import type { Terminal } from '../terminal.js'
import { frame } from './frame.js'
import { openScreen } from './screen.js'
import type { Watched, Watcher } from './watcher.js'

const REDRAW_MILLISECONDS = 100

/** The study at a glance, redrawn in place at most ten times a second. */
export function liveView(terminal: Terminal, { study, root }: Watched): Watcher {
  const screen = openScreen(terminal)
  const folder = shortPath(studyFolder(root, study.name))
  const { yellow, red, bold } = terminal.colors
  let hint = 'Ctrl-C: no new trials'
  const draw = () => {
    const view = { state: study.state, now: Date.now(), folder, hint }
    screen.draw(frame(view, { ...terminal.size(), colors: terminal.colors }))
  }
  const onContinue = () => screen.reset()
  const timer = setInterval(draw, REDRAW_MILLISECONDS)
  process.on('SIGCONT', onContinue)
  process.stdout.on('resize', draw)
  draw()
  return {
    event(event) {
      if (event.type === 'warning') screen.print([yellow(event.message)])
    },
    notice(message, next) {
      if (next !== undefined) hint = next
      screen.print([message])
      draw()
    },
    alarm(lines) {
      screen.print(lines.map((line, i) => (i === 0 ? bold(red(line)) : red(line))))
    },
    close() {
      clearInterval(timer)
      process.off('SIGCONT', onContinue)
      process.stdout.off('resize', draw)
      screen.close()
    },
  }
}
