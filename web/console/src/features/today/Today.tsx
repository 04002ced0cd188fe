import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Today as TodayDay, TodayItem } from '../../api/types'
import { today, todayEverywhere } from '../../api/queries'
import { useSession, type Shop } from '../../api/session'
import { todayRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { hasTerm, t, term } from '../../i18n'
import { useShortcuts } from '../../kit/keys'
import { Await, Due, Empty, Money } from '../../kit/show'
import { money } from '../../kit/format'

/** 今日待办: what is late, what is about to be, and who waits; most urgent first. */
export function Today() {
  const shop = useShop()
  const { me } = useSession()
  const go = useNavigate()
  const { of } = todayRoute.useSearch()
  const several = (me?.shops ?? []).filter((s) => may(s, 'cases:read')).length > 1
  const everywhere = several && of !== 'here'
  const here = useQuery({ ...today(shop.id), enabled: !everywhere })
  const all = useQuery({ ...todayEverywhere, enabled: everywhere })
  const query = everywhere ? all : here
  return (
    <div className="page narrow">
      <h1 className="page-title">{t('nav.today')}</h1>
      {several && (
        <div className="views" role="tablist" aria-label={t('views')}>
          {[true, false].map((e) => (
            <button key={String(e)} type="button" role="tab" aria-selected={e === everywhere} className={e === everywhere ? 'view on' : 'view'} onClick={() => void go({ to: '/s/$shop/today', params: { shop: shop.code }, search: e ? {} : { of: 'here' } })}>
              {e ? t('today.everywhere') : t('today.here')}
            </button>
          ))}
        </div>
      )}
      <Await query={query} rows={8}>
        {(d) => {
          const sums = d.to_pay.amounts.filter((a) => a.minor > 0).map((a) => money(a.minor, a.currency)).join(' + ')
          return (
            <>
              <p className="lead">
                {t('today.lead', { open: d.open, due: d.due_today, overdue: d.overdue, approve: d.to_approve, pay: d.to_pay.count, sum: sums || money(0, shop.currency) })}
              </p>
              <div className="tiles">
                <Tile n={d.overdue} view="overdue" tone={d.overdue ? 'bad' : ''} link={!everywhere} />
                <Tile n={d.due_today} view="due_today" tone={d.due_today ? 'warn' : ''} link={!everywhere} />
                <Tile n={d.to_approve} view="to_approve" link={!everywhere} />
                <Tile n={d.to_pay.count} view="to_pay" link={!everywhere} />
                <Tile n={d.open} view="all" link={!everywhere} />
              </div>
              {d.shops && <Shops shops={d.shops} />}
              <List items={d.items} />
            </>
          )
        }}
      </Await>
    </div>
  )
}

/** A number of the day; of one shop it leads to its inbox. */
function Tile({ n, view, tone = '', link }: { n: number; view: string; tone?: string; link: boolean }) {
  const shop = useShop()
  const inside = (
    <>
      <b className="num">{n > 99 ? '99+' : n}</b>
      <span>{term('view', view)}</span>
    </>
  )
  if (!link) return <div className={`tile plain ${tone}`}>{inside}</div>
  return (
    <Link to="/s/$shop/inbox" params={{ shop: shop.code }} search={{ view }} className={`tile ${tone}`}>
      {inside}
    </Link>
  )
}

/** The day of each shop in a line of its own; it leads to that shop. */
function Shops({ shops }: { shops: NonNullable<TodayDay['shops']> }) {
  const { me } = useSession()
  return (
    <ul className="shop-days" aria-label={t('today.everywhere')}>
      {shops.map((s) => (
        <li key={s.shop}>
          <Link to="/s/$shop/today" params={{ shop: s.shop }} search={{ of: 'here' }}>
            <b>{me?.shops.find((x) => x.code === s.shop)?.name ?? s.shop}</b>
            <span className="muted">
              {[s.open ? t('today.n_open', { n: s.open }) : t('today.quiet'), s.overdue && t('today.n_overdue', { n: s.overdue }), s.due_today && t('today.n_due', { n: s.due_today })].filter(Boolean).join(' · ')}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function List({ items: all }: { items: TodayItem[] }) {
  const shop = useShop()
  const { me } = useSession()
  const shopOf = (code?: string) => me?.shops.find((s) => s.code === (code || shop.code))
  // Whoever answers for the whole day sees it in the order of its clocks; others see first what they can do.
  const whole = (me?.shops ?? []).some((s) => may(s, 'cases:approve'))
  const items = whole ? all : [...all.filter((i) => nextOf(i, shopOf(i.shop))), ...all.filter((i) => !nextOf(i, shopOf(i.shop)))]
  const go = useNavigate()
  const [at, setAt] = useState(0)
  const move = (by: number) => {
    const next = Math.min(items.length - 1, Math.max(0, at + by))
    setAt(next)
    document.querySelectorAll<HTMLElement>('.todo a')[next]?.focus()
  }
  useShortcuts([
    { keys: 'j', label: t('keys.next'), group: t('keys.list'), run: () => move(document.activeElement?.closest('.todo') ? 1 : 0) },
    { keys: 'k', label: t('keys.previous'), group: t('keys.list'), run: () => move(-1) },
    { keys: 'Enter', label: t('keys.open'), group: t('keys.list'), run: () => items[at] && void go({ to: '/s/$shop/cases/$case', params: { shop: items[at].shop || shop.code, case: items[at].case_id } }) },
  ])
  if (items.length === 0) return <Empty title={t('today.empty')}>{t('today.empty_text')}</Empty>
  return (
    <ol className="todo card">
      {items.map((i) => (
        <li key={i.case_id} className={i.urgency}>
          <Link to="/s/$shop/cases/$case" params={{ shop: i.shop || shop.code, case: i.case_id }}>
            <span className="todo-when">
              {i.urgency === 'waiting' ? <span className="muted">{kindOf(i.kind)}</span> : <Due at={i.due_at} />}
              {i.urgency !== 'waiting' && <span className="muted">{kindOf(i.kind)}</span>}
            </span>
            <span className="todo-what">
              <span className="todo-title">
                <b>{[term('remedy', i.remedy), i.status ? term('status', i.status) : ''].filter(Boolean).join(' · ')}</b>
                {i.note && <span> {i.note}</span>}
              </span>
              <span className="muted ellipsis">{[i.shop && shopOf(i.shop)?.name, i.customer, i.article].filter(Boolean).join(' · ')}</span>
            </span>
            <span className="todo-end">
              {i.amount > 0 && i.currency && <Money minor={i.amount} currency={i.currency} />}
              {nextOf(i, shopOf(i.shop)) && <span className="next">{nextOf(i, shopOf(i.shop))} →</span>}
            </span>
          </Link>
        </li>
      ))}
    </ol>
  )
}

/** Why a case is in the list: what is due, that somebody has to approve, or whose move it is. */
const kindOf = (kind: string) => (hasTerm('due', kind) ? term('due', kind) : hasTerm('view', kind) ? term('view', kind) : term('case', kind))

const next: Record<string, [scope: string, words: () => string]> = {
  requested: ['cases:write', () => t('today.next.decide')],
  needs_facts: ['cases:write', () => term('command', 'answer')],
  awaiting_approval: ['cases:approve', () => t('today.next.approve')],
  disputed: ['cases:write', () => t('today.next.reply')],
  signed_for: ['goods:receive', () => term('command', 'receive')],
  received: ['goods:receive', () => term('command', 'inspect')],
  'discrepant.short': ['cases:write', () => t('today.next.settle')],
  'discrepant.wrong': ['cases:write', () => t('today.next.settle')],
  'discrepant.damaged': ['cases:write', () => t('today.next.settle')],
  to_ship: ['goods:ship', () => term('command', 'ship_out')],
  'awaiting_approval.money': ['money:approve', () => t('today.next.check_money')],
  approved_to_pay: ['money:pay', () => term('command', 'pay')],
  on_platform: ['money:pay', () => t('today.next.platform')],
  failed: ['money:pay', () => term('command', 'retry')],
}

/** What the person can do about it next; nothing where others move. */
function nextOf(i: TodayItem, shop: Shop | undefined) {
  const n = next[i.status]
  return n && shop && may(shop, n[0]) ? n[1]() : ''
}
