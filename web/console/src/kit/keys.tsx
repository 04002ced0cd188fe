// Keyboard shortcuts. A component says which keys it answers to; the sheet behind `?` shows all that are alive.
import { useEffect, useRef, useSyncExternalStore } from 'react'

export interface Shortcut {
  keys: string // "g i", "a", "mod+Enter"
  label: string
  group: string
  run: () => void
  inForms?: boolean // also while somebody types
}

let alive: Shortcut[] = []
const listeners = new Set<() => void>()
const tell = () => {
  for (const l of listeners) l()
}

export function useShortcuts(list: Shortcut[]) {
  const latest = useRef(list)
  latest.current = list
  const names = list.map((s) => s.keys + s.label).join('|')
  useEffect(() => {
    const mine = latest.current.map((s, i) => ({ ...s, run: () => latest.current[i]?.run() }))
    alive = [...alive, ...mine]
    tell()
    return () => {
      alive = alive.filter((s) => !mine.includes(s))
      tell()
    }
  }, [names])
}

export const useAlive = () =>
  useSyncExternalStore(
    (l) => {
      listeners.add(l)
      return () => listeners.delete(l)
    },
    () => alive,
  )

let first = ''
let timer = 0

function typing(e: KeyboardEvent) {
  const el = e.target as HTMLElement
  return el.isContentEditable || /^(input|textarea|select)$/i.test(el.tagName)
}

/** Keys belong to a field or to a form that lies over the page, not to the page. */
export const busy = (e: KeyboardEvent) => typing(e) || document.querySelector('[role=dialog][aria-modal=true]') !== null

export function listen() {
  window.addEventListener('keydown', (e) => {
    if (e.isComposing || e.altKey || e.defaultPrevented) return
    const key = (e.ctrlKey || e.metaKey ? 'mod+' : '') + e.key
    const form = busy(e)
    const pressed = first ? `${first} ${key}` : key
    const found = alive.findLast((s) => s.keys === pressed && (!form || s.inForms))
    window.clearTimeout(timer)
    first = ''
    if (found) {
      e.preventDefault()
      found.run()
    } else if (!form && alive.some((s) => s.keys.startsWith(pressed + ' '))) {
      first = pressed
      timer = window.setTimeout(() => (first = ''), 1200)
    }
  })
}

export function Keys({ keys }: { keys: string }) {
  const mac = /Mac|iPhone/.test(navigator.platform)
  return (
    <span className="keys" aria-hidden>
      {keys.split(' ').map((k, i) => (
        <kbd key={i}>{k.replace('mod+', mac ? '⌘' : 'Ctrl ').replace('Enter', '⏎').replace('Escape', 'Esc')}</kbd>
      ))}
    </span>
  )
}
