import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { drafts, run, type Backtest, type CasesRun, type Proof, type Run } from '../../api/studio'
import { runRoute } from '../../app/router'
import { useShop } from '../../app/shop'
import { t } from '../../i18n'
import { toClipboard } from '../../kit/clipboard'
import { Await, Empty, When } from '../../kit/show'
import { BacktestResult } from './BacktestResult'
import { Checked } from './CheckPanel'
import { ProofResult } from './ProofResult'
import { Progress, runOf, RunState } from './RunList'
import { Tabs } from './Tabs'

/** One run: how far it is, then what came out. */
export function RunPage() {
  const shop = useShop()
  const { run: id } = runRoute.useParams()
  const query = useQuery(run(shop.id, id))
  const known = useQuery(drafts(shop.id))
  return (
    <div className="page">
      <Tabs at="runs" />
      <Await query={query} rows={8}>
        {(r) => (
          <>
            <header className="case-head">
              <div className="case-title">
                <Link to="/s/$shop/studio/runs" params={{ shop: shop.code }} className="btn icon" aria-label={t('run.back')} title={t('run.back')}>
                  ←
                </Link>
                <h2 className="title">{t(`run.${r.kind}`)}</h2>
                <RunState r={r} />
              </div>
              <Progress r={r} />
              <p className="muted version-facts">
                {r.draft_id ? (
                  <Link to="/s/$shop/studio/drafts/$draft" params={{ shop: shop.code, draft: r.draft_id }}>
                    {runOf(r, known.data)}
                  </Link>
                ) : (
                  <span>{runOf(r, known.data)}</span>
                )}
                <span>
                  {r.asked_by} · <When at={r.asked_at} />
                </span>
              </p>
            </header>
            {r.error && (
              <div className="fault" role="alert">
                <p>{r.error.text}</p>
                {r.error.findings && (
                  <ul>
                    {r.error.findings.map((f, i) => (
                      <li key={i}>
                        {f.file}:{f.line} {f.text}
                      </li>
                    ))}
                  </ul>
                )}
              </div>
            )}
            <Result r={r} />
          </>
        )}
      </Await>
    </div>
  )
}

function Result({ r }: { r: Run }) {
  if (!r.result) return r.state === 'cancelled' ? <Empty title={t('run.was_cancelled')} /> : null
  switch (r.kind) {
    case 'verify':
      return <ProofResult r={r} p={r.result as Proof} />
    case 'backtest':
      return <BacktestResult r={r} b={r.result as Backtest} />
    case 'cases':
      return <Cases r={r} c={r.result as CasesRun} />
  }
}

/** The golden cases, and boundaries on which none of them stands. */
function Cases({ r, c }: { r: Run; c: CasesRun }) {
  return (
    <>
      <Checked c={c} draft={r.draft_id} />
      <section className="card panel">
        <header>
          <h2>{t('proposals.title')}</h2>
        </header>
        <div className="panel-body stack">
          <p className="muted">{t('proposals.text')}</p>
          {c.proposals.length === 0 && <Empty title={t('proposals.none')} />}
          {c.proposals.map((p, i) => (
            <details key={i} className="why">
              <summary>
                {p.about} <span className="mono muted">{p.cites.join(' ')}</span>
              </summary>
              <Copy text={p.yaml.join('')} />
            </details>
          ))}
        </div>
      </section>
    </>
  )
}

function Copy({ text }: { text: string }) {
  const [done, setDone] = useState(false)
  return (
    <>
      <pre className="card yaml" tabIndex={0}>
        {text}
      </pre>
      <button type="button" className="btn small" onClick={() => void toClipboard(text).then(setDone)}>
        {done ? t('share.case_done') : t('share.case')}
      </button>
    </>
  )
}
