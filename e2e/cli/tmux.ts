import { execFileSync } from 'node:child_process'
import { eventually } from './workplace.js'

/** A terminal of the real kind, in a tmux server of its own. */
export interface TerminalWindow {
  type(...keys: readonly string[]): void
  /** What is on the screen, without blank lines at the end. */
  screen(): string
  /** Waits for something on the screen. @returns the screen. */
  shows(pattern: RegExp): Promise<string>
  resize(columns: number, rows: number): void
  isCursorShown(): boolean
  close(): void
}

let opened = 0

export function openWindow(
  folder: string,
  { columns, rows, environment }: { columns: number; rows: number; environment: NodeJS.ProcessEnv },
): TerminalWindow {
  opened++
  const server = `parzen-e2e-${process.pid}-${opened}`
  const tmux = (...args: readonly string[]) =>
    execFileSync('tmux', ['-L', server, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      cwd: folder,
      env: environment,
    })
  tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), 'PS1="$ " exec sh')
  const screen = () => tmux('capture-pane', '-p').trimEnd()
  return {
    screen,
    type: (...keys) => void tmux('send-keys', ...keys),
    async shows(pattern) {
      try {
        return await eventually(String(pattern), () => {
          const now = screen()
          return pattern.test(now) && now
        })
      } catch (error) {
        throw new Error(`${(error as Error).message}; the screen was\n${screen()}`)
      }
    },
    resize: (x, y) => void tmux('resize-window', '-x', String(x), '-y', String(y)),
    isCursorShown: () => tmux('display-message', '-p', '#{cursor_flag}').trim() === '1',
    close: () => void tmux('kill-server'),
  }
}
