import { useState } from 'react'
import { asFault, type Fault } from '../api/fault'
import { api, ok } from '../api/client'
import { whoAmI } from '../api/queries'
import { session } from '../api/session'
import { t } from '../i18n'
import { TextField } from '../kit/form'
import { FaultNote } from '../kit/show'

/** Changing one's own password; a one-time password has to be changed before anything else. */
export function Password({ must, done }: { must?: boolean; done?: () => void }) {
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()
  const [changed, setChanged] = useState(false)
  const differs = again !== '' && again !== next
  const save = async () => {
    setBusy(true)
    setFault(undefined)
    try {
      await ok(api.POST('/api/v1/password', { body: { old, new: next } }))
      session.entered(await whoAmI())
      setChanged(true)
      setOld('')
      setNext('')
      setAgain('')
      done?.()
    } catch (e) {
      setFault(asFault(e))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className={must ? 'card login-card stack' : 'stack'}
      onSubmit={(e) => {
        e.preventDefault()
        void save()
      }}
    >
      {must && (
        <>
          <h1>{t('password.must_title')}</h1>
          <p className="muted">{t('password.must_text')}</p>
        </>
      )}
      <TextField label={t('password.old')} value={old} set={setOld} required type="password" autoComplete="current-password" max={200} error={fault?.field('/old')} autoFocus={must} />
      <TextField label={t('password.new')} value={next} set={setNext} required type="password" autoComplete="new-password" max={200} error={fault?.field('/new')} help={t('password.help')} />
      <TextField label={t('password.again')} value={again} set={setAgain} required type="password" autoComplete="new-password" max={200} error={differs ? t('password.differs') : undefined} />
      {fault && <FaultNote fault={fault} compact />}
      {changed && (
        <p className="note good" role="status">
          {t('password.changed')}
        </p>
      )}
      <div className="actions">
        <button type="submit" className="btn primary" disabled={busy || !old || !next || next !== again}>
          {busy ? t('sending') : t('password.save')}
        </button>
      </div>
    </form>
  )
}
