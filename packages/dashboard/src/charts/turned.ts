/** From where a cube is looked at, in degrees: `turn` around its upright axis, `tilt` from the side (0) to the top (90). */
export interface Stand {
  readonly turn: number
  readonly tilt: number
}

/** In the cube [0, 1]³; the third one is up. */
export type Place = readonly [number, number, number]

export interface Seen {
  readonly x: number
  readonly y: number
  /** How far away, greater is farther; from −1 to 1. */
  readonly depth: number
}

/** Where a place of the cube is seen, without perspective, so that equal lengths stay equal; the whole cube fits, however it is turned. */
export function turned({ turn, tilt }: Stand, { width, height, pad }: Room): (place: Place) => Seen {
  const [a, b] = [(turn * Math.PI) / 180, (tilt * Math.PI) / 180]
  const scale = Math.min(width - 2 * pad, height - 2 * pad) / Math.sqrt(3)
  return ([p, q, r]) => {
    const [x, y, z] = [p - 0.5, q - 0.5, r - 0.5]
    const across = x * Math.cos(a) - y * Math.sin(a)
    const away = x * Math.sin(a) + y * Math.cos(a)
    return {
      x: width / 2 + scale * across,
      y: height / 2 - scale * (z * Math.cos(b) + away * Math.sin(b)),
      depth: away * Math.cos(b) - z * Math.sin(b),
    }
  }
}

/** CSS pixels; `pad` on every side. */
export interface Room {
  readonly width: number
  readonly height: number
  readonly pad: number
}

/** The stand after a drag by so many pixels; it never goes over the top. */
export function dragged({ turn, tilt }: Stand, by: { readonly x: number; readonly y: number }): Stand {
  return {
    turn: Math.round((((turn - by.x / 2) % 360) + 360) % 360),
    tilt: Math.round(Math.min(90, Math.max(0, tilt + by.y / 2))),
  }
}
