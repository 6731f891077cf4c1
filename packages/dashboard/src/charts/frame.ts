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
  readonly isDark: boolean
}

/** Two corners, in CSS pixels. */
export interface Box {
  readonly from: { readonly x: number; readonly y: number }
  readonly to: { readonly x: number; readonly y: number }
}
