import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'

/** The trial that is pointed at in one of several pictures, to be shown in all of them. */
interface Pointed {
  readonly trial: number | undefined
  readonly point: (trial: number | undefined) => void
}

const Context = createContext<Pointed>({ trial: undefined, point() {} })

/** Plots in here share the trial under the pointer. */
export function LinkedPlots({ children }: { children: ReactNode }) {
  const [trial, point] = useState<number>()
  return <Context value={useMemo(() => ({ trial, point }), [trial])}>{children}</Context>
}

export function usePointed(): Pointed {
  return useContext(Context)
}
