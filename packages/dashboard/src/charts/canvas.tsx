import { type PointerEvent, useEffect, useRef, useState } from 'react'
import type { Colours, Frame } from './frame.js'

export type { Colours, Frame } from './frame.js'

export type PressKind = 'down' | 'up' | 'cancel'

const NAMES = ['text', 'dim', 'line', 'accent', 'good', 'bad', 'warn', 'card'] as const
const dark = matchMedia('(prefers-color-scheme: dark)')

/**
 * A picture that is drawn anew when its size, the theme or `draw` changes; CSS pixels. What follows the pointer is drawn by `over`
 * on a sheet of its own, so that thousands of points are not drawn again for it.
 */
export function Canvas({
  label,
  height,
  draw,
  over,
  onPoint,
  onPress,
}: {
  /** For those who cannot see it. */
  label: string
  height: number
  draw: (frame: Frame) => void
  over?: (frame: Frame) => void
  onPoint?: (x: number, y: number) => void
  onPress?: (x: number, y: number, kind: PressKind) => void
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const sheet = useRef<HTMLCanvasElement>(null)
  const size = useSize(canvas)
  useEffect(() => paint(canvas.current, size.width, height, draw), [size, height, draw])
  useEffect(() => over && paint(sheet.current, size.width, height, over), [size, height, over])
  const at = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top] as const
  }
  return (
    <div className="sheets">
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        style={{ height }}
        onPointerMove={onPoint && ((event) => onPoint(...at(event)))}
        onPointerLeave={onPoint && (() => onPoint(-1, -1))}
        onPointerDown={
          onPress &&
          ((event) => {
            // what is dragged beyond the edge still belongs to the picture
            event.currentTarget.setPointerCapture(event.pointerId)
            onPress(...at(event), 'down')
          })
        }
        onPointerUp={onPress && ((event) => onPress(...at(event), 'up'))}
        onPointerCancel={onPress && ((event) => onPress(...at(event), 'cancel'))}
      />
      {over && <canvas ref={sheet} style={{ height }} />}
    </div>
  )
}

/** Another object when the width or the theme has changed. */
function useSize(canvas: { readonly current: HTMLCanvasElement | null }): { readonly width: number } {
  const [size, setSize] = useState({ width: 0 })
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth }))
    observer.observe(element)
    const turned = () => setSize((old) => ({ ...old }))
    dark.addEventListener('change', turned)
    return () => {
      observer.disconnect()
      dark.removeEventListener('change', turned)
    }
  }, [canvas])
  return size
}

function paint(
  element: HTMLCanvasElement | null,
  width: number,
  height: number,
  draw: (frame: Frame) => void,
): undefined {
  const context = element?.getContext('2d')
  if (!element || !context || width === 0) return
  const ratio = devicePixelRatio || 1
  element.width = Math.round(width * ratio)
  element.height = Math.round(height * ratio)
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  const style = getComputedStyle(element)
  const colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]))
  context.font = `12px ${style.fontFamily}`
  draw({ context, width, height, colours: colours as unknown as Colours, isDark: dark.matches })
}
