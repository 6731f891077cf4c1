const WIDTH = 84
const HEIGHT = 22

/** A few values as a line of a word's size; the last one is marked. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  if (values.length < 2) return null
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const x = (i: number) => 2 + (i / (values.length - 1)) * (WIDTH - 5)
  const y = (value: number) => 3 + (1 - (high > low ? (value - low) / (high - low) : 0.5)) * (HEIGHT - 6)
  const last = values.at(-1) as number
  return (
    <svg className="sparkline" role="img" aria-label={label} width={WIDTH} height={HEIGHT}>
      <polyline points={values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ')} />
      <circle cx={x(values.length - 1)} cy={y(last)} r="2.2" />
    </svg>
  )
}
