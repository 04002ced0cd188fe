import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react'
import type { Finding } from '../../api/studio'
import { t } from '../../i18n'

interface Props {
  name: string
  text: string
  set: (text: string) => void
  findings: Finding[]
  readOnly?: boolean
  go?: { line: number; n: number } // a line to go to; n counts the times it was asked for
}

/** A plain editor: line numbers, and what lint says behind the line it says it of. */
export function Editor({ name, text, set, findings, readOnly, go }: Props) {
  const area = useRef<HTMLTextAreaElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const lines = useMemo(() => text.split('\n'), [text])
  const said = new Map<number, string[]>()
  for (const f of findings) said.set(f.line ?? 1, [...(said.get(f.line ?? 1) ?? []), f.text])
  useEffect(() => {
    if (!go || !area.current || !box.current) return
    const before = area.current.value.split('\n').slice(0, go.line - 1)
    const at = before.reduce((n, l) => n + l.length + 1, 0)
    area.current.focus({ preventScroll: true })
    area.current.setSelectionRange(at, at)
    const height = area.current.scrollHeight / area.current.value.split('\n').length
    box.current.scrollTop = Math.max(0, (go.line - 6) * height)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when it is asked for
  }, [go?.line, go?.n, name])
  // A new line begins as far in as the one before it.
  const onKey = (e: KeyboardEvent<HTMLTextAreaElement>) => {
    if (e.key !== 'Enter' || e.nativeEvent.isComposing || e.ctrlKey || e.metaKey) return
    const before = e.currentTarget.value.slice(0, e.currentTarget.selectionStart)
    const indent = /[^\n]*$/.exec(before)?.[0].match(/^ */)?.[0] ?? ''
    e.preventDefault()
    document.execCommand('insertText', false, '\n' + indent)
  }
  return (
    <div className="editor" ref={box}>
      <div className="gutter" aria-hidden>
        {lines.map((_, i) => (
          <span key={i} className={said.has(i + 1) ? 'faulty' : ''}>
            {i + 1}
          </span>
        ))}
      </div>
      <div className="sheet">
        <pre aria-hidden>
          {lines.map((l, i) => (
            <span key={i} className={said.has(i + 1) ? 'faulty' : ''}>
              {l}
              {said.has(i + 1) && <em>{said.get(i + 1)!.join(' · ')}</em>}
              {'\n'}
            </span>
          ))}
        </pre>
        <textarea ref={area} wrap="off" spellCheck={false} autoCapitalize="off" autoCorrect="off" readOnly={readOnly} value={text} onChange={(e) => set(e.target.value)} onKeyDown={onKey} aria-label={t('editor.label', { file: name })} maxLength={262144} />
      </div>
    </div>
  )
}
