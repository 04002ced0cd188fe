import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { TodayItem } from '../../api/types'
import { today, todayEverywhere } from '../../api/queries'
import { useSession } from '../../api/session'
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

function List({ items }: { items: TodayItem[] }) {
  const shop = useShop()
  const { me } = useSession()
  const nameOf = (code?: string) => code && me?.shops.find((s) => s.code === code)?.name
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
            <Due at={i.due_at} />
            <span className="todo-what">
              <b>{i.status ? term('status', i.status) : kindOf(i.kind)}</b>
              <span className="muted ellipsis">{[nameOf(i.shop), kindOf(i.kind), i.customer, term('remedy', i.remedy), i.article].filter(Boolean).join(' · ')}</span>
            </span>
            <span className="todo-end">
              {i.amount !== undefined && i.currency && i.amount > 0 && <Money minor={i.amount} currency={i.currency} />}
              <span className="muted mono">{i.number}</span>
            </span>
          </Link>
        </li>
      ))}
    </ol>
  )
}

/** Why a case is in the list: what is due, that somebody has to approve, or whose move it is. */
const kindOf = (kind: string) => (hasTerm('due', kind) ? term('due', kind) : hasTerm('view', kind) ? term('view', kind) : term('case', kind))
