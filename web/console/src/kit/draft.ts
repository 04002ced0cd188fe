// What is typed survives a reload, a lost server and an expired session: every form keeps its values in sessionStorage
// under its own name until it was sent.
import { useCallback, useState } from 'react'

const prefix = 'sanbao.draft.'

function read<T>(name: string, initial: T): T {
  try {
    const kept = sessionStorage.getItem(prefix + name)
    return kept === null ? initial : { ...initial, ...(JSON.parse(kept) as T) }
  } catch {
    return initial // a full or forbidden store costs the draft, not the form
  }
}

export function useDraft<T extends object>(name: string, initial: T) {
  const [kept, setKept] = useState(() => ({ name, value: read(name, initial) }))
  let now = kept
  if (kept.name !== name) {
    now = { name, value: read(name, initial) }
    setKept(now)
  }
  const set = useCallback(
    (patch: Partial<T>) =>
      setKept((old) => {
        const value = { ...old.value, ...patch }
        try {
          sessionStorage.setItem(prefix + old.name, JSON.stringify(value))
        } catch {
          // see read
        }
        return { ...old, value }
      }),
    [],
  )
  const clear = useCallback(() => {
    sessionStorage.removeItem(prefix + name)
    setKept({ name, value: initial })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the form's beginning
  }, [name])
  return [now.value, set, clear] as const
}

export const forgetDraft = (name: string) => sessionStorage.removeItem(prefix + name)
