import { useState } from 'react'
import { asFault, type Fault } from '../api/fault'
import { login } from '../api/queries'
import { session, useSession } from '../api/session'
import { language, languageNames, languages, ownLanguage, setLanguage, t, type Lang } from '../i18n'
import { TextField } from '../kit/form'
import { FaultNote } from '../kit/show'

/** The log-in. `over` lies above an open page whose session ended: what was being sent goes out again after it. */
export function Login({ over }: { over?: boolean }) {
  const { me } = useSession()
  const [name, setName] = useState(over ? (me?.user.login ?? '') : '')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<Fault>()

  const enter = async () => {
    setBusy(true)
    setFault(undefined)
    try {
      const me = await login({ login: name.trim(), password })
      void ownLanguage(me.user.language)
      session.entered(me)
    } catch (e) {
      setFault(asFault(e))
    } finally {
      setBusy(false)
    }
  }

  return (
    <main className={over ? 'login over' : 'login'} role={over ? 'dialog' : undefined} aria-modal={over || undefined} aria-label={t('login.title')}>
      <form
        className="card login-card stack"
        onSubmit={(e) => {
          e.preventDefault()
          void enter()
        }}
      >
        <div className="brand">
          <img src="/mark.svg" width="36" height="36" alt="" />
          <div>
            <h1>{t('brand')}</h1>
            <p className="muted">{over ? t('login.expired') : t('login.subtitle')}</p>
          </div>
        </div>
        <TextField label={t('login.name')} value={name} set={setName} required autoFocus={!over || !name} autoComplete="username" max={64} />
        <TextField label={t('login.password')} value={password} set={setPassword} required type="password" autoFocus={over && !!name} autoComplete="current-password" max={200} />
        {fault && <FaultNote fault={fault} compact />}
        <button className="btn primary big" type="submit" disabled={busy || !name.trim() || !password} aria-busy={busy}>
          {busy ? t('sending') : t('login.enter')}
        </button>
        {over ? (
          <button type="button" className="btn link" onClick={() => session.left()}>
            {t('login.another')}
          </button>
        ) : (
          <div className="languages">
            {languages.map((l: Lang) => (
              <button key={l} type="button" className="btn link" lang={l} aria-pressed={language() === l} onClick={() => void setLanguage(l)}>
                {languageNames[l]}
              </button>
            ))}
          </div>
        )}
      </form>
    </main>
  )
}
