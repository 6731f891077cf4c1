// biome-ignore-all lint/suspicious/noControlCharactersInRegex: terminals speak in control characters
/**
 * Draws a terminal screen as SVG, for the README:
 *   tmux capture-pane -e -p -t SESSION | node scripts/picture.mjs > docs/terminal.svg
 */
import { readFileSync } from 'node:fs'

const colours = {
  30: '#484f58',
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  37: '#c9d1d9',
  90: '#8b949e',
}
const plain = '#c9d1d9'
const [width, height, left, top] = [8.4, 18, 16, 26]

const lines = readFileSync(0, 'utf8').trimEnd().split('\n')
const columns = Math.max(...lines.map((line) => [...line.replace(/\x1b\[[\d;]*m/g, '')].length))
const size = [Math.ceil(columns * width + 2 * left), lines.length * height + 2 * left]

console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.join(' ')}" role="img" aria-label="Parzen in a terminal">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${lines.flatMap((line, row) => spans(line, top + row * height)).join('\n')}
</g></svg>`)

/** One text element a run of one style, placed by column so that no font can shift what follows. */
function spans(line, y) {
  const style = { colour: plain, bold: false, dim: false }
  const found = []
  let column = 0
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    const codes = part.match(/^\x1b\[([\d;]*)m$/)
    if (codes) for (const code of codes[1].split(';')) restyle(style, Number(code))
    else {
      const length = [...part].length
      if (part.trim()) {
        const weight = style.bold ? ' font-weight="bold"' : ''
        const opacity = style.dim ? ' opacity="0.65"' : ''
        const x = (left + column * width).toFixed(1)
        found.push(
          `<text x="${x}" y="${y}" textLength="${(length * width).toFixed(1)}" fill="${style.colour}"${weight}${opacity}>${asText(part)}</text>`,
        )
      }
      column += length
    }
  }
  return found
}

function restyle(style, code) {
  if (code === 0) Object.assign(style, { colour: plain, bold: false, dim: false })
  else if (code === 1) style.bold = true
  else if (code === 2) style.dim = true
  else if (code === 22) Object.assign(style, { bold: false, dim: false })
  else if (code === 39) style.colour = plain
  else style.colour = colours[code] ?? style.colour
}

function asText(text) {
  // runs of plain spaces would collapse
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(' ', '\u00a0')
}
