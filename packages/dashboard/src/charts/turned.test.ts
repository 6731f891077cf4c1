import { expect, it } from 'vitest'
import { dragged, type Place, turned } from './turned.js'

const room = { width: 400, height: 300, pad: 20 }
const corners = Array.from({ length: 8 }, (_, i): Place => [i & 1, (i >> 1) & 1, (i >> 2) & 1])

it('looks from the front: the first objective to the right, the third up, the second away', () => {
  const at = turned({ turn: 0, tilt: 0 }, room)
  const middle = at([0.5, 0.5, 0.5])
  expect([middle.x, middle.y]).toEqual([200, 150])
  expect(at([1, 0.5, 0.5]).x).toBeGreaterThan(200)
  expect(at([0.5, 0.5, 1]).y).toBeLessThan(150)
  expect(at([0.5, 1, 0.5])).toMatchObject({ x: 200, y: 150, depth: 0.5 })
  // from above the second goes up the picture
  expect(turned({ turn: 0, tilt: 90 }, room)([0.5, 1, 0.5]).y).toBeLessThan(150)
})

it('keeps the cube in its room and lengths as they are, however it is turned', () => {
  for (const turn of [0, 30, 45, 200]) {
    for (const tilt of [0, 20, 35, 90]) {
      const at = turned({ turn, tilt }, room)
      for (const { x, y } of corners.map(at)) {
        expect(x).toBeGreaterThanOrEqual(20 - 1e-9)
        expect(x).toBeLessThanOrEqual(380 + 1e-9)
        expect(y).toBeGreaterThanOrEqual(20 - 1e-9)
        expect(y).toBeLessThanOrEqual(280 + 1e-9)
      }
      const scale = 260 / Math.sqrt(3)
      const length = (a: Place, b: Place) => {
        const [one, other] = [at(a), at(b)]
        return Math.hypot(one.x - other.x, one.y - other.y, scale * (one.depth - other.depth))
      }
      expect(length([0, 0, 0], [1, 0, 0])).toBeCloseTo(scale, 9)
      expect(length([0, 0, 0], [1, 1, 1])).toBeCloseTo(scale * Math.sqrt(3), 9)
    }
  }
})

it('turns with the pointer, round and round, but not over the top', () => {
  expect(dragged({ turn: 10, tilt: 20 }, { x: 40, y: 10 })).toEqual({ turn: 350, tilt: 25 })
  expect(dragged({ turn: 10, tilt: 20 }, { x: 0, y: 500 }).tilt).toBe(90)
  expect(dragged({ turn: 10, tilt: 20 }, { x: 0, y: -500 }).tilt).toBe(0)
})
