/** `0.4s 42s 3m 05s 2h 14m 3d 4h`: two units at most. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1).replace('.0', '')}s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}s`
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`
  const hours = Math.floor(minutes / 60)
  return `${Math.floor(hours / 24)}d ${hours % 24}h`
}

/** For a line that is redrawn: whole seconds, so that it changes once a second. */
export function formatSeconds(milliseconds: number): string {
  return formatDuration(Math.floor(Math.max(0, milliseconds) / 1000) * 1000)
}

export function formatAgo(milliseconds: number): string {
  return milliseconds < 2000 ? 'just now' : `${formatDuration(milliseconds)} ago`
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
