import { useEffect, useRef, useState } from 'react'
import { asFault, type Fault } from '../../api/fault'
import { decide, type Tried, type TryBody } from '../../api/studio'

/** What the policy answers, following the question: the last answer stays until the next is there. */
export function useTried(shop: string, body: TryBody | undefined) {
  const [state, set] = useState<{ tried?: Tried; fault?: Fault; busy: boolean; again: number }>({ busy: false, again: 0 })
  const about = body && JSON.stringify(body)
  const first = useRef(true)
  useEffect(() => {
    if (about === undefined) return
    const stop = new AbortController()
    set((s) => ({ ...s, busy: true }))
    const timer = window.setTimeout(
      () => {
        decide(shop, JSON.parse(about) as TryBody, stop.signal).then(
          (tried) => !stop.signal.aborted && set((s) => ({ ...s, tried, fault: undefined, busy: false })),
          (e: unknown) => !stop.signal.aborted && set((s) => ({ ...s, fault: asFault(e), busy: false })),
        )
      },
      first.current ? 0 : 250,
    )
    first.current = false
    return () => {
      window.clearTimeout(timer)
      stop.abort()
    }
  }, [about, shop, state.again])
  return { ...state, retry: () => set((s) => ({ ...s, again: s.again + 1 })) }
}
