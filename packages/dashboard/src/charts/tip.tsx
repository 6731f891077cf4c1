import type { ReactNode } from 'react'
import './plot.css'

/** A few words near the pointer, on the side where there is room. */
export function Tip({
  at: { x, y },
  width,
  height,
  isSpoken = false,
  children,
}: {
  at: { readonly x: number; readonly y: number }
  /** Of the picture it lies on. */
  width: number
  height: number
  /** Somebody came here by keys, and may not see it. */
  isSpoken?: boolean
  children: ReactNode
}) {
  const across = x > width / 2 ? 'calc(-100% - 12px)' : '12px'
  const down = y > height / 2 ? 'calc(-100% + 8px)' : '-8px'
  return (
    <div
      className="tip"
      aria-live={isSpoken ? 'polite' : 'off'}
      style={{ left: x, top: y, transform: `translate(${across}, ${down})` }}
    >
      {children}
    </div>
  )
}
