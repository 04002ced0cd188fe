import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { api, ok } from '../../api/client'
import { casePage, claims, enquiries, type ClaimRow, type EnquiryRow } from '../../api/queries'
import type { Shop } from '../../api/session'
import { carriersRoute } from '../../app/router'
import { useShop } from '../../app/shop'
import { t, term } from '../../i18n'
import { day } from '../../kit/format'
import { useShortcuts } from '../../kit/keys'
import { Await, Due, Empty, Money, More, When } from '../../kit/show'
import { Matters } from '../../parts/Carrier'
import { useWords } from '../../parts/words'

const views = ['enquiry.asked', 'enquiry.answered', 'claim.to_file', 'claim.filed', 'claim.refused', 'claim.granted', 'claim.received', 'claim.dropped', 'enquiry.closed'] as const
type View = (typeof views)[number]

/** 查件索赔: what carriers were asked and still owe an answer to, and what is to be claimed, was granted and came in. */
export function Carriers() {
  const shop = useShop()
  const go = useNavigate()
  const { state, carrier, id } = carriersRoute.useSearch()
  const view = views.find((v) => v === state) ?? 'enquiry.asked'
  const [of = '', at = ''] = view.split('.')
  const asking = useInfiniteQuery({ ...enquiries(shop.id, at as EnquiryRow['state'], carrier), enabled: of === 'enquiry' })
  const claiming = useInfiniteQuery({ ...claims(shop.id, at as ClaimRow['state'], carrier), enabled: of === 'claim' })
  const sums = useQuery({ queryKey: ['shop', shop.id, 'claims', 'open'], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/claims/open', { params: { path: { shop: shop.id } } })) })
  const list = of === 'enquiry' ? asking : claiming
  const rows: (EnquiryRow | ClaimRow)[] = of === 'enquiry' ? (asking.data?.pages.flatMap((p) => p.items) ?? []) : (claiming.data?.pages.flatMap((p) => p.items) ?? [])
  const open = (next?: string, v: View = view, c = carrier) => void go({ to: '/s/$shop/carriers', params: { shop: shop.code }, search: { state: v, carrier: c, id: next } })
  const step = (by: number) => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, rows.findIndex((r) => r.id === id) + by))]
    if (next) open(next.id)
  }
  const turn = (by: number) => open(undefined, views[(views.indexOf(view) + by + views.length) % views.length])
  useShortcuts([
    { keys: 'j', label: t('keys.next'), group: t('keys.list'), run: () => step(1) },
    { keys: 'k', label: t('keys.previous'), group: t('keys.list'), run: () => step(-1) },
    { keys: ']', label: t('keys.next_view'), group: t('keys.list'), run: () => turn(1) },
    { keys: '[', label: t('keys.previous_view'), group: t('keys.list'), run: () => turn(-1) },
  ])
  const names = [...new Set([...(sums.data ?? []).map((s) => s.carrier), ...rows.map((r) => r.carrier), carrier ?? ''])].filter(Boolean).sort()
  const count = (v: View) => (sums.data ?? []).filter((s) => `claim.${s.state}` === v && (!carrier || s.carrier === carrier)).reduce((n, s) => n + s.count, 0)
  return (
    <div className="page wide">
      <div className="page-head">
        <h1 className="page-title">{t('nav.carriers')}</h1>
        <select className="input small" aria-label={t('field.carrier')} value={carrier ?? ''} onChange={(e) => open(undefined, view, e.target.value || undefined)}>
          <option value="">{t('carriers.all')}</option>
          {names.map((n) => (
            <option key={n} value={n}>
              {n}
            </option>
          ))}
        </select>
      </div>
      <Totals shop={shop} sums={(sums.data ?? []).filter((s) => !carrier || s.carrier === carrier)} />
      <div className="views" role="tablist" aria-label={t('views')}>
        {views.map((v) => (
          <button key={v} type="button" role="tab" aria-selected={v === view} className={v === view ? 'view on' : 'view'} onClick={() => open(undefined, v)}>
            {label(v)} {count(v) > 0 && <span className="count">{count(v)}</span>}
          </button>
        ))}
      </div>
      <div className={id ? 'split chosen' : 'split'}>
        <section className="card flush list">
          <Await query={{ ...list, data: list.data && rows }} rows={6}>
            {(all) =>
              all.length === 0 ? (
                <Empty title={t(of === 'enquiry' ? 'carriers.no_enquiries' : 'carriers.no_claims')} />
              ) : (
                <ul className="picks">
                  {all.map((r) => (
                    <li key={r.id} className={r.id === id ? 'on' : ''}>
                      <button type="button" aria-pressed={r.id === id} onClick={() => open(r.id)}>
                        {'asked_at' in r ? <Asked e={r} /> : <Claimed c={r} />}
                      </button>
                    </li>
                  ))}
                  <More list={list} />
                </ul>
              )
            }
          </Await>
        </section>
        {id && (
          <div className="detail">
            <button type="button" className="btn small only-narrow" onClick={() => open()}>
              ← {t('back')}
            </button>
            <Matter key={id} shop={shop} id={id} caseId={rows.find((r) => r.id === id)?.case_id} />
          </div>
        )}
      </div>
    </div>
  )
}

const label = (v: View) => {
  const [of = '', state = ''] = v.split('.')
  return term(of as 'claim' | 'enquiry', state)
}

/** What is open with carriers: what they were asked for, agreed to and owe. */
function Totals({ shop, sums }: { shop: Shop; sums: { state: string; currency: string; count: number; asked: number; granted: number; received: number }[] }) {
  const currencies = [...new Set(sums.map((s) => s.currency))]
  if (currencies.length === 0) return null
  const sum = (currency: string, states: string[], of: (s: (typeof sums)[number]) => number) => sums.filter((s) => s.currency === currency && states.includes(s.state)).reduce((n, s) => n + of(s), 0)
  return (
    <dl className="sums" aria-label={shop.name}>
      {currencies.map((c) => (
        <div key={c} className="sums">
          {(
            [
              ['carriers.to_file', sum(c, ['to_file', 'refused'], (s) => s.asked)],
              ['carriers.filed', sum(c, ['filed'], (s) => s.asked)],
              ['carriers.due', sum(c, ['granted'], (s) => s.granted - s.received)],
            ] as const
          ).map(([key, minor]) => (
            <div key={key}>
              <dt>{t(key)}</dt>
              <dd>
                <Money minor={minor} currency={c} />
              </dd>
            </div>
          ))}
        </div>
      ))}
    </dl>
  )
}

const Row = ({ kind, r, children }: { kind: string; r: { carrier: string; waybill: string; case_number: string }; children: ReactNode }) => (
  <>
    <span className="grow">
      <b>{r.carrier || t('carriers.unknown')}</b> <span className="muted">{kind}</span>
      <br />
      <span className="mono small">{r.waybill || t('carriers.no_waybill')}</span> <span className="muted mono small">{r.case_number}</span>
    </span>
    <span className="end">{children}</span>
  </>
)

const Asked = ({ e }: { e: EnquiryRow }) => (
  <Row kind={term('enquiry_kind', e.kind)} r={e}>
    {e.update_due ? <Due at={e.update_due} kind={term('due', 'update')} /> : <When at={e.closed_at ?? e.answered_at ?? e.asked_at} />}
    <br />
    <span className="muted small">{e.verdict ? term('verdict', e.verdict) : e.solve_by && e.state !== 'closed' ? t('enquiry.solve_by', { day: day(e.solve_by) }) : e.ticket}</span>
  </Row>
)

/** The amount that matters in a claim's state: what is asked, what is still to come in, what came, or what was given up. */
const Claimed = ({ c }: { c: ClaimRow }) => {
  const [minor, word] =
    c.state === 'granted' ? [c.granted - c.received, t('carriers.due')] : c.state === 'received' ? [c.received, t('claim.received')] : c.state === 'dropped' ? [(c.granted || c.asked) - c.received, t('carriers.written_off')] : [c.asked, t(c.filed_at ? 'claim.asked' : 'claim.worth')]
  return (
    <Row kind={term('claim_reason', c.reason)} r={c}>
      <b>
        <Money minor={minor} currency={c.currency} />
      </b>
      <br />
      <span className="muted small">
        {word} · <When at={c.closed_at ?? c.answered_at ?? c.filed_at ?? c.opened_at} />
      </span>
    </Row>
  )
}

/** One enquiry or claim with what may be done, and whose parcel it is. */
function Matter({ shop, id, caseId }: { shop: Shop; id: string; caseId?: string }) {
  const [from] = useState(caseId)
  const of = caseId ?? from // once it is dealt with, it leaves the list and stays on the table
  const query = useQuery({ ...casePage(shop.id, of ?? ''), enabled: !!of })
  const words = useWords(shop.id, shop.currency)
  if (!of) return <Empty title={t('carriers.gone')} />
  return (
    <Await query={query}>
      {(page) => (
        <section className="card panel">
          <header>
            <h2>{page.customer?.nick || page.customer?.name || page.orders.map((o) => o.order.order_no).join('、')}</h2>
            <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: page.view.case.id }} className="btn small">
              {page.view.case.number}
            </Link>
          </header>
          <div className="panel-body stack">
            <Matters shop={shop} page={page} words={words} keys enquiries={page.view.enquiries.filter((e) => e.id === id)} claims={page.view.claims.filter((c) => c.id === id)} />
            <dl className="terms wide">
              {[...page.view.enquiries, ...page.view.claims].filter((x) => x.id === id).map((x) => (
                <div key={x.id}>
                  <dt>{x.carrier || t('carriers.unknown')}</dt>
                  <dd className="mono select">{x.waybill || t('carriers.no_waybill')}</dd>
                </div>
              ))}
              <div>
                <dt>{t('cashier.order')}</dt>
                <dd className="mono select">{page.orders.map((o) => o.order.order_no).join('、')}</dd>
              </div>
              {page.orders.flatMap((o) => o.lines.filter((l) => page.view.lines.some((x) => x.order_line_id === l.id))).map((l) => (
                <div key={l.id}>
                  <dt>{l.sku}</dt>
                  <dd>
                    {l.title} × {l.quantity} <Money minor={l.net} currency={shop.currency} />
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        </section>
      )}
    </Await>
  )
}
