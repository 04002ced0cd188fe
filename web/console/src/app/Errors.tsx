import { Link, useRouter } from '@tanstack/react-router'
import { asFault, Fault } from '../api/fault'
import { t } from '../i18n'
import { NoShop } from './shop'

/** A dead end that says where one is and leads back. */
export function NotFound({ title, text }: { title?: string; text?: string }) {
  return (
    <div className="dead-end">
      <h1>{title ?? t('notfound.title')}</h1>
      <p className="muted">{text ?? t('notfound.text')}</p>
      <div className="actions">
        <button type="button" className="btn" onClick={() => window.history.back()}>
          {t('back')}
        </button>
        <Link to="/" className="btn primary">
          {t('home')}
        </Link>
      </div>
    </div>
  )
}

export function Forbidden({ text }: { text?: string }) {
  return <NotFound title={t('forbidden.title')} text={text ?? t('forbidden.text')} />
}

/** What the router shows when a page could not be shown: a fault of the server in its words, or a crash of ours. */
export function Crash({ error, reset }: { error: unknown; reset?: () => void }) {
  const router = useRouter()
  if (error instanceof NoShop) return <NotFound title={t('noshop.title')} text={t('noshop.other', { shop: error.code })} />
  const fault = asFault(error)
  if (error instanceof Fault) {
    if (fault.status === 403) return <Forbidden text={fault.problem && fault.problem.detail} />
    if (fault.status === 404) return <NotFound text={fault.problem && fault.problem.detail} />
  }
  return (
    <div className="dead-end">
      <h1>{t('crash.title')}</h1>
      <p className="muted">{t('crash.text')}</p>
      <pre className="crash">{error instanceof Error ? error.message : String(error)}</pre>
      <div className="actions">
        <button
          type="button"
          className="btn primary"
          onClick={() => {
            reset?.()
            void router.invalidate()
          }}
        >
          {t('retry')}
        </button>
        <button type="button" className="btn" onClick={() => window.location.reload()}>
          {t('reload')}
        </button>
      </div>
    </div>
  )
}
