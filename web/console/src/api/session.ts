// Who is logged in, and what waits for a log-in. A request that finds the session over is kept, the log-in is asked for
// over the page, and the very same request goes out again: nothing that was typed is lost, and nothing happens twice,
// because its Idempotency-Key goes with it.
import { useSyncExternalStore } from 'react'

export interface Shop {
  id: string
  code: string
  name: string
  public_name?: string
  currency: string
  time_zone: string
  simulation: boolean
  buyer_word: '顾客' | '买家'
  roles: string[]
  scopes: string[]
}

export interface Me {
  user: { id: string; login: string; name: string; must_change_password?: boolean; language?: string }
  installation: string[]
  shops: Shop[]
}

interface State {
  me?: Me
  known: boolean // whether we asked
  expired: boolean // the session ended under an open page
  offline: boolean // the last request had no answer
}

let state: State = { known: false, expired: false, offline: false }
const listeners = new Set<() => void>()
let waiting: Array<(again: boolean) => void> = []

function set(patch: Partial<State>) {
  state = { ...state, ...patch }
  for (const l of listeners) l()
}

export const session = {
  get: () => state,
  /** Somebody logged in. What waited goes out again if it is who began it, never in another's name. */
  entered(me: Me) {
    const same = state.me === undefined || state.me.user.id === me.user.id
    set({ me, known: true, expired: false })
    const w = waiting
    waiting = []
    for (const go of w) go(same)
  },
  left() {
    set({ me: undefined, known: true, expired: false })
    const w = waiting
    waiting = []
    for (const go of w) go(false)
  },
  /** Resolves when somebody is logged in again: true to send the request again. */
  expired(): Promise<boolean> {
    if (!state.me) return Promise.resolve(false)
    set({ expired: true })
    return new Promise((resolve) => waiting.push(resolve))
  },
  answered(ok: boolean) {
    if (state.offline === ok) set({ offline: !ok })
  },
}

export function useSession() {
  return useSyncExternalStore(
    (l) => {
      listeners.add(l)
      return () => listeners.delete(l)
    },
    () => state,
  )
}
