import { type RefObject, useEffect, useRef, useState } from 'react'

/** Rows drawn beyond what is seen, so that scrolling shows no gaps. */
const SPARE = 12

/** Which rows of a long table are in view: the others are not drawn. `height` of each in CSS pixels, `head` of what sticks above. */
export function useVirtualRows(count: number, { height, head }: { readonly height: number; readonly head: number }) {
  const box: RefObject<HTMLDivElement | null> = useRef(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setView((old) => ({ ...old, height: element.clientHeight })))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const seen = Math.max(1, Math.floor((view.height - head) / height))
  return {
    box,
    first: Math.max(0, Math.min(count, Math.floor(view.top / height)) - SPARE),
    last: Math.min(count, Math.ceil((view.top + view.height) / height) + SPARE),
    /** Rows that fit at once. */
    seen,
    onScroll: ({ currentTarget }: { readonly currentTarget: HTMLElement }) => {
      const { scrollTop } = currentTarget
      setView((old) => (old.top === scrollTop ? old : { ...old, top: scrollTop }))
    },
    /** Scrolls no farther than it takes to see a row. */
    reveal(index: number) {
      const element = box.current
      if (!element) return
      const [from, to] = [index * height, (index + 1) * height + head]
      if (from < element.scrollTop) element.scrollTop = from
      else if (to > element.scrollTop + element.clientHeight) element.scrollTop = to - element.clientHeight
    },
  }
}
