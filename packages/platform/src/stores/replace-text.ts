import { renameSync, writeFileSync } from 'node:fs'

/** Puts a text in place of a file, or of none, at once: whoever reads it, or comes after a crash, finds the old one or the new one whole. */
export function replaceText(path: string, text: string, mode = 0o666): void {
  writeFileSync(`${path}.draft`, text, { mode })
  renameSync(`${path}.draft`, path)
}
