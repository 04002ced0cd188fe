import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ok } from '../../api/client'
import { oneStray, strayOwners, strays } from '../../api/queries'
import type { components } from '../../api/schema'
import type { Shop } from '../../api/session'
import type { Stray, View } from '../../api/types'
import { receivingRoute } from '../../app/router'
import { may } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { list, money } from '../../kit/format'
import { TextField } from '../../kit/form'
import { Await, Empty, FaultNote, More, When } from '../../kit/show'

type Owner = components['schemas']['DeskOwner']

/** 无主件: what lies on the shelf, what its label says, and whose it may be. */
export function Shelf({ shop }: { shop: Shop }) {
  const { stray } = receivingRoute.useSearch()
  const go = useNavigate()
  const query = useInfiniteQuery(strays(shop.id))
  const one = useQuery(oneStray(shop.id, stray ?? '')) // it may be on a later page
  const open = (id?: string) => void go({ to: '/s/$shop/receiving', params: { shop: shop.code }, search: { room: 'shelf', stray: id } })
  return (
    <Await query={{ ...query, data: query.data?.pages.flatMap((p) => p.items) }} rows={4}>
      {(items) => {
        const chosen = stray === undefined ? undefined : (items.find((p) => p.id === stray) ?? (one.data?.state === 'on_shelf' ? one.data : undefined))
        return items.length === 0 ? (
          <Empty title={t('stray.empty')}>{t('stray.empty_text')}</Empty>
        ) : (
          <div className={chosen ? 'split chosen' : 'split'}>
            <section className="card flush list">
              <ul className="picks">
                {items.map((p) => (
                  <li key={p.id} className={p.id === stray ? 'on' : ''}>
                    <button type="button" aria-pressed={p.id === stray} onClick={() => open(p.id)}>
                      <span className="grow ellipsis">
                        <b className="mono">{p.waybill}</b> <span className="muted">{p.carrier}</span> {p.kind === 'unit' && <span className="tag warn">{t('stray.unit')} ×{p.quantity}</span>}
                        <br />
                        <span className="muted small">{[p.label, p.phone_tail && t('stray.tail', { tail: p.phone_tail })].filter(Boolean).join(' · ') || t('stray.no_label')}</span>
                      </span>
                      <When at={p.arrived_at} />
                    </button>
                  </li>
                ))}
                <More list={query} />
              </ul>
            </section>
            {chosen && <One key={chosen.id} shop={shop} stray={chosen} back={() => open()} />}
          </div>
        )
      }}
    </Await>
  )
}

function One({ shop, stray: p, back }: { shop: Shop; stray: Stray; back: () => void }) {
  const [tail, setTail] = useState(p.phone_tail ?? '')
  const [label, setLabel] = useState(p.label ?? '')
  const [carrier, setCarrier] = useState(p.carrier ?? '')
  const [sure, setSure] = useState(false)
  const go = useNavigate()
  const owners = useQuery(strayOwners(shop.id, p.id, p.version))
  const path = { shop: shop.id, id: p.id }
  const save = useCommand<{ phone_tail: string; label: string; carrier: string }, Stray>((b, key) => ok(api.POST('/api/v1/shops/{shop}/strays/{id}/label', { params: { path, header: { 'Idempotency-Key': key } }, body: { ...b, version: p.version } })))
  const match = useCommand<Owner, View>(
    (o, key) => ok(api.POST('/api/v1/shops/{shop}/strays/{id}/match', { params: { path, header: { 'Idempotency-Key': key } }, body: { movement_id: o.movement_id } })) as Promise<View>,
    (_, o) => void go({ to: '/s/$shop/receiving', params: { shop: shop.code }, search: { case: o.case_id } }),
  )
  const sendBack = useCommand<number, Stray>((version, key) => ok(api.POST('/api/v1/shops/{shop}/strays/{id}/send-back', { params: { path, header: { 'Idempotency-Key': key } }, body: { version } })), back)
  const write = may(shop, 'goods:receive')
  const fault = save.error ?? match.error ?? sendBack.error
  return (
    <section className="card panel">
      <header>
        <h2>
          <span className="mono">{p.waybill}</span> <span className="muted">{p.carrier}</span>
        </h2>
        <button type="button" className="btn small" onClick={back}>
          {t('back')}
        </button>
      </header>
      <div className="panel-body stack">
        <p className="muted">
          {t('stray.came')} <When at={p.arrived_at} /> · {p.by}
          {p.freight > 0 && ` · ${t('receiving.collect_shop', { amount: money(p.freight, shop.currency) })}`}
          {p.kind !== 'unit' && p.order_id && ` · ${t('receiving.came_back')}`}
        </p>
        {p.kind === 'unit' && (
          <p>
            {t('stray.unit_of', { n: p.quantity ?? 1 })}{' '}
            <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: p.case_id ?? '' }} className="btn small">
              {t('stray.unit_case')}
            </Link>
          </p>
        )}
        {write && (
          <form
            className="stack"
            onSubmit={(e) => {
              e.preventDefault()
              save.mutate({ phone_tail: tail.trim(), label: label.trim(), carrier: carrier.trim() })
            }}
          >
            {p.kind !== 'unit' && (
              <div className="cols">
                <TextField label={t('stray.phone_tail')} value={tail} set={setTail} inputMode="numeric" max={4} />
                <TextField label={t('stray.carrier')} value={carrier} set={setCarrier} max={40} />
              </div>
            )}
            <TextField label={p.kind === 'unit' ? t('receive.extra_what') : t('stray.label')} value={label} set={setLabel} max={200} placeholder={t('stray.label_hint')} />
            <div className="actions">
              <button type="submit" className="btn primary" disabled={save.isPending}>
                {t('stray.find')}
              </button>
              {sure ? (
                <button type="button" className="btn primary danger" disabled={sendBack.isPending} onClick={() => sendBack.mutate(p.version)}>
                  {p.kind === 'unit' ? t('stray.unit_back_sure') : t('stray.send_back_sure')}
                </button>
              ) : (
                <button type="button" className="btn" onClick={() => setSure(true)}>
                  {p.kind === 'unit' ? t('stray.unit_back') : t('stray.send_back')}
                </button>
              )}
            </div>
          </form>
        )}
        {fault && <FaultNote fault={fault} compact />}
        <h3>{t('stray.owners')}</h3>
        <Await query={owners} rows={2}>
          {(found) =>
            found.length === 0 ? (
              <p className="muted">{p.kind === 'unit' ? t('stray.unit_nobody') : t('stray.nobody')}</p>
            ) : (
              <ul className="picks owners">
                {found.map((o) => (
                  <li key={o.movement_id}>
                    <span className="grow">
                      <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: o.case_id }}>
                        <b>{o.customer.nick || o.customer.name}</b>
                      </Link>{' '}
                      <span className="muted">
                        {o.customer.phone} · {o.article}
                      </span>
                      <br />
                      <span className="muted small">{t('stray.agrees', { what: list(o.why.map((w) => t(`stray.why.${w as 'order' | 'phone' | 'name' | 'article' | 'customer'}`))) })}</span>
                    </span>
                    {write && (
                      <button type="button" className="btn small primary" disabled={match.isPending} onClick={() => match.mutate(o)}>
                        {t('stray.match')}
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Await>
      </div>
    </section>
  )
}
