import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { InboxItem } from '../../api/types'
import { casePage, inbox, inboxCounts, staff } from '../../api/queries'
import { inboxRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { t, term } from '../../i18n'
import { useShortcuts } from '../../kit/keys'
import { Due, Empty, FaultNote, Loading, Money, Status } from '../../kit/show'

const views = ['all', 'mine', 'unassigned', 'overdue', 'due_today', 'waiting_customer', 'to_receive', 'to_approve', 'to_pay']

const statuses = ['unassigned', 'ours', 'customer', 'carrier', 'approval', 'money', 'closed']

export function Inbox() {
  const shop = useShop()
  const { view = 'all', status, assignee } = inboxRoute.useSearch()
  const go = useNavigate()
  const queries = useQueryClient()
  const people = useQuery(staff(shop.id))
  const counts = useQuery(inboxCounts(shop.id))
  const list = useInfiniteQuery(inbox(shop.id, { view, status, assignee }))
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  const [at, setAt] = useState(-1)
  const rows = useRef<HTMLDivElement>(null)
  useEffect(() => {
    setAt(-1)
  }, [view, status, assignee])

  const move = (by: number) => {
    const next = Math.min(items.length - 1, Math.max(0, at + by))
    setAt(next)
    rows.current?.querySelectorAll<HTMLElement>('a.row')[next]?.focus()
    const item = items[next]
    if (item) void queries.prefetchQuery(casePage(shop.id, item.case.id))
    if (next > items.length - 10 && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage()
  }
  const filter = (by: { status?: string; assignee?: string }) => void go({ to: '/s/$shop/inbox', params: { shop: shop.code }, search: { view, status, assignee, ...by } })
  const here = views.indexOf(view)
  const turn = (by: number) => void go({ to: '/s/$shop/inbox', params: { shop: shop.code }, search: { view: views[(here + by + views.length) % views.length] } })
  useShortcuts([
    { keys: 'j', label: t('keys.next'), group: t('keys.list'), run: () => move(1) },
    { keys: 'k', label: t('keys.previous'), group: t('keys.list'), run: () => move(-1) },
    { keys: 'Enter', label: t('keys.open'), group: t('keys.list'), run: () => items[at] && void go({ to: '/s/$shop/cases/$case', params: { shop: shop.code, case: items[at].case.id } }) },
    { keys: ']', label: t('keys.next_view'), group: t('keys.list'), run: () => turn(1) },
    { keys: '[', label: t('keys.previous_view'), group: t('keys.list'), run: () => turn(-1) },
  ])

  return (
    <div className="page">
      <div className="page-head">
        <h1 className="page-title">{t('nav.inbox')}</h1>
        <div className="filters">
          <select className="input small" aria-label={t('col.status')} value={status ?? ''} onChange={(e) => filter({ status: e.target.value })}>
            <option value="">{t('filter.any_status')}</option>
            {statuses.map((s) => (
              <option key={s} value={s}>
                {term('case', s)}
              </option>
            ))}
          </select>
          <select className="input small" aria-label={t('col.assignee')} value={assignee ?? ''} onChange={(e) => filter({ assignee: e.target.value })}>
            <option value="">{t('filter.anybody')}</option>
            {(people.data ?? []).map((p) => (
              <option key={p.login} value={p.login}>
                {p.name}
              </option>
            ))}
          </select>
          {may(shop, 'cases:write') && (
            <Link to="/s/$shop/apply" params={{ shop: shop.code }} className="btn primary">
              {t('nav.apply')}
            </Link>
          )}
        </div>
      </div>
      <div className="views" role="tablist" aria-label={t('views')}>
        {views.map((v) => (
          <Link key={v} role="tab" aria-selected={v === view} to="/s/$shop/inbox" params={{ shop: shop.code }} search={{ view: v }} className={v === view ? 'view on' : 'view'}>
            {term('view', v)}
            {counts.data && (counts.data[v] ?? 0) > 0 && <span className="count num">{(counts.data[v] ?? 0) >= 100 ? '99+' : counts.data[v]}</span>}
          </Link>
        ))}
      </div>
      {list.isPending ? (
        <Loading rows={10} />
      ) : list.error ? (
        <FaultNote fault={list.error} retry={() => void list.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t('inbox.empty')}>{view === 'all' ? t('inbox.empty_all') : t('inbox.empty_view')}</Empty>
      ) : (
        <div className={list.isPlaceholderData ? 'rows card stale' : 'rows card'} ref={rows}>
          <div className="row head" aria-hidden>
            <span>{t('col.due')}</span>
            <span>{t('col.status')}</span>
            <span>{t('col.customer')}</span>
            <span>{t('col.matter')}</span>
            <span className="end">{t('col.amount')}</span>
            <span>{t('col.assignee')}</span>
            <span>{t('col.number')}</span>
          </div>
          {items.map((i) => (
            <Row key={i.case.id} item={i} shop={shop.code} warm={() => void queries.prefetchQuery(casePage(shop.id, i.case.id))} name={(login) => people.data?.find((p) => p.login === login)?.name ?? login} />
          ))}
          {list.hasNextPage && (
            <button type="button" className="btn more" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {list.isFetchingNextPage ? t('loading') : t('more')}
            </button>
          )}
        </div>
      )}
    </div>
  )
}

/** One case in a list: the clock first, then whose move it is, who it is, and what it is about. */
function Row({ item: i, shop, name, warm }: { item: InboxItem; shop: string; name: (login: string) => string; warm: () => void }) {
  const said = i.last_message?.text
  const timer = useRef(0) // a pointer that rests on a row, not one that passes over it
  return (
    <Link to="/s/$shop/cases/$case" params={{ shop, case: i.case.id }} className="row" onPointerEnter={() => (timer.current = window.setTimeout(warm, 60))} onPointerLeave={() => window.clearTimeout(timer.current)}>
      <span className="c-due">
        {i.case.flag && <i className={`flag ${i.case.flag}`} title={t('flag')} />}
        <Due at={i.case.due_at} kind={i.case.due_kind && term('due', i.case.due_kind)} />
      </span>
      <span className="c-status">{i.line_status ? <Status code={i.line_status} /> : <Status code={i.case.status} of="case" />}</span>
      <span className="c-who ellipsis">{i.customer?.nick || i.customer?.name || '—'}</span>
      <span className="c-what">
        <span className="ellipsis">
          <b>{i.remedy ? term('remedy', i.remedy) : ''}</b>
          {i.ground && <span className="muted"> {term('ground', i.ground)}</span>}
          {i.article && <span> · {i.article}</span>}
          {(i.quantity ?? 1) > 1 && <span className="num"> ×{i.quantity}</span>}
          {(i.lines ?? 1) > 1 && <span className="muted"> {t('more_lines', { n: (i.lines ?? 1) - 1 })}</span>}
        </span>
        {said && <span className="said muted ellipsis">{said}</span>}
      </span>
      <span className="c-amount end">{i.amount !== undefined && i.amount > 0 && i.currency && <Money minor={i.amount} currency={i.currency} />}</span>
      <span className="c-mine muted ellipsis">{i.case.assignee ? name(i.case.assignee) : '—'}</span>
      <span className="c-no muted mono">{i.case.number}</span>
    </Link>
  )
}
