import { useRef, useState } from 'react'
import { xOf } from './parallel-lines.js'

/**
 * The names over the axes. A click colours by one, dragging or the arrow keys move it, × or Delete hides it.
 * @param onOrder names in their new order, from left to right
 */
export function AxisHeaders({
  names,
  coloured,
  onOrder,
  onHide,
  onColour,
}: {
  names: readonly string[]
  /** The one that gives the colours. */
  coloured: string
  onOrder: (names: readonly string[]) => void
  onHide: (name: string) => void
  onColour: (name: string) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const [drag, setDrag] = useState<{ readonly name: string; readonly from: number; readonly by: number }>()
  const width = () => box.current?.clientWidth ?? 1
  const move = (name: string, to: number) => {
    const rest = names.filter((one) => one !== name)
    const at = Math.min(rest.length, Math.max(0, to))
    onOrder([...rest.slice(0, at), name, ...rest.slice(at)])
  }
  const drop = () => {
    if (drag && Math.abs(drag.by) > 8) {
      const gap = xOf(1, names.length, { width: width() }) - xOf(0, names.length, { width: width() })
      move(drag.name, names.indexOf(drag.name) + Math.round(drag.by / gap))
    }
    // a click comes after this; it must still know whether something was dragged
    setTimeout(() => setDrag(undefined))
  }
  return (
    <div className="axis-headers" ref={box}>
      {names.map((name, i) => (
        <span
          key={name}
          className={name === coloured ? 'axis-header coloured' : 'axis-header'}
          style={{
            left: `calc(64px + (100% - 128px) * ${names.length === 1 ? 0.5 : i / (names.length - 1)})`,
            transform: `translateX(calc(-50% + ${drag?.name === name ? drag.by : 0}px))`,
          }}
        >
          <button
            type="button"
            title={`${name}: click to colour by it, drag or use the arrow keys to move it, Delete to hide it`}
            aria-pressed={name === coloured}
            onClick={() => (drag && Math.abs(drag.by) > 8 ? undefined : onColour(name))}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId)
              setDrag({ name, from: event.clientX, by: 0 })
            }}
            onPointerMove={({ clientX }) => drag?.name === name && setDrag({ ...drag, by: clientX - drag.from })}
            onPointerUp={drop}
            onPointerCancel={() => setDrag(undefined)}
            onKeyDown={(event) => {
              const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
              if (by === undefined && event.key !== 'Delete') return
              event.preventDefault()
              if (by !== undefined) move(name, i + by)
              else onHide(name)
            }}
          >
            <Name name={name} />
          </button>
          <button type="button" className="hide" aria-label={`hide ${name}`} onClick={() => onHide(name)}>
            ×
          </button>
        </span>
      ))}
    </div>
  )
}

/** The last part of a dotted name is what tells neighbours apart. */
function Name({ name }: { name: string }) {
  const at = name.lastIndexOf('.')
  if (at < 0) return <>{name}</>
  return (
    <>
      <span className="path">{name.slice(0, at)}</span>
      {name.slice(at)}
    </>
  )
}
