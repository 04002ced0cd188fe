import type { CasePage, LineView, Movement } from '../../api/types'
import { shopPath } from '../../api/queries'
import type { Shop } from '../../api/session'
import { language, t, term, type Key } from '../../i18n'
import { day } from '../../kit/format'
import { Money, Status, When } from '../../kit/show'
import { Commands } from '../../parts/Commands'
import { articleOf } from '../../parts/CommandDialog'
import { bearer } from '../../parts/Decision'
import { Matters } from '../../parts/Carrier'
import { GoesTo } from '../../parts/Onward'
import { OrderParcels, Track } from '../../parts/Tracking'
import type { Words } from '../../parts/words'

/** Where the goods are: every parcel with its steps, oldest first. */
export function Goods({ page, shop, words, line }: { page: CasePage; shop: Shop; words: Words; line?: LineView }) {
  const moves = page.view.movements
  const order = line?.order_id ?? page.orders[0]?.order.id
  const seen = (waybill: string) => waybill !== '' && page.tracking.some((p) => p.waybill === waybill && (p.movement_id || p.order_id === order))
  return (
    <div className="moves">
      {moves.length === 0 ? <p className="muted">{line?.remedy === 'refund_only' ? term('status', 'not_required') : t('goods.none')}</p> : <Moves page={page} shop={shop} words={words} />}
      {order && <OrderParcels shop={shop} page={page} words={words} order={order} parcels={page.tracking.filter((p) => p.order_id === order && !moves.some((m) => m.waybill === p.waybill))} />}
      <Matters shop={shop} page={page} words={words} enquiries={page.view.enquiries.filter((e) => !seen(e.waybill))} claims={page.view.claims.filter((c) => !seen(c.waybill) && !moves.some((m) => m.waybill && m.id === c.movement_id))} />
    </div>
  )
}

function Moves({ page, shop, words }: { page: CasePage; shop: Shop; words: Words }) {
  const tracked = (m: Movement) => page.tracking.find((p) => p.movement_id === m.id)
  return (
    <ol className="moves">
      {page.view.movements.map((m) => (
        <li key={m.id} className="move">
          <header>
            <b>{term('purpose', m.purpose)}</b>
            <span className="mono muted">{m.number}</span>
            {m.purpose !== 'intercept' && m.purpose !== 'transfer' && m.state !== 'cancelled' && (
              <a className="btn small" href={`${shopPath(shop.id)}/parcels/${m.id}/slip?lang=${language()}`} target="_blank" rel="noopener">
                {t(m.purpose === 'return' ? 'goods.print_return' : 'goods.print_packing')}
              </a>
            )}
            <Status code={stateOf(m)} of={m.state === 'discrepant' && m.problem ? 'status' : 'movement'} />
          </header>
          <ol className="steps">
            {steps(m).map((s) => (
              <li key={s.label} className={s.at ? 'done' : ''}>
                <span>{t(s.label)}</span>
                <When at={s.at} />
              </li>
            ))}
          </ol>
          <p className="muted">
            {m.lines.map((l) => `${articleOf(page, l.order_line_id)} ${l.arrived === undefined ? `×${l.announced}` : t('goods.arrived', { arrived: l.arrived, announced: l.announced })}`).join('；')}
          </p>
          {(m.checked || m.tell_by) && (
            <p className="muted">
              {[m.checked && t(m.checked === 'passed' ? 'goods.checked' : 'goods.to_check'), m.told_at ? t('goods.told') : m.tell_by && t('goods.tell_by', { day: day(m.tell_by) })].filter(Boolean).join(' · ')}
            </p>
          )}
          {(m.carrier || m.waybill) && (
            <p>
              {m.carrier} <span className="mono select">{m.waybill}</span>
            </p>
          )}
          {m.purpose === 'transfer' && <GoesTo shop={shop} parcel={m} />}
          {tracked(m) && <Track shop={shop} page={page} words={words} parcel={tracked(m)!} movement={m.id} />}
          {m.borne_by && (
            <p className="muted">
              {m.purpose === 'transfer' ? t('forward.freight') : term('leg', m.purpose === 'return' ? 'return' : m.purpose === 'intercept' ? 'refused' : 'resend')}：{bearer(m.borne_by)}
              {m.freight > 0 && (
                <>
                  {' '}
                  · <Money minor={m.freight} currency={page.orders[0]?.order.currency ?? shop.currency} /> {m.advanced_by === 'customer' && term('freight', 'advanced')}
                </>
              )}
            </p>
          )}
          {page.view.addresses?.[m.number] && ['announced', 'in_transit'].includes(m.state) && <Address m={m} page={page} />}
          <Commands shop={shop} page={page} words={words} target={{ on: 'parcel', row: m }} compact />
        </li>
      ))}
    </ol>
  )
}

function Address({ m, page }: { m: Movement; page: CasePage }) {
  const a = page.view.addresses?.[m.number]
  if (!a) return null
  return (
    <address className="note">
      <span className="select">
        {a.contact} {a.phone} {a.address}
      </span>
      {a.send_by && <span className="muted"> {t('goods.send_by', { day: day(a.send_by) })}</span>}
    </address>
  )
}

/** The state of a parcel in the words of terms. */
export function stateOf(m: Pick<Movement, 'state' | 'problem' | 'purpose'>): string {
  return m.state === 'discrepant' && m.problem ? `discrepant.${m.problem}` : m.state
}

function steps(m: Movement): { label: Key; at?: string | null }[] {
  if (m.purpose === 'return')
    return [
      { label: 'step.announced', at: m.announced_at },
      { label: 'step.sent', at: m.shipped_at },
      { label: 'step.signed', at: m.signed_at },
      { label: 'step.opened', at: m.received_at },
    ]
  if (m.purpose === 'transfer')
    return [
      { label: 'step.left', at: m.shipped_at },
      { label: 'step.there', at: m.signed_at },
    ]
  if (m.purpose === 'intercept')
    return [
      { label: 'step.intercepting', at: m.announced_at },
      m.shipped_at ? { label: 'step.refused', at: m.shipped_at } : { label: 'step.stopped', at: m.stopped_at },
      { label: 'step.home', at: m.received_at ?? m.signed_at },
    ]
  return [
    { label: 'step.to_ship', at: m.announced_at },
    { label: 'step.left', at: m.shipped_at },
    { label: 'step.delivered', at: m.received_at ?? m.signed_at },
  ]
}
