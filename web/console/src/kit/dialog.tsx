import { Modal } from 'antd'
import { useEffect, useRef, type ReactNode } from 'react'
import type { Fault } from '../api/fault'
import { t } from '../i18n'
import { FaultNote } from './show'
import { Keys, useShortcuts } from './keys'

interface Props {
  title: string
  submit: string
  busy?: boolean
  disabled?: boolean
  danger?: boolean
  fault?: Fault | null
  wide?: boolean
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}

/** A form over the page: the first field has the focus, Ctrl+Enter sends, Esc closes and keeps the draft. */
export function FormDialog({ title, submit, busy, disabled, danger, fault, wide, onSubmit, onClose, children }: Props) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const first = () => (form.current?.querySelector<HTMLElement>('input,textarea,select') ?? form.current?.querySelector<HTMLElement>('button[type=submit]'))?.focus()
    const timer = window.setTimeout(first, 60)
    return () => window.clearTimeout(timer)
  }, [])
  useShortcuts([{ keys: 'mod+Enter', label: submit, group: t('keys.form'), inForms: true, run: () => !busy && !disabled && onSubmit() }])
  return (
    <Modal open title={title} onCancel={onClose} footer={null} width={wide ? 720 : 520} destroyOnHidden maskClosable={false} transitionName="" maskTransitionName="">
      <form
        ref={form}
        className="stack"
        onSubmit={(e) => {
          e.preventDefault()
          if (!busy && !disabled) onSubmit()
        }}
      >
        {children}
        {fault && <FaultNote fault={fault} compact />}
        <div className="actions end">
          <button type="button" className="btn" onClick={onClose}>
            {t('cancel')}
          </button>
          <button type="submit" className={`btn primary ${danger ? 'danger' : ''}`} disabled={busy || disabled} aria-busy={busy}>
            {busy ? t('sending') : submit} <Keys keys="mod+Enter" />
          </button>
        </div>
      </form>
    </Modal>
  )
}
