import { afterEach, describe, expect, it } from 'vitest'
import type { StudyEvent } from './event.js'
import type { Store } from './store.js'

export interface StoreTraits {
  /** Another handle to the same place sees the same journals, also after all were closed. */
  readonly persistent: boolean
}

const event = (by: string): StudyEvent => ({ at: 1, type: 'study-resumed', by })
const names = (events: readonly StudyEvent[]) => events.map((e) => (e.type === 'study-resumed' ? e.by : e.type))
const range = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Plain `AbortSignal` is not among core's types. */
function abortable() {
  const listeners = new Set<() => void>()
  const signal = {
    aborted: false,
    addEventListener: (_: 'abort', listener: () => void) => void listeners.add(listener),
    removeEventListener: (_: 'abort', listener: () => void) => void listeners.delete(listener),
  }
  return {
    signal,
    listeners,
    abort() {
      signal.aborted = true
      for (const listener of [...listeners]) listener()
    },
  }
}

/**
 * The laws of a `Store`.
 *
 * @param open a handle to the place `key`: the same place for the same key, a new empty one for a new key.
 */
export function storeContract(name: string, open: (key: string) => Promise<Store>, traits: StoreTraits): void {
  describe(`store contract: ${name}`, () => {
    const opened: Store[] = []
    let places = 0
    const openAt = async (key: string) => {
      const store = await open(key)
      opened.push(store)
      return store
    }
    const fresh = () => openAt(`place-${++places}`)
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close()
    })

    it('has no events of a study it does not know', async () => {
      const store = await fresh()
      expect(await store.read('nobody', 0)).toEqual([])
      expect(await store.list()).toEqual([])
    })

    it('gives back what was appended, in order, from any version on', async () => {
      const store = await fresh()
      expect(await store.append('s', 0, [event('a'), event('b')])).toBe(true)
      expect(await store.append('s', 2, [event('c')])).toBe(true)
      expect(names(await store.read('s', 0))).toEqual(['a', 'b', 'c'])
      expect(names(await store.read('s', 1))).toEqual(['b', 'c'])
      expect(await store.read('s', 3)).toEqual([])
      expect(await store.read('s', 99)).toEqual([])
    })

    it('refuses an append at any version but its own, and changes nothing then', async () => {
      const store = await fresh()
      expect(await store.append('s', 1, [event('too early')])).toBe(false)
      expect(await store.list()).toEqual([])
      await store.append('s', 0, [event('a'), event('b')])
      for (const version of [0, 1, 3]) expect(await store.append('s', version, [event('x')])).toBe(false)
      expect(names(await store.read('s', 0))).toEqual(['a', 'b'])
    })

    it('appends nothing without making a study of it', async () => {
      const store = await fresh()
      expect(await store.append('s', 0, [])).toBe(true)
      expect(await store.list()).toEqual([])
    })

    it('lets exactly one of many racing appends win, whole', async () => {
      const store = await fresh()
      for (const round of range(5)) {
        const version = round * 2
        const won = await Promise.all(
          range(20).map((i) => store.append('s', version, [event(`${round}/${i}`), event(`${round}/${i}`)])),
        )
        expect(won.filter(Boolean)).toHaveLength(1)
        const [first, second] = names(await store.read('s', version))
        expect([first, second]).toEqual([`${round}/${won.indexOf(true)}`, `${round}/${won.indexOf(true)}`])
      }
    })

    it('takes appends in the order they were made', async () => {
      const store = await fresh()
      const won = await Promise.all(range(50).map((i) => store.append('s', i, [event(String(i))])))
      expect(won).toEqual(range(50).map(() => true))
      expect(names(await store.read('s', 0))).toEqual(range(50).map(String))
    })

    it('keeps studies apart and lists them sorted', async () => {
      const store = await fresh()
      const studies = ['b', 'a', 'B', 'a/b', "it's", 'löwe', '学習', '😀', '%_"\\', '__proto__']
      await Promise.all(studies.map((study) => store.append(study, 0, [event(study)])))
      for (const study of studies) expect(names(await store.read(study, 0))).toEqual([study])
      expect(await store.list()).toEqual([...studies].sort())
    })

    it('keeps any text and large events', async () => {
      const store = await fresh()
      const texts = ['\u0000', 'a\u0000b', '\ud800', '"\'\\\n\r\u2028', '😀', '', 'x'.repeat(1_000_000)]
      await store.append('s', 0, texts.map(event))
      expect(names(await store.read('s', 0)) as string[]).toEqual(texts)
    })

    it('keeps the numbers of JSON exactly', async () => {
      const store = await fresh()
      const values = [5e-324, 1.7976931348623157e308, 0.1 + 0.2, 2 ** 53 - 1, -1e-7]
      await store.append('s', 0, [{ at: 1, type: 'trial-finished', trial: 0, outcome: { state: 'complete', values } }])
      expect(await store.read('s', 0)).toEqual([
        { at: 1, type: 'trial-finished', trial: 0, outcome: { state: 'complete', values } },
      ])
    })

    it('keeps copies: neither a change by the writer nor one by a reader reaches the journal', async () => {
      const store = await fresh()
      const written = { at: 1, type: 'study-resumed' as const, by: 'a' }
      const appended = store.append('s', 0, [written])
      written.by = 'changed while it was written'
      await appended
      const read = (await store.read('s', 0)) as readonly { by: string }[]
      const first = read[0]
      if (first) first.by = 'changed by a reader'
      expect(names(await store.read('s', 0))).toEqual(['a'])
    })

    it('reads journals of thousands of events, small and large mixed', async () => {
      const store = await fresh()
      const texts = range(5000).map((i) => (i % 97 === 0 ? String(i).repeat(5000) : String(i)))
      await store.append('s', 0, texts.map(event))
      expect(names(await store.read('s', 0)) as string[]).toEqual(texts)
      expect(names(await store.read('s', 4321)) as string[]).toEqual(texts.slice(4321))
    })

    it('resolves `changed` at once if the journal is already longer', async () => {
      const store = await fresh()
      await store.append('s', 0, [event('a')])
      await store.changed('s', 0)
    })

    it('resolves `changed` for everyone who waits when the journal grows, and not before', async () => {
      const store = await fresh()
      await store.append('s', 0, [event('a')])
      const order: string[] = []
      const waiting = range(3).map((i) => store.changed('s', 1).then(() => order.push(`woken ${i}`)))
      await store.append('other', 0, [event('a')])
      await store.append('s', 0, [event('refused')])
      order.push('grows')
      await store.append('s', 1, [event('b')])
      await Promise.all(waiting)
      expect(order[0]).toBe('grows')
      expect(order).toHaveLength(4)
    })

    it('resolves `changed` on abort and lets go of the signal', async () => {
      const store = await fresh()
      const { signal, listeners, abort } = abortable()
      const waiting = store.changed('s', 0, signal)
      abort()
      await waiting
      expect(listeners.size).toBe(0)
      await store.changed('s', 0, signal)
    })

    it('resolves `changed` when it is closed; closing twice is fine', async () => {
      const store = await fresh()
      const waiting = store.changed('s', 0)
      await store.close()
      await waiting
      await store.close()
    })

    if (traits.persistent) {
      it('finishes what was being appended when it is closed, and has everything when opened again', async () => {
        const key = `place-${++places}`
        const store = await openAt(key)
        const appending = range(20).map((i) => store.append('s', i, [event(String(i))]))
        await store.close()
        expect(await Promise.all(appending)).toEqual(range(20).map(() => true))
        expect(names(await (await openAt(key)).read('s', 0))).toEqual(range(20).map(String))
      })

      it('shows each handle what the others append, and wakes it', async () => {
        const key = `place-${++places}`
        const [one, other] = [await openAt(key), await openAt(key)]
        for (const i of range(5)) {
          const waiting = other.changed('s', i)
          await one.append('s', i, [event(String(i))])
          await waiting
          expect(names(await other.read('s', i))).toEqual([String(i)])
        }
        expect(await other.append('s', 4, [event('refused')])).toBe(false)
      })

      it('lets exactly one of the appends of several handles win', async () => {
        const key = `place-${++places}`
        const handles = await Promise.all(range(4).map(() => openAt(key)))
        for (const version of range(20)) {
          const won = await Promise.all(handles.map((store, i) => store.append('s', version, [event(`${i}`)])))
          expect(won.filter(Boolean)).toHaveLength(1)
        }
        for (const store of handles) expect(await store.read('s', 0)).toHaveLength(20)
      })
    }
  })
}
