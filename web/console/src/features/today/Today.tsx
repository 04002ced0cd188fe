import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { TodayItem } from '../../api/types'
import { today } from '../../api/queries'
import { useShop } from '../../app/shop'
import { hasTerm, t, term } from '../../i18n'
import { useShortcuts } from '../../kit/keys'
import { Await, Due, Empty, Money } from '../../kit/show'
import { money } from '../../kit/format'

/** 今日待办: what is late, what is about to be, and who waits; most urgent first. */
export function Today() {
  const shop = useShop()
  const query = useQuery(today(shop.id))
  return (
    <div className="page narrow">
      <h1 className="page-title">{t('nav.today')}</h1>
      <Await query={query} rows={8}>
        {(d) => {
          const sums = d.to_pay.amounts.filter((a) => a.minor > 0).map((a) => money(a.minor, a.currency)).join(' + ')
          return (
            <>
              <p className="lead">
                {t('today.lead', { open: d.open, due: d.due_today, overdue: d.overdue, approve: d.to_approve, pay: d.to_pay.count, sum: sums || money(0, shop.currency) })}
              </p>
              <div className="tiles">
                <Tile n={d.overdue} view="overdue" tone={d.overdue ? 'bad' : ''} />
                <Tile n={d.due_today} view="due_today" tone={d.due_today ? 'warn' : ''} />
                <Tile n={d.to_approve} view="to_approve" />
                <Tile n={d.to_pay.count} view="to_pay" />
                <Tile n={d.open} view="all" />
              </div>
              <List items={d.items} />
            </>
          )
        }}
      </Await>
    </div>
  )
}

function Tile({ n, view, tone = '' }: { n: number; view: string; tone?: string }) {
  const shop = useShop()
  return (
    <Link to="/s/$shop/inbox" params={{ shop: shop.code }} search={{ view }} className={`tile ${tone}`}>
      <b className="num">{n > 99 ? '99+' : n}</b>
      <span>{term('view', view)}</span>
    </Link>
  )
}

function List({ items }: { items: TodayItem[] }) {
  const shop = useShop()
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
    { keys: 'Enter', label: t('keys.open'), group: t('keys.list'), run: () => items[at] && void go({ to: '/s/$shop/cases/$case', params: { shop: shop.code, case: items[at].case_id } }) },
  ])
  if (items.length === 0) return <Empty title={t('today.empty')}>{t('today.empty_text')}</Empty>
  return (
    <ol className="todo card">
      {items.map((i) => (
        <li key={i.case_id} className={i.urgency}>
          <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: i.case_id }}>
            <Due at={i.due_at} />
            <span className="todo-what">
              <b>{i.status ? term('status', i.status) : kindOf(i.kind)}</b>
              <span className="muted ellipsis">{[kindOf(i.kind), i.customer, term('remedy', i.remedy), i.article].filter(Boolean).join(' · ')}</span>
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
