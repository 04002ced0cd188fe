import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { casePage, settlements, type MoneyState as State } from '../../api/queries'
import type { Shop } from '../../api/session'
import { cashierRoute } from '../../app/router'
import { useShop } from '../../app/shop'
import { hasTerm, t, term } from '../../i18n'
import { day, money } from '../../kit/format'
import { useShortcuts } from '../../kit/keys'
import { Await, Empty, Money, More, When } from '../../kit/show'
import { Commands } from '../../parts/Commands'
import { DecisionPanel } from '../../parts/Decision'
import type { Decision } from '../../api/decision'
import { moneyKind, MoneyState, routeOf } from '../../parts/MoneyState'
import { useWords } from '../../parts/words'
import { articleOf } from '../../parts/CommandDialog'

const states: State[] = ['awaiting_approval', 'to_pay', 'processing', 'failed', 'awaiting_payment', 'awaiting_hold', 'on_hold', 'to_capture', 'to_release', 'settled']

/** 打款台: what waits for approval, for payment, for word from elsewhere, and what failed. */
export function Cashier() {
  const shop = useShop()
  const { state: wanted, id } = cashierRoute.useSearch()
  const state = states.find((s) => s === wanted) ?? 'awaiting_approval'
  const go = useNavigate()
  const list = useInfiniteQuery(settlements(shop.id, state))
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  const [at, setAt] = useState(0)
  const open = (next?: string, s: State = state) => void go({ to: '/s/$shop/cashier', params: { shop: shop.code }, search: { state: s, id: next } })
  const chosen = items.find((i) => i.id === id)
  const move = (by: number) => {
    const next = Math.min(items.length - 1, Math.max(0, at + by))
    setAt(next)
    if (items[next]) open(items[next].id)
  }
  const turn = (by: number) => {
    const i = states.indexOf(state)
    open(undefined, states[(i + by + states.length) % states.length])
  }
  useShortcuts([
    { keys: 'j', label: t('keys.next'), group: t('keys.list'), run: () => move(id ? 1 : 0) },
    { keys: 'k', label: t('keys.previous'), group: t('keys.list'), run: () => move(-1) },
    { keys: ']', label: t('keys.next_view'), group: t('keys.list'), run: () => turn(1) },
    { keys: '[', label: t('keys.previous_view'), group: t('keys.list'), run: () => turn(-1) },
  ])
  return (
    <div className="page wide">
      <h1 className="page-title">{t('nav.cashier')}</h1>
      <div className="views" role="tablist" aria-label={t('views')}>
        {states.map((s) => (
          <button key={s} type="button" role="tab" aria-selected={s === state} className={s === state ? 'view on' : 'view'} onClick={() => open(undefined, s)}>
            {term('settlement', s)}
          </button>
        ))}
      </div>
      <div className={id ? 'split chosen' : 'split'}>
        <section className="card flush list">
          <Await query={{ ...list, data: list.data && items }} rows={6}>
            {(rows) =>
              rows.length === 0 ? (
                <Empty title={t('cashier.empty')} />
              ) : (
                <ul className="picks">
                  {rows.map((s) => (
                    <li key={s.id} className={s.id === id ? 'on' : ''}>
                      <button type="button" aria-pressed={s.id === id} onClick={() => open(s.id)}>
                        <span className="grow">
                          <b>{s.customer || s.order_no}</b> <span className="muted">{[moneyKind(s.kind), routeOf(s)].join(' · ')}</span>
                          <br />
                          <span className="muted mono small">{s.order_no}</span>
                        </span>
                        <span className="end">
                          <b>
                            <Money minor={s.taken || s.minor} currency={s.currency} />
                          </b>
                          <br />
                          <span className="muted small">{s.due_on && s.state !== 'settled' && s.kind !== 'deposit' ? t('money.due', { day: day(s.due_on) }) : <When at={s.arrived_at ?? s.created_at} />}</span>
                        </span>
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
            <Payment key={id} shop={shop} id={id} caseId={chosen?.case_id} />
          </div>
        )}
      </div>
    </div>
  )
}

/** One payment with what it rests on: the goods, the decision, the payment it goes back to. */
function Payment({ shop, id, caseId }: { shop: Shop; id: string; caseId?: string }) {
  const [from] = useState(caseId)
  const of = caseId ?? from // once paid, it leaves the list and stays on the table
  const query = useQuery({ ...casePage(shop.id, of ?? ''), enabled: !!of })
  const words = useWords(shop.id, shop.currency)
  if (!of) return <Empty title={t('cashier.gone')} />
  return (
    <Await query={query}>
      {(page) => {
        const s = page.view.settlements.find((x) => x.id === id)
        if (!s) return <Empty title={t('cashier.gone')} />
        const line = page.view.lines.find((l) => l.id === s.line_id)
        const paid = page.orders.flatMap((o) => o.payments ?? []).find((p) => p.id === s.payment_id)
        return (
          <section className="card panel">
            <header>
              <h2>
                {moneyKind(s.kind)} <Money minor={s.minor} currency={s.currency} />
                {!!s.taken && <span className="muted"> {t('advance.taken', { amount: money(s.taken, s.currency) })}</span>}
              </h2>
              <MoneyState s={s} />
            </header>
            <div className="panel-body stack">
              <Commands shop={shop} page={page} words={words} target={{ on: 'money', row: s }} only={['money']} keys />
              {s.held && s.state === 'awaiting_approval' && <p className="note warn">{term('held', s.held)}</p>}
              {s.last_error && <p className="note bad">{s.last_error}</p>}
              <dl className="terms wide">
                <div>
                  <dt>{t('cashier.customer')}</dt>
                  <dd>
                    {page.customer?.nick || page.customer?.name} {page.customer?.phone}
                  </dd>
                </div>
                {s.payee && (
                  <div>
                    <dt>{t('money.payee')}</dt>
                    <dd className="mono select">{s.payee}</dd>
                  </div>
                )}
                <div>
                  <dt>{t('cashier.route')}</dt>
                  <dd>
                    {routeOf(s)} {paid && <span className="muted">{term('tender', paid.tender)} {paid.reference}</span>}
                  </dd>
                </div>
                {s.parts.map((p) => (
                  <div key={p.part}>
                    <dt>{t(`part.${p.part}`)}</dt>
                    <dd>
                      <Money minor={p.minor} currency={s.currency} />
                    </dd>
                  </div>
                ))}
                {s.points ? (
                  <div>
                    <dt>{term('tender', 'points')}</dt>
                    <dd>{s.points}</dd>
                  </div>
                ) : null}
                {(s.less ?? []).map((d, i) => (
                  <div key={`${d.name}${i}`}>
                    <dt>{d.minor > 0 ? t('money.less') : t('money.restored')}</dt>
                    <dd>
                      {hasTerm('less', d.name) ? term('less', d.name) : d.name} <Money minor={-d.minor} currency={s.currency} />
                    </dd>
                  </div>
                ))}
                <div>
                  <dt>{t('cashier.order')}</dt>
                  <dd className="mono select">{page.orders.map((o) => o.order.order_no).join('、')}</dd>
                </div>
                <div>
                  <dt>{t('cashier.payout')}</dt>
                  <dd className="mono select">{s.payout_no}</dd>
                </div>
                {s.due_on && (
                  <div>
                    <dt>{t('bundle.due')}</dt>
                    <dd>{day(s.due_on)}</dd>
                  </div>
                )}
                {s.external_no && (
                  <div>
                    <dt>{t('field.external_no')}</dt>
                    <dd className="mono select">
                      {s.external_no} <When at={s.arrived_at} />
                    </dd>
                  </div>
                )}
                <div>
                  <dt>{t('field.party')}</dt>
                  <dd>{term('party', s.responsible)}</dd>
                </div>
                <div>
                  <dt>{term('thing', 'case')}</dt>
                  <dd>
                    <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: page.view.case.id }}>
                      {page.view.case.number}
                    </Link>{' '}
                    {line && articleOf(page, line.order_line_id)}
                  </dd>
                </div>
              </dl>
              {line?.decision ? <DecisionPanel decision={line.decision as Decision} decisionId={line.decision_id} shop={shop.id} currency={s.currency} words={words} /> : null}
            </div>
          </section>
        )
      }}
    </Await>
  )
}
