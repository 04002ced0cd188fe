import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { api, ok } from '../../api/client'
import type { components } from '../../api/schema'
import { recordRoute } from '../../app/router'
import { useShop } from '../../app/shop'
import { language, t, term, type Key } from '../../i18n'
import { aside, fullTime, list } from '../../kit/format'
import { Await, Money, Tag } from '../../kit/show'
import { platformName } from './CasePage'

type DecisionRecord = components['schemas']['DeskRecord']

const record = (shop: string, decision: string) =>
  queryOptions({
    queryKey: ['shop', shop, 'record', decision, language()],
    queryFn: () => ok(api.GET('/api/v1/shops/{shop}/decisions/{decision}/record', { params: { path: { shop, decision }, query: { lang: language() } } })),
  })

/** 调解用: one decision with everything an outside reader needs, to be printed or kept as a PDF (ECL-59). */
export function DecisionRecordPage() {
  const shop = useShop()
  const { case: id, decision } = recordRoute.useParams()
  const query = useQuery(record(shop.id, decision))
  return (
    <div className="page record-page">
      <div className="page-head no-print">
        <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: id }} className="btn">
          ← {t('record.back')}
        </Link>
        <button type="button" className="btn primary" disabled={!query.data} onClick={() => window.print()}>
          {t('record.print')}
        </button>
      </div>
      <Await query={query} rows={16}>
        {(r) => <Sheet r={r} />}
      </Await>
    </div>
  )
}

const time = (at: string | null | undefined) => (at ? fullTime(at) : '—')

/** Sections of the explanation that say something the sheet does not list itself. */
const told = ['overridden', 'amount', 'freight', 'time', 'agree', 'ask', 'evidence', 'inspection', 'differences', 'otherwise', 'what_if']

function Sheet({ r }: { r: DecisionRecord }) {
  return (
    <article className="record" aria-labelledby="record-title">
      <header>
        {r.shop.simulation && <p className="record-demo">{t('simulation')}</p>}
        <h1 id="record-title">{t('record.title')}</h1>
        <p>
          {r.shop.name}
          {r.shop.hotline && ` · ${r.shop.hotline}`} · {t('record.case')} <span className="mono select">{r.case_no}</span>
        </p>
      </header>
      <div className="record-cols">
        <Terms>
          <Row label={t('record.order')}>
            {platformName(r.order.platform)} <span className="mono select">{r.order.order_no}</span>
          </Row>
          <Row label={t('record.buyer')}>{r.order.buyer || '—'}</Row>
          <Row label={t('record.goods')}>
            {r.goods.title} <span className="mono">{r.goods.sku}</span>  ×{r.goods.bought} · <Money minor={r.goods.net} currency={r.goods.currency} />
          </Row>
          <Row label={t('order.paid_at')}>{time(r.order.paid_at ?? r.order.ordered_at)}</Row>
          {r.order.signed_on && <Row label={t('order.signed_on')}>{r.order.signed_on}</Row>}
        </Terms>
        <Terms>
          <Row label={t('record.asked')}>
            {term('remedy', r.asked.remedy)} · {r.asked.ground_words} · ×{r.goods.quantity}
          </Row>
          <Row label={t('record.applied')}>{r.asked.applied_on}</Row>
          <Row label={t('record.decided')}>
            {time(r.at)} · {t(`stage.${r.why.stage}` as Key)}
          </Row>
          <Row label={t('record.outcome')}>
            <b>{t(`outcome.${r.why.outcome}` as Key)}</b>
          </Row>
        </Terms>
      </div>
      <p className="record-headline">{r.why.headline}</p>
      <Clauses r={r} />
      <Facts r={r} />
      <div className="record-cols">
        {r.why.sections
          .filter((s) => told.includes(s.code))
          .map((s) => (
            <section key={s.code}>
              <h2>{s.title}</h2>
              {s.lines.map((l, i) => (
                <p key={i}>{l.trim()}</p>
              ))}
            </section>
          ))}
      </div>
      <footer>
        <h2>{t('record.check')}</h2>
        <ul>
          {r.packs.map((p) => (
            <li key={p.pack + p.version}>
              {p.title} {p.version}
              {aside(t('record.since', { day: p.from }))} <span className="mono">{p.hash.slice(0, 16)}</span>
            </li>
          ))}
        </ul>
        <p>
          {t('record.core')} <span className="mono select">{r.core_hash}</span>
        </p>
        <p>{t('record.how')}</p>
        <p>
          {t('record.public')} <a href={r.shop.policy_page}>{window.location.origin + r.shop.policy_page}</a> · {t('record.printed', { at: time(r.printed_at) })}
        </p>
      </footer>
    </article>
  )
}

/** Clauses that gave a point first, then those that held, then those that did not. */
function Clauses({ r }: { r: DecisionRecord }) {
  const rank = (c: DecisionRecord['clauses'][number]) => (c.won ? 0 : c.state === 'holds' ? 1 : 2)
  return (
    <section>
      <h2>{t('record.clauses')}</h2>
      <div className="record-scroll" tabIndex={0} role="region" aria-label={t('record.clauses')}>
        <table>
          <thead>
            <tr>
              <th>{t('record.became')}</th>
              <th>{t('record.clause')}</th>
              <th>{t('record.source')}</th>
            </tr>
          </thead>
          <tbody>
            {[...r.clauses]
              .sort((a, b) => rank(a) - rank(b))
              .map((c) => (
                <tr key={c.claim}>
                  <td>
                    <Tag tone={c.won ? 'good' : c.state === 'failed' ? 'bad' : 'calm'}>{t(c.won ? 'clause.won' : c.overridden ? 'clause.overridden' : (`clause.${c.state}` as Key))}</Tag>
                  </td>
                  <td>
                    {c.text}
                    {c.reasons.length > 0 && <span className="muted"> {t('record.because', { reasons: list(c.reasons ?? []) })}</span>}
                  </td>
                  <td>
                    {t(`layer.${c.layer}` as Key)} · {c.source || c.claim}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** What was seen, who said it, and what stands on nobody's word yet. */
function Facts({ r }: { r: DecisionRecord }) {
  const known = r.facts.filter((f) => f.known)
  const unknown = r.facts.filter((f) => !f.known)
  return (
    <section>
      <h2>{t('record.facts')}</h2>
      <div className="record-scroll" tabIndex={0} role="region" aria-label={t('record.facts')}>
        <table>
          <thead>
            <tr>
              <th>{t('record.fact')}</th>
              <th>{t('record.value')}</th>
              <th>{t('record.who')}</th>
              <th>{t('record.evidence')}</th>
            </tr>
          </thead>
          <tbody>
            {known.map((f) => (
              <tr key={f.fact}>
                <td>{f.label}</td>
                <td>
                  {f.value} {f.presumed && <span className="muted">{t('record.presumed')}</span>}
                </td>
                <td>{f.author ? `${f.author} · ${f.stage ? t(`stage.${f.stage}` as Key) + ' · ' : ''}${time(f.at)}` : t('record.records')}</td>
                <td className="mono">{f.evidence || '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {unknown.length > 0 && <p className="muted">{t('record.unknown', { facts: list(unknown.map((f) => f.label)) })}</p>}
    </section>
  )
}

const Terms = ({ children }: { children: ReactNode }) => <dl className="terms">{children}</dl>
const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)
