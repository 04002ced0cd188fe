import { useState } from 'react'
import { api, ok } from '../api/client'
import type { CasePage, Claim, Enquiry, Tracked, View } from '../api/types'
import type { Shop } from '../api/session'
import { may } from '../app/shop'
import { t, term } from '../i18n'
import { useCommand } from '../kit/command'
import { FormDialog } from '../kit/dialog'
import { useDraft } from '../kit/draft'
import { day, fromInput } from '../kit/format'
import { AreaField, Choice, TextField } from '../kit/form'
import { Due, Money, Status, Tag, When } from '../kit/show'
import { Commands } from './Commands'
import type { Words } from './words'

const kinds = ['no_scan', 'stuck', 'not_received', 'lost', 'damaged'] as const
const reasons = ['lost', 'damaged', 'short'] as const

interface Of {
  shop: Shop
  page: CasePage
  words: Words
  keys?: boolean
}

/** What was asked of carriers, and is claimed from them. */
export function Matters({ enquiries, claims, ...of }: Of & { enquiries: Enquiry[]; claims: Claim[] }) {
  if (enquiries.length + claims.length === 0) return null
  return (
    <>
      {enquiries.map((e) => (
        <EnquiryCard key={e.id} e={e} {...of} />
      ))}
      {claims.map((c) => (
        <ClaimCard key={c.id} c={c} {...of} />
      ))}
    </>
  )
}

function EnquiryCard({ e, shop, page, words, keys }: Of & { e: Enquiry }) {
  return (
    <section className="matter" aria-label={term('action', 'enquire')}>
      <header>
        <b>{term('action', 'enquire')}</b>
        <span>{term('enquiry_kind', e.kind)}</span>
        <Status code={e.state} of="enquiry" />
        {e.verdict && <Tag>{term('verdict', e.verdict)}</Tag>}
        {e.ticket && (
          <span className="muted">
            {t('field.ticket')} <span className="mono select">{e.ticket}</span>
          </span>
        )}
      </header>
      {(e.update_due || (e.solve_by && e.state !== 'closed')) && (
        <p className="muted">
          {e.update_due && (
            <>
              {term('due', 'update')} <Due at={e.update_due} kind={term('due', 'update')} />
            </>
          )}
          {e.update_due && e.solve_by && ' · '}
          {e.solve_by && e.state !== 'closed' && t('enquiry.solve_by', { day: day(e.solve_by) })}
        </p>
      )}
      <ol className="track-events">
        {[...e.progress].reverse().map((p) => (
          <li key={p.id}>
            <When at={p.at} />
            <span>
              <Tag>{t(`progress.${p.kind}`)}</Tag> {p.text} <span className="muted">· {p.author}</span>
            </span>
          </li>
        ))}
      </ol>
      <Commands shop={shop} page={page} words={words} target={{ on: 'enquiry', row: e }} keys={keys} compact={!keys} />
    </section>
  )
}

function ClaimCard({ c, shop, page, words, keys }: Of & { c: Claim }) {
  return (
    <section className="matter" aria-label={term('action', 'claim_carrier')}>
      <header>
        <b>{term('action', 'claim_carrier')}</b>
        <span>{term('claim_reason', c.reason)}</span>
        <Status code={c.state} of="claim" />
        {c.ticket && (
          <span className="muted">
            {t('field.ticket')} <span className="mono select">{c.ticket}</span>
          </span>
        )}
      </header>
      <p className="muted">
        {c.asked > 0 && (
          <span className="part">
            {t(c.filed_at ? 'claim.asked' : 'claim.worth')} <Money minor={c.asked} currency={c.currency} />
          </span>
        )}
        {c.granted > 0 && (
          <span className="part">
            {t('claim.granted')} <Money minor={c.granted} currency={c.currency} />
          </span>
        )}
        {c.received > 0 && (
          <span className="part">
            {t('claim.received')} <Money minor={c.received} currency={c.currency} />
          </span>
        )}
        <When at={c.closed_at ?? c.answered_at ?? c.filed_at ?? c.opened_at} />
      </p>
      {c.answer && <p>{c.answer}</p>}
      {c.state === 'to_file' && <p className="note">{t('claim.no_wait')}</p>}
      <Commands shop={shop} page={page} words={words} target={{ on: 'claim', row: c }} keys={keys} compact={!keys} />
    </section>
  )
}

/** What may be begun with the carrier of a parcel. */
export function Begin({ shop, page, parcel }: { shop: Shop; page: CasePage; parcel: Tracked }) {
  const [open, set] = useState<'' | 'enquire' | 'claim_carrier'>('')
  if (!may(shop, 'cases:write')) return null
  return (
    <>
      {(['enquire', 'claim_carrier'] as const)
        .filter((c) => parcel.allowed?.includes(c))
        .map((c) => (
          <button key={c} type="button" className="btn small" onClick={() => set(c)} data-command={c}>
            {term('action', c)}
          </button>
        ))}
      {open === 'enquire' && <EnquireDialog shop={shop} page={page} parcel={parcel} onClose={() => set('')} />}
      {open === 'claim_carrier' && <ClaimDialog shop={shop} page={page} parcel={parcel} onClose={() => set('')} />}
    </>
  )
}

type BeginProps = { shop: Shop; page: CasePage; parcel: Tracked; onClose: () => void }

function EnquireDialog({ shop, page, parcel, onClose }: BeginProps) {
  const [draft, set, clear] = useDraft(`enquire.${parcel.waybill}`, { kind: '', ticket: '', text: '', next: '' })
  const run = useCommand<object, View>(
    (body, key) => ok(api.POST('/api/v1/shops/{shop}/cases/{id}/enquire', { params: { path: { shop: shop.id, id: page.view.case.id }, header: { 'Idempotency-Key': key } }, body: body as never })),
    () => {
      clear()
      onClose()
    },
  )
  const submit = () =>
    run.mutate({ kind: draft.kind, carrier: parcel.carrier, waybill: parcel.waybill, ticket: draft.ticket.trim() || undefined, text: draft.text.trim() || undefined, next_update: draft.next ? fromInput(draft.next) : undefined })
  const title = term('action', 'enquire')
  return (
    <FormDialog title={title} submit={title} busy={run.isPending} disabled={draft.kind === ''} fault={run.error} onSubmit={submit} onClose={onClose}>
      <Named parcel={parcel} />
      <Choice label={t('enquiry.kind')} value={draft.kind} set={(kind) => set({ kind })} required options={kinds.map((k) => ({ value: k, label: term('enquiry_kind', k) }))} error={run.error?.field('/kind')} />
      <TextField label={t('field.ticket')} value={draft.ticket} set={(ticket) => set({ ticket })} max={60} mono error={run.error?.field('/ticket')} />
      <AreaField label={t('enquiry.text')} value={draft.text} set={(text) => set({ text })} max={500} error={run.error?.field('/text')} />
      <TextField label={t('field.next_update')} value={draft.next} set={(next) => set({ next })} type="datetime-local" error={run.error?.field('/next_update')} help={t('field.next_update_help')} />
    </FormDialog>
  )
}

function ClaimDialog({ shop, page, parcel, onClose }: BeginProps) {
  const [draft, set, clear] = useDraft(`claim.${parcel.waybill}`, { reason: '' })
  const run = useCommand<object, View>(
    (body, key) => ok(api.POST('/api/v1/shops/{shop}/cases/{id}/claim', { params: { path: { shop: shop.id, id: page.view.case.id }, header: { 'Idempotency-Key': key } }, body: body as never })),
    () => {
      clear()
      onClose()
    },
  )
  const title = term('action', 'claim_carrier')
  return (
    <FormDialog title={title} submit={title} busy={run.isPending} disabled={draft.reason === ''} fault={run.error} onSubmit={() => run.mutate({ reason: draft.reason, carrier: parcel.carrier, waybill: parcel.waybill })} onClose={onClose}>
      <Named parcel={parcel} />
      <Choice label={t('claim.reason')} value={draft.reason} set={(reason) => set({ reason })} required options={reasons.map((r) => ({ value: r, label: term('claim_reason', r) }))} help={t('claim.no_wait')} error={run.error?.field('/reason')} />
    </FormDialog>
  )
}

const Named = ({ parcel }: { parcel: Tracked }) => (
  <p className="muted">
    {parcel.carrier} <span className="mono">{parcel.waybill}</span>
  </p>
)
