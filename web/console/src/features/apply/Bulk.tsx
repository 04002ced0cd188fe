import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ok } from '../../api/client'
import type { Fault } from '../../api/fault'
import { grounds } from '../../api/queries'
import type { components } from '../../api/schema'
import { useShop } from '../../app/shop'
import { t, term } from '../../i18n'
import { useCommand } from '../../kit/command'
import { useDraft } from '../../kit/draft'
import { AreaField, Choice, SelectField, TextField } from '../../kit/form'
import { Await, FaultNote, Money, Status, Tag } from '../../kit/show'
import { OutcomeTag } from '../../parts/Decision'
import { useWords, type Words } from '../../parts/words'

type Request = components['schemas']['FlowBulk']
type Report = components['schemas']['FlowBulkReport']
type Row = components['schemas']['FlowBulkRow']

const platforms = ['taobao', 'jd', 'pdd', 'douyin', 'youzan', 'shopify', ''] as const
const remedies: Request['remedy'][] = ['refund_only', 'refund_return', 'interception', 'reissue']

const platformName = (p: (typeof platforms)[number]) => (p === 'shopify' ? 'Shopify' : t(p === '' ? 'platform.own' : `platform.${p}`))

/** 批量申请: paste order numbers, see what each would come to, and apply for all of them with one key. */
export function Bulk() {
  const shop = useShop()
  const words = useWords(shop.id, shop.currency)
  const known = useQuery(grounds(shop.id))
  const [d, set, clear] = useDraft('bulk', { numbers: '', platform: 'taobao', ground: '', remedy: 'refund_only', note: '', agree: 'no' })
  const [asked, setAsked] = useState('')
  const numbers = [...new Set(d.numbers.split(/[\s,，;；、]+/).filter(Boolean))]
  const body: Request = { platform: d.platform, order_nos: numbers, channel: d.platform ? 'platform' : 'web', ground: d.ground, remedy: d.remedy as Request['remedy'], note: d.note.trim() || undefined, agree: d.agree === 'yes' }
  const about = JSON.stringify(body)
  const ready = numbers.length > 0 && numbers.length <= 200 && d.ground !== ''
  const preview = useMutation<Report, Fault>({ mutationFn: () => ok(api.POST('/api/v1/shops/{shop}/cases/bulk/preview', { params: { path: { shop: shop.id } }, body })), onSuccess: () => setAsked(about) })
  const apply = useCommand<Request, Report>((input, key) => ok(api.POST('/api/v1/shops/{shop}/cases/bulk', { params: { path: { shop: shop.id }, header: { 'Idempotency-Key': key } }, body: input })), clear)
  const seen = asked === about ? preview.data : undefined
  const shown = apply.data ?? seen
  return (
    <div className="page wide">
      <h1 className="page-title">{t('bulk.title')}</h1>
      <p className="muted">{t('bulk.text')}</p>
      {!apply.data && (
        <form
          className="card panel"
          onSubmit={(e) => {
            e.preventDefault()
            if (seen?.opened) apply.mutate(body)
            else if (ready) preview.mutate()
          }}
        >
          <div className="panel-body stack">
            <AreaField label={t('bulk.numbers')} help={numbers.length > 200 ? undefined : t('bulk.count', { n: numbers.length })} error={numbers.length > 200 ? t('bulk.too_many') : undefined} value={d.numbers} set={(v) => set({ numbers: v })} required autoFocus rows={6} placeholder={t('bulk.numbers_hint')} />
            <div className="cols">
              <SelectField label={t('bulk.platform')} value={d.platform} set={(platform) => set({ platform })} required options={platforms.map((p) => ({ value: p, label: platformName(p) }))} />
              {known.data ? <SelectField label={t('apply.ground')} value={d.ground} set={(ground) => set({ ground })} required empty={t('apply.choose')} options={known.data.map((g) => ({ value: g.ground, label: words.ground(g.ground) }))} /> : <Await query={known} rows={1}>{() => null}</Await>}
            </div>
            <Choice label={t('apply.remedy')} value={d.remedy} set={(remedy) => set({ remedy: remedy || 'refund_only' })} required options={remedies.map((r) => ({ value: r, label: term('remedy', r) }))} />
            <Choice label={t('bulk.agree')} help={t('bulk.agree_help')} value={d.agree} set={(agree) => set({ agree: agree || 'no' })} required options={[{ value: 'no', label: t('no') }, { value: 'yes', label: t('yes') }]} />
            <TextField label={t('apply.note')} value={d.note} set={(note) => set({ note })} max={2000} placeholder={t('apply.note_hint')} />
            {(preview.error ?? apply.error) && <FaultNote fault={preview.error ?? apply.error} compact />}
            <div className="actions">
              <button type="button" className="btn" disabled={!ready || preview.isPending} aria-busy={preview.isPending} onClick={() => preview.mutate()}>
                {preview.isPending ? t('loading') : t('bulk.preview')}
              </button>
              <button type="submit" className="btn primary" disabled={!seen?.opened || apply.isPending} aria-busy={apply.isPending}>
                {apply.isPending ? t('sending') : t('bulk.apply', { n: seen?.opened ?? 0 })}
              </button>
            </div>
          </div>
        </form>
      )}
      {shown && (
        <section className="card panel" aria-live="polite">
          <header>
            <h2>{t(apply.data ? 'bulk.done' : 'bulk.would', { opened: shown.opened, failed: shown.failed })}</h2>
            <Money minor={shown.minor} currency={shop.currency} />
          </header>
          <ul className="picks bulk">
            {shown.rows.map((r) => (
              <li key={r.order_no}>
                <BulkRow row={r} shop={shop.code} words={words} />
              </li>
            ))}
          </ul>
          {apply.data && (
            <div className="panel-body">
              <button type="button" className="btn" onClick={() => { apply.reset(); preview.reset(); setAsked('') }}>
                {t('bulk.more')}
              </button>
            </div>
          )}
        </section>
      )}
    </div>
  )
}

function BulkRow({ row, shop, words }: { row: Row; shop: string; words: Words }) {
  const first = row.lines?.[0]
  return (
    <div className="bulk-row">
      {row.case_id ? (
        <Link to="/s/$shop/cases/$case" params={{ shop, case: row.case_id }} className="mono">
          {row.order_no}
        </Link>
      ) : (
        <span className="mono">{row.order_no}</span>
      )}
      <span className="grow ellipsis">{row.detail ?? row.lines?.map((l) => `${l.title} ×${l.quantity}`).join('、')}</span>
      {first && (first.status ? <Status code={first.status} /> : row.key && first.reason ? <Tag tone="warn">{words.reason(first.reason)}</Tag> : <OutcomeTag outcome={first.outcome} />)}
      {!row.key && row.currency && <Money minor={row.minor} currency={row.currency} />}
    </div>
  )
}
