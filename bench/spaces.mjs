/** The neutral list as a flat space: parents before their children, conditions kept as they are. */
export function toSpace(list) {
  const left = [...list]
  const space = {}
  while (left.length > 0) {
    const next = left.findIndex((s) => Object.keys(s.when ?? {}).every((parent) => parent in space))
    if (next < 0) throw new Error(`parents missing or in a circle: ${left.map((s) => s.name).join(', ')}`)
    const [s] = left.splice(next, 1)
    space[s.name] = { ...toDistribution(s), ...(s.when ? { when: s.when } : {}) }
  }
  return space
}

function toDistribution({ type, low, high, log, step, choices }) {
  if (type === 'cat') return { kind: 'categorical', choices }
  return { kind: type, low, high, ...(log ? { log } : {}), ...(step ? { step } : {}) }
}
