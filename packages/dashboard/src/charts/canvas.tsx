import { type PointerEvent, useEffect, useRef, useState } from 'react'

export interface Colours {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly accent: string
  readonly good: string
  readonly bad: string
  readonly warn: string
  readonly card: string
}

export interface Frame {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  readonly colours: Colours
}

const NAMES = ['text', 'dim', 'line', 'accent', 'good', 'bad', 'warn', 'card'] as const

/** A picture that is drawn anew when its size, the theme or `draw` changes; CSS pixels. */
export function Canvas({
  label,
  height,
  draw,
  onPoint,
  onPress,
}: {
  /** For those who cannot see it. */
  label: string
  height: number
  draw: (frame: Frame) => void
  onPoint?: (x: number, y: number) => void
  onPress?: (x: number, y: number, kind: 'down' | 'up') => void
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [size, setSize] = useState({ width: 0, theme: 0 })
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const observer = new ResizeObserver(() => setSize((old) => ({ ...old, width: element.clientWidth })))
    observer.observe(element)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const turned = () => setSize((old) => ({ ...old, theme: old.theme + 1 }))
    dark.addEventListener('change', turned)
    return () => {
      observer.disconnect()
      dark.removeEventListener('change', turned)
    }
  }, [])
  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (!element || !context || size.width === 0) return
    const ratio = devicePixelRatio || 1
    element.width = Math.round(size.width * ratio)
    element.height = Math.round(height * ratio)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, size.width, height)
    const style = getComputedStyle(element)
    const colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]))
    context.font = `12px ${style.fontFamily}`
    draw({ context, width: size.width, height, colours: colours as unknown as Colours })
  }, [size, height, draw])
  const at = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top] as const
  }
  return (
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      style={{ height }}
      onPointerMove={onPoint && ((event) => onPoint(...at(event)))}
      onPointerLeave={onPoint && (() => onPoint(-1, -1))}
      onPointerDown={onPress && ((event) => onPress(...at(event), 'down'))}
      onPointerUp={onPress && ((event) => onPress(...at(event), 'up'))}
    />
  )
}
