// What is typed into a file of a draft and not saved yet. It is kept in this browser, over reloads and closed windows, until
// the server has it or the writer lets it go.
import { useState } from 'react'

export interface Kept {
  base: string // what the file was when the typing began
  text: string
}

const prefix = 'sanbao.policy.'

export function readKept(name: string): Kept | undefined {
  try {
    const kept = localStorage.getItem(prefix + name)
    return kept === null ? undefined : (JSON.parse(kept) as Kept)
  } catch {
    return undefined
  }
}

/** Text of one file: what the server has, or what was typed over it. */
export function useKept(name: string, server: string) {
  const [state, setState] = useState(() => ({ name, kept: readKept(name), full: false }))
  let now = state
  if (state.name !== name) {
    now = { name, kept: readKept(name), full: false }
    setState(now)
  }
  const kept = now.kept && now.kept.text !== server ? now.kept : undefined
  const set = (text: string) => {
    const next = { base: kept?.base ?? server, text }
    let full = false
    try {
      if (text === server) localStorage.removeItem(prefix + name)
      else localStorage.setItem(prefix + name, JSON.stringify(next))
    } catch {
      full = true // the store is full or forbidden: said beside the editor
    }
    setState({ name, kept: next, full })
  }
  /** The server has this text; what was typed since stands on it. */
  const saved = (text: string) =>
    setState((s) => {
      const rest = s.kept && s.kept.text !== text ? { base: text, text: s.kept.text } : undefined
      try {
        if (rest) localStorage.setItem(prefix + name, JSON.stringify(rest))
        else localStorage.removeItem(prefix + name)
      } catch {
        // as above
      }
      return { ...s, kept: rest }
    })
  const forget = () => {
    localStorage.removeItem(prefix + name)
    setState({ name, kept: undefined, full: false })
  }
  return { text: kept?.text ?? server, base: kept?.base ?? server, unsaved: kept !== undefined, full: now.full, set, saved, forget }
}
