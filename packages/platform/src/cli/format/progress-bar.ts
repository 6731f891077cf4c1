const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** `fraction` in [0, 1] of `width` columns, in eighths of a column: what is done, and what is left. */
export function progressBar(fraction: number, width: number): { readonly done: string; readonly left: string } {
  const parts = Math.floor(Math.min(1, Math.max(0, fraction)) * width * 8)
  const done = '█'.repeat(Math.floor(parts / 8)) + eighths[parts % 8]
  return { done, left: '░'.repeat(width - Math.ceil(parts / 8)) }
}
