import { useState } from 'react'
import { api, ok } from '../api/client'
import type { CasePage, Tracked, View } from '../api/types'
import type { Shop } from '../api/session'
import { may } from '../app/shop'
import { t, term, type Key } from '../i18n'
import { useCommand } from '../kit/command'
import { FormDialog } from '../kit/dialog'
import { useDraft } from '../kit/draft'
import { fromInput, toInput } from '../kit/format'
import { AreaField, Choice, SelectField, TextField } from '../kit/form'
import { Tag, When } from '../kit/show'
import { Begin, Matters } from './Carrier'
import { WaybillFields } from './Waybill'
import type { Words } from './words'

const statuses = ['collected', 'in_transit', 'out_for_delivery', 'signed', 'problem', 'returned'] as const
const takers = ['self', 'family', 'station', 'locker', 'unknown'] as const
const tones: Record<string, string> = { signed: 'good', problem: 'bad', returned: 'bad', out_for_delivery: 'act' }
const newest = 3

type Said = Tracked['events'][number]

/** What a carrier said of one parcel, newest first, and who took it at the door. */
export function Track({ shop, page, words, parcel, movement }: { shop: Shop; page: CasePage; words: Words; parcel: Tracked; movement?: string }) {
  const [noting, note] = useState(false)
  const events = [...parcel.events].reverse()
  return (
    <div className="track">
      {events.length > 0 && (
        <ol className="track-events">
          {events.slice(0, newest).map((e) => (
            <Step key={keyOf(e)} e={e} />
          ))}
        </ol>
      )}
      {events.length > newest && (
        <details>
          <summary>{t('track.earlier', { n: events.length - newest })}</summary>
          <ol className="track-events">
            {events.slice(newest).map((e) => (
              <Step key={keyOf(e)} e={e} />
            ))}
          </ol>
        </details>
      )}
      {events.length === 0 && <p className="muted">{t('track.none')}</p>}
      {parcel.suggests && <p className="note">{t(`track.suggests.${parcel.suggests}` as Key, { command: term('command', parcel.suggests) })}</p>}
      {may(shop, 'cases:write') && (
        <div className="actions compact">
          <button type="button" className="btn small" onClick={() => note(true)} data-command="track">
            {term('action', 'track')}
          </button>
          <Begin shop={shop} page={page} parcel={parcel} />
        </div>
      )}
      <Matters shop={shop} page={page} words={words} enquiries={page.view.enquiries.filter((e) => e.waybill === parcel.waybill)} claims={page.view.claims.filter((c) => (movement && c.movement_id === movement) || c.waybill === parcel.waybill)} />
      {noting && <TrackDialog shop={shop} parcel={parcel} onClose={() => note(false)} />}
    </div>
  )
}

const keyOf = (e: Said) => e.at + e.status + e.text

function Step({ e }: { e: Said }) {
  return (
    <li>
      <When at={e.at} />
      <span>
        <Tag tone={tones[e.status] ?? 'calm'}>{term('tracking', e.status)}</Tag> {e.status === 'signed' && <b>{term('signed_by', e.signed_by || 'unknown')}</b>} {e.text}
        {e.place && <span className="muted"> {e.place}</span>}
        {e.source === 'hand' && <span className="muted"> · {t('track.by_hand', { who: e.actor ?? '' })}</span>}
      </span>
    </li>
  )
}

interface Draft {
  status: string
  signedBy: string
  at: string
  text: string
  place: string
}

/** What was read on a carrier's page, or heard on the telephone. */
function TrackDialog({ shop, parcel, onClose }: { shop: Shop; parcel: Tracked; onClose: () => void }) {
  const [draft, set, clear] = useDraft<Draft>(`track.${parcel.waybill}`, { status: '', signedBy: '', at: toInput(new Date()), text: '', place: '' })
  const run = useCommand<object, View | Tracked[]>(
    (body, key) => {
      const header = { 'Idempotency-Key': key }
      return parcel.movement_id
        ? ok(api.POST('/api/v1/shops/{shop}/parcels/{id}/track', { params: { path: { shop: shop.id, id: parcel.movement_id }, header }, body: body as never }))
        : ok(api.POST('/api/v1/shops/{shop}/orders/{order}/tracking', { params: { path: { shop: shop.id, order: parcel.order_id! }, header }, body: { ...body, waybill: parcel.waybill } as never }))
    },
    () => {
      clear()
      onClose()
    },
  )
  const submit = () =>
    run.mutate({ status: draft.status, at: draft.at ? fromInput(draft.at) : undefined, signed_by: draft.status === 'signed' ? draft.signedBy : undefined, text: draft.text.trim() || undefined, place: draft.place.trim() || undefined })
  const title = term('action', 'track')
  return (
    <FormDialog title={title} submit={title} busy={run.isPending} disabled={draft.status === '' || (draft.status === 'signed' && draft.signedBy === '')} fault={run.error} onSubmit={submit} onClose={onClose}>
      <p className="muted">
        {parcel.carrier} <span className="mono">{parcel.waybill}</span>
      </p>
      <SelectField label={t('track.status')} value={draft.status} set={(status) => set({ status })} required empty={t('apply.choose')} options={statuses.map((s) => ({ value: s, label: term('tracking', s) }))} error={run.error?.field('/status')} />
      {draft.status === 'signed' && <Choice label={t('track.signed_by')} value={draft.signedBy} set={(signedBy) => set({ signedBy })} required options={takers.map((s) => ({ value: s, label: term('signed_by', s) }))} help={t('track.signed_by_help')} />}
      <div className="cols">
        <TextField label={t('track.at')} value={draft.at} set={(at) => set({ at })} required type="datetime-local" error={run.error?.field('/at')} />
        <TextField label={t('track.place')} value={draft.place} set={(place) => set({ place })} max={100} error={run.error?.field('/place')} />
      </div>
      <AreaField label={t('track.text')} value={draft.text} set={(text) => set({ text })} max={500} placeholder={t('track.text_hint')} error={run.error?.field('/text')} />
    </FormDialog>
  )
}

/** The parcels an order went out in, each with what its carrier said; another one can be noted. */
export function OrderParcels({ shop, page, words, order, parcels }: { shop: Shop; page: CasePage; words: Words; order: string; parcels: Tracked[] }) {
  const [adding, add] = useState(false)
  return (
    <>
      {parcels.map((p) => (
        <div key={p.waybill} className="move">
          <header>
            <b>{t('track.sent')}</b>
            <span>
              {p.carrier} <span className="mono select">{p.waybill}</span>
            </span>
          </header>
          <Track shop={shop} page={page} words={words} parcel={p} />
        </div>
      ))}
      {may(shop, 'cases:write') && (
        <div className="actions compact">
          <button type="button" className="btn small" onClick={() => add(true)} data-command="add_parcel">
            {t('track.add')}
          </button>
        </div>
      )}
      {adding && <ParcelDialog shop={shop} order={order} onClose={() => add(false)} />}
    </>
  )
}

function ParcelDialog({ shop, order, onClose }: { shop: Shop; order: string; onClose: () => void }) {
  const [draft, set, clear] = useDraft(`parcel.${order}`, { carrier: '', waybill: '' })
  const run = useCommand<{ carrier: string; waybill: string }, Tracked[]>(
    (body, key) => ok(api.POST('/api/v1/shops/{shop}/orders/{order}/parcels', { params: { path: { shop: shop.id, order }, header: { 'Idempotency-Key': key } }, body })),
    () => {
      clear()
      onClose()
    },
  )
  const carrier = draft.carrier.trim()
  const waybill = draft.waybill.trim()
  return (
    <FormDialog title={t('track.add')} submit={t('track.add')} busy={run.isPending} disabled={carrier === '' || waybill === ''} fault={run.error} onSubmit={() => run.mutate({ carrier, waybill })} onClose={onClose}>
      <WaybillFields shop={shop} carrier={draft.carrier} waybill={draft.waybill} set={set} required error={(path) => run.error?.field(path)} />
    </FormDialog>
  )
}
