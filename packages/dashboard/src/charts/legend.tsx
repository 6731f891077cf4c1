import { categoryColour, rampColour, type Shading } from './shading.js'

const STOPS = 9
const MOST = 12

/** What the colours of a picture mean. */
export function Legend({ shading: { name, categories, ends } }: { shading: Shading }) {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches
  if (categories) {
    return (
      <div className="legend">
        <span>{name}:</span>
        {categories.slice(0, MOST).map((category, i) => (
          <span key={category}>
            <i className="swatch" style={{ background: categoryColour(i, isDark) }} />
            {category}
          </span>
        ))}
        {categories.length > MOST && <span>and {categories.length - MOST} more</span>}
      </div>
    )
  }
  const stops = Array.from({ length: STOPS }, (_, i) => rampColour(i / (STOPS - 1), isDark)).join(', ')
  return (
    <div className="legend">
      <span>
        {name}: {ends[0]}
        <i className="swatch ramp" style={{ background: `linear-gradient(to right, ${stops})` }} />
        {ends[1]}
      </span>
    </div>
  )
}

/** What the marks on curves mean, as part of a legend. */
export function CurveMarks({ hasForks }: { hasForks: boolean }) {
  return (
    <>
      <span>at its end: ● running, | pruned, × failed</span>
      {hasForks && <span>○ forked; dashed, what it went on from</span>}
    </>
  )
}
