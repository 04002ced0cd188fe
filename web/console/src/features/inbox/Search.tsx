import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, type ReactNode } from 'react'
import type { Hit } from '../../api/types'
import { search } from '../../api/queries'
import { searchRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { t, term, type Key } from '../../i18n'
import { useShortcuts } from '../../kit/keys'
import { Await, Empty } from '../../kit/show'

const kinds: { kind: Hit['kind']; label: Key }[] = [
  { kind: 'case', label: 'hit.case' },
  { kind: 'order', label: 'hit.order' },
  { kind: 'parcel', label: 'hit.parcel' },
  { kind: 'customer', label: 'hit.customer' },
  { kind: 'message', label: 'hit.message' },
]

/** What was found. The first hit takes the cursor, so that Enter opens it. */
export function Search() {
  const shop = useShop()
  const { q = '' } = searchRoute.useSearch()
  const found = useQuery(search(shop.id, q))
  const list = useRef<HTMLDivElement>(null)
  const there = found.data !== undefined
  useEffect(() => list.current?.querySelector<HTMLElement>('a.hit')?.focus(), [q, there])
  const step = (by: number) => {
    const hits = [...(list.current?.querySelectorAll<HTMLElement>('a.hit') ?? [])]
    hits[Math.min(Math.max(hits.indexOf(document.activeElement as HTMLElement) + by, 0), hits.length - 1)]?.focus()
  }
  useShortcuts([
    { keys: 'j', label: t('keys.next'), group: t('keys.list'), run: () => step(1) },
    { keys: 'k', label: t('keys.previous'), group: t('keys.list'), run: () => step(-1) },
  ])
  return (
    <div className="page narrow" ref={list}>
      <h1 className="page-title ellipsis">{q ? t('search.results', { q }) : t('search.label')}</h1>
      {q === '' ? (
        <Empty title={t('search.empty')}>{t('search.hint')}</Empty>
      ) : (
        <Await query={found}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={t('search.nothing')}>{t('search.hint')}</Empty>
            ) : (
              kinds
                .map((k) => ({ ...k, hits: items.filter((i) => i.kind === k.kind) }))
                .filter((k) => k.hits.length > 0)
                .map((k) => (
                  <section key={k.kind} className="card hits">
                    <h2>{t(k.label)}</h2>
                    <ul>
                      {k.hits.map((h, i) => (
                        <li key={i}>
                          <To hit={h} shop={shop.code} apply={may(shop, 'cases:write')}>
                            <span className="grow">
                              <b className="ellipsis">{h.title}</b>
                              {h.snippet && <span className="muted ellipsis">{h.kind === 'case' ? term('case', h.snippet) : h.snippet}</span>}
                            </span>
                            {h.number && <span className="mono muted">{h.number}</span>}
                          </To>
                        </li>
                      ))}
                    </ul>
                  </section>
                ))
            )
          }
        </Await>
      )}
    </div>
  )
}

function To({ hit, shop, apply, children }: { hit: Hit; shop: string; apply: boolean; children: ReactNode }) {
  if (hit.case_id)
    return (
      <Link to="/s/$shop/cases/$case" params={{ shop, case: hit.case_id }} className="hit">
        {children}
      </Link>
    )
  if (hit.order_id && apply)
    return (
      <Link to="/s/$shop/apply" params={{ shop }} search={{ order: hit.order_id }} className="hit">
        {children}
        <span className="btn small">{t('nav.apply')}</span>
      </Link>
    )
  return <span className="hit">{children}</span>
}
