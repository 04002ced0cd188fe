import { Link, useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, ok } from '../../api/client'
import { warehouses } from '../../api/queries'
import type { components } from '../../api/schema'
import { may } from '../../app/shop'
import type { Shop } from '../../api/session'
import { hasTerm, t, term } from '../../i18n'
import { useCommand } from '../../kit/command'
import { decimal, minorOf } from '../../kit/format'
import { SelectField, TextField } from '../../kit/form'
import { Empty, FaultNote, When } from '../../kit/show'

export type Scanned = components['schemas']['FlowScanned']
type Scan = components['schemas']['FlowScan']

/** One scan and what came of it. */
interface Taken {
  at: string
  scan: Scan
  out?: Scanned
  fault?: unknown
}

const send = (shop: Shop) => (body: Scan, key: string) => ok(api.POST('/api/v1/shops/{shop}/scans', { params: { path: { shop: shop.id }, header: { 'Idempotency-Key': key } }, body }))

/** 收件登记: one scan after the other, before any parcel is opened. The cursor never leaves the field. */
export function Door({ shop }: { shop: Shop }) {
  const [code, setCode] = useState('')
  const [freight, setFreight] = useState('')
  const [at, setAt] = useState('')
  const [done, setDone] = useState<Taken[]>([])
  const [waiting, setWaiting] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const line = useRef(Promise.resolve()) // a scanner is quicker than a server: scans wait for each other, none is dropped
  const places = useQuery({ ...warehouses(shop.id), enabled: may(shop, 'shop:read') }).data ?? []
  const scan = useCommand<Scan, Scanned>(send(shop))
  useEffect(() => input.current?.focus(), [])
  const minor = freight === '' ? 0 : minorOf(freight, shop.currency)
  const take = () => {
    const clean = code.replace(/\s+/g, '')
    if (!clean || minor === undefined) return
    const asked = { code: clean, ...(minor ? { freight: minor } : {}), ...(at ? { warehouse: at } : {}) }
    const note = (t: Pick<Taken, 'out' | 'fault'>) => setDone((d) => [{ at: new Date().toISOString(), scan: asked, ...t }, ...d].slice(0, 200))
    setCode('')
    setFreight('')
    setWaiting((n) => n + 1)
    input.current?.focus()
    line.current = line.current
      .then(() => scan.mutateAsync(asked))
      .then(
        (out) => note({ out }),
        (fault: unknown) => note({ fault }),
      )
      .finally(() => setWaiting((n) => n - 1))
  }
  return (
    <>
      <form
        className="card scan"
        onSubmit={(e) => {
          e.preventDefault()
          take()
        }}
      >
        <label htmlFor="door">{t('receiving.door')}</label>
        <div className="input-row">
          <input id="door" ref={input} className="input big mono" value={code} onChange={(e) => setCode(e.target.value)} placeholder={t('receiving.scan_hint')} maxLength={60} autoComplete="off" enterKeyHint="send" />
          <button type="submit" className="btn primary big">
            {t('receiving.take_in')}
          </button>
        </div>
        <div className="cols">
          <TextField label={t('receiving.collect')} value={freight} set={setFreight} inputMode="decimal" max={12} suffix={<span className="muted">{shop.currency}</span>} error={minor === undefined ? t('form.amount') : undefined} />
          {places.length > 1 && (
            <SelectField label={t('receiving.came_to')} value={at} set={setAt} empty={t('receiving.as_sent')} options={places.map((w) => ({ value: w.code, label: w.name }))} />
          )}
        </div>
      </form>
      <section className="card panel flush" aria-live="polite">
        <header>
          <h2>{t('receiving.taken')}</h2>
          <span className="muted">{t('receiving.taken_count', { n: done.filter((d) => d.out?.result === 'signed' || d.out?.result === 'stray').length })}{waiting > 0 && t('receiving.waiting', { n: waiting })}</span>
        </header>
        {done.length === 0 ? (
          <Empty title={t('receiving.door_empty')}>{t('receiving.door_text')}</Empty>
        ) : (
          <ul className="scans">
            {done.map((d, i) => (
              <li key={done.length - i}>
                {d.out && <Outcome shop={shop} out={d.out} />}
                <span className="mono">{d.scan.code}</span>
                <span className="grow muted">{d.out ? said(d.out, d.scan, shop) : <FaultNote fault={d.fault} compact />}</span>
                <When at={d.at} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  )
}

const tones: Record<Scanned['result'], string> = { signed: 'good', known: '', stray: 'warn', shelved: '' }

function Outcome({ shop, out }: { shop: Shop; out: Scanned }) {
  const tag = <span className={`tag ${tones[out.result]}`}>{t(`receiving.scan.${out.result}`)}</span>
  if (out.parcel)
    return (
      <Link to="/s/$shop/receiving" params={{ shop: shop.code }} search={{ case: out.parcel.case_id }}>
        {tag}
      </Link>
    )
  return (
    <Link to="/s/$shop/receiving" params={{ shop: shop.code }} search={{ room: 'shelf', stray: out.stray?.id }}>
      {tag}
    </Link>
  )
}

/** What besides has to be said of a scan. */
function said(out: Scanned, scan: Scan, shop: Shop): string {
  const words = []
  if (out.parcel && out.result === 'known' && out.parcel.state) words.push(hasTerm('movement', out.parcel.state) ? term('movement', out.parcel.state) : term('status', `discrepant.${out.parcel.problem}`))
  if (out.elsewhere) words.push(t('receiving.elsewhere', { warehouse: out.elsewhere }))
  if (scan.freight) words.push(t(out.freight_by === 'customer' ? 'receiving.collect_customer' : 'receiving.collect_shop', { amount: decimal(scan.freight, shop.currency) }))
  if (out.stray?.order_id) words.push(t('receiving.came_back'))
  return words.join(' · ')
}

/** One parcel nobody announced, from the opening table to the shelf. */
export function PutOnShelf({ shop, waybill }: { shop: Shop; waybill: string }) {
  const go = useNavigate()
  const put = useCommand<Scan, Scanned>(send(shop), (out) => void go({ to: '/s/$shop/receiving', params: { shop: shop.code }, search: { room: 'shelf', stray: out.stray?.id } }))
  if (!may(shop, 'goods:receive')) return null
  return (
    <>
      <button type="button" className="btn primary" disabled={put.isPending} onClick={() => put.mutate({ code: waybill })}>
        {t('receiving.put_on_shelf')}
      </button>
      {put.error && <FaultNote fault={put.error} compact />}
    </>
  )
}
