import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, call, ok } from '../api/client'
import { shopPath, warehouses } from '../api/queries'
import type { components } from '../api/schema'
import type { Shop } from '../api/session'
import { may } from '../app/shop'
import { t, term } from '../i18n'
import { useCommand } from '../kit/command'
import { FormDialog } from '../kit/dialog'
import { AreaField, TextField } from '../kit/form'
import { decimal, list as joined, minorOf, toInput } from '../kit/format'
import { Await, Empty, Money, More, When } from '../kit/show'

type S = components['schemas']
type Return = S['FlowSupplierReturn']
type Waiting = S['DeskBack']
type Step = Return['allowed'][number]

const states = ['sent', 'granted', 'refused', 'received', 'dropped'] as const

/** 退供应商: what waits to be sent back to suppliers, what was sent, and what it brought. */
export function Suppliers({ shop }: { shop: Shop }) {
  return (
    <>
      <WaitingList shop={shop} />
      <SentList shop={shop} />
    </>
  )
}

/** The days that are looked through: the last three months. */
function lastDays(): { from: string; to: string } {
  const now = new Date()
  return { from: toInput(new Date(now.getTime() - 91 * 86_400_000)).slice(0, 10), to: toInput(now).slice(0, 10) }
}

function WaitingList({ shop }: { shop: Shop }) {
  const [{ from, to }, setDays] = useState(lastDays)
  const [chosen, setChosen] = useState<string[]>([])
  const [sending, setSending] = useState(false)
  const query = useQuery({
    queryKey: ['shop', shop.id, 'supplier-waiting', from, to],
    enabled: from !== '' && to !== '',
    queryFn: () => ok(api.GET('/api/v1/shops/{shop}/supplier-returns/waiting', { params: { path: { shop: shop.id }, query: { from, to } } })),
  })
  const rows = query.data ?? []
  const picked = rows.filter((r) => chosen.includes(r.line_id))
  const place = picked[0]?.warehouse
  const write = may(shop, 'goods:ship')
  const toggle = (id: string) => setChosen((c) => (c.includes(id) ? c.filter((x) => x !== id) : [...c, id]))
  return (
    <section className="card panel flush">
      <header>
        <h2>
          {t('supplier.waiting')} {rows.length > 0 && <span className="count">{rows.length}</span>}
        </h2>
        {write && (
          <button type="button" className="btn small primary" disabled={picked.length === 0} onClick={() => setSending(true)}>
            {term('action', 'supplier_send')} {picked.length > 0 && t('supplier.chosen', { n: picked.length })}
          </button>
        )}
      </header>
      <div className="panel-body cols asked">
        <TextField label={t('supplier.from')} type="date" value={from} set={(v) => setDays((d) => ({ ...d, from: v }))} required />
        <TextField label={t('supplier.to')} type="date" value={to} set={(v) => setDays((d) => ({ ...d, to: v }))} required />
      </div>
      <Await query={query} rows={3}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('supplier.none_waiting')}>{t('supplier.none_waiting_text')}</Empty>
          ) : (
            <ul className="runs">
              {items.map((r) => {
                const off = place !== undefined && place !== r.warehouse
                return (
                  <li key={r.line_id}>
                    {write && <input type="checkbox" aria-label={`${r.title} ${r.case_number}`} checked={chosen.includes(r.line_id)} disabled={off || (picked.length >= 100 && !chosen.includes(r.line_id))} onChange={() => toggle(r.line_id)} />}
                    <span className="grow">
                      {r.title} ×{r.arrived}
                      <br />
                      <span className="muted">
                        <span className="mono">{r.sku}</span> · {r.warehouse} · <When at={r.received_at} />
                        {r.grade && ` · ${t('supplier.grade', { grade: r.grade })}`}
                      </span>
                    </span>
                    <Money minor={r.worth} currency={r.currency} />
                    <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: r.case_id }} className="btn small">
                      {term('thing', 'case')}
                    </Link>
                  </li>
                )
              })}
            </ul>
          )
        }
      </Await>
      {sending && picked.length > 0 && (
        <Send
          shop={shop}
          rows={picked}
          close={(sent) => {
            setSending(false)
            if (sent) setChosen([])
          }}
        />
      )}
    </section>
  )
}

function Send({ shop, rows, close }: { shop: Shop; rows: Waiting[]; close: (sent: boolean) => void }) {
  const currency = rows[0]?.currency ?? shop.currency
  const warehouse = rows[0]?.warehouse ?? ''
  const places = useQuery({ ...warehouses(shop.id), enabled: may(shop, 'shop:read') }).data ?? []
  const [supplier, setSupplier] = useState('')
  const [carrier, setCarrier] = useState('')
  const [waybill, setWaybill] = useState('')
  const [asked, setAsked] = useState(() => decimal(rows.reduce((n, r) => n + r.worth, 0), currency))
  const minor = minorOf(asked, currency)
  const send = useCommand<S['FlowToSupplier'], Return>(
    (body, key) => ok(api.POST('/api/v1/shops/{shop}/supplier-returns', { params: { path: { shop: shop.id }, header: { 'Idempotency-Key': key } }, body })),
    () => close(true),
  )
  const ready = supplier.trim() !== '' && carrier.trim() !== '' && waybill.trim().length >= 6 && minor !== undefined && minor > 0
  return (
    <FormDialog
      title={term('action', 'supplier_send')}
      submit={term('action', 'supplier_send')}
      busy={send.isPending}
      disabled={!ready}
      fault={send.error}
      onSubmit={() => send.mutate({ supplier: supplier.trim(), warehouse, lines: rows.map((r) => r.line_id), carrier: carrier.trim(), waybill: waybill.trim(), asked: minor ?? 0 })}
      onClose={() => close(false)}
    >
      <p className="muted">{t('supplier.send_help', { n: rows.reduce((n, r) => n + r.arrived, 0), warehouse: places.find((w) => w.code === warehouse)?.name ?? warehouse })}</p>
      <TextField label={t('supplier.name')} value={supplier} set={setSupplier} required max={80} error={send.error?.field('/supplier')} />
      <div className="cols">
        <TextField label={t('stray.carrier')} value={carrier} set={setCarrier} required max={40} />
        <TextField label={t('supplier.waybill')} value={waybill} set={setWaybill} required max={40} mono error={send.error?.field('/waybill')} />
      </div>
      <TextField label={t('supplier.asked')} value={asked} set={setAsked} required inputMode="decimal" max={15} help={t('supplier.asked_help')} suffix={<span className="muted">{currency}</span>} error={minor === undefined ? t('form.amount') : undefined} />
    </FormDialog>
  )
}

function SentList({ shop }: { shop: Shop }) {
  const [state, setState] = useState<(typeof states)[number]>('sent')
  const [month, setMonth] = useState(() => toInput(new Date()).slice(0, 7))
  const [doing, setDoing] = useState<{ of: Return; step: Step }>()
  const list = useInfiniteQuery({
    queryKey: ['shop', shop.id, 'supplier-returns', state],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<S['ListFlowSupplierReturn']>('GET', pageParam) : ok(api.GET('/api/v1/shops/{shop}/supplier-returns', { params: { path: { shop: shop.id }, query: { state } } }))),
    getNextPageParam: (last) => last.next || undefined,
  })
  const can = (step: Step) => may(shop, step === 'drop' ? 'money:approve' : 'money:pay')
  return (
    <section className="card panel flush">
      <header>
        <h2>{t('supplier.sent')}</h2>
        <div className="views" role="group" aria-label={t('supplier.sent')}>
          {states.map((s) => (
            <button key={s} type="button" className={s === state ? 'view on' : 'view'} aria-pressed={s === state} onClick={() => setState(s)}>
              {term('supplier', s)}
            </button>
          ))}
        </div>
      </header>
      {may(shop, 'money:read') && (
        <div className="panel-body cols asked">
          <TextField label={t('books.which_month')} type="month" value={month} set={setMonth} required />
          <div className="actions end">
            <a className="btn" href={`${shopPath(shop.id)}/supplier-returns/export?month=${month}`} download>
              {t('supplier.month_csv')}
            </a>
          </div>
        </div>
      )}
      <Await query={{ ...list, data: list.data?.pages.flatMap((p) => p.items) }} rows={3}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('supplier.none')} />
          ) : (
            <ul className="runs wrap">
              {items.map((r) => (
                <li key={r.id}>
                  <span className="grow">
                    <b>{r.supplier}</b> <span className="muted">{r.carrier}</span> <span className="mono select">{r.waybill}</span>
                    <br />
                    <span className="muted">
                      {joined(r.lines.map((l) => `${l.title} ×${l.quantity}`))} · <When at={r.sent_at} /> · {r.by}
                    </span>
                    {r.answer && (
                      <>
                        <br />
                        <span className="muted">{t('supplier.said', { text: r.answer })}</span>
                      </>
                    )}
                  </span>
                  <Amounts of={r} />
                  {r.allowed.filter(can).map((step) => (
                    <button key={step} type="button" className={step === 'grant' || step === 'take' ? 'btn small primary' : 'btn small'} onClick={() => setDoing({ of: r, step })}>
                      {term('action', `supplier_${step}`)}
                    </button>
                  ))}
                </li>
              ))}
              <More list={list} />
            </ul>
          )
        }
      </Await>
      {doing && <Told shop={shop} of={doing.of} step={doing.step} close={() => setDoing(undefined)} />}
    </section>
  )
}

/** What was asked, and what of it was granted and came in. */
function Amounts({ of: r }: { of: Return }) {
  return (
    <span>
      {t('supplier.asked')} <Money minor={r.asked} currency={r.currency} />
      {r.granted > 0 && (
        <>
          <br />
          {t('supplier.granted')} <Money minor={r.granted} currency={r.currency} />
        </>
      )}
      {r.received > 0 && (
        <>
          <br />
          <b>
            {t('supplier.received')} <Money minor={r.received} currency={r.currency} />
          </b>
        </>
      )}
    </span>
  )
}

interface Said {
  minor: number
  text: string
  no: string
}

function Told({ shop, of, step, close }: { shop: Shop; of: Return; step: Step; close: () => void }) {
  const money = step === 'grant' || step === 'take'
  const most = step === 'grant' ? of.asked : of.granted - of.received
  const [amount, setAmount] = useState(() => decimal(most, of.currency))
  const [text, setText] = useState('')
  const [no, setNo] = useState('')
  const minor = minorOf(amount, of.currency)
  const send = useCommand<Said, Return>((s, key) => {
    const params = { path: { shop: shop.id, id: of.id }, header: { 'Idempotency-Key': key } }
    const version = of.version
    switch (step) {
      case 'grant':
        return ok(api.POST('/api/v1/shops/{shop}/supplier-returns/{id}/granted', { params, body: { version, minor: s.minor, text: s.text } }))
      case 'take':
        return ok(api.POST('/api/v1/shops/{shop}/supplier-returns/{id}/received', { params, body: { version, minor: s.minor, external_no: s.no } }))
      case 'refuse':
        return ok(api.POST('/api/v1/shops/{shop}/supplier-returns/{id}/refused', { params, body: { version, text: s.text } }))
      default:
        return ok(api.POST('/api/v1/shops/{shop}/supplier-returns/{id}/drop', { params, body: { version, reason: s.text } }))
    }
  }, close)
  const tooMuch = money && minor !== undefined && minor > most
  const ready = (!money || (minor !== undefined && minor > 0 && !tooMuch)) && (step === 'grant' || (step === 'take' ? no.trim() !== '' : text.trim() !== ''))
  return (
    <FormDialog title={`${term('action', `supplier_${step}`)} · ${of.supplier}`} submit={term('action', `supplier_${step}`)} busy={send.isPending} disabled={!ready} fault={send.error} danger={step === 'drop'} onSubmit={() => send.mutate({ minor: minor ?? 0, text: text.trim(), no: no.trim() })} onClose={close}>
      {money && (
        <TextField
          label={t(step === 'grant' ? 'supplier.granted' : 'supplier.received')}
          value={amount}
          set={setAmount}
          required
          inputMode="decimal"
          max={15}
          suffix={<span className="muted">{of.currency}</span>}
          error={minor === undefined ? t('form.amount') : tooMuch ? t('supplier.at_most', { amount: decimal(most, of.currency) }) : undefined}
        />
      )}
      {step === 'take' ? <TextField label={t('supplier.payment_no')} value={no} set={setNo} required max={128} mono help={t('supplier.payment_no_help')} /> : <AreaField label={t(step === 'drop' ? 'books.reason' : 'supplier.answer')} value={text} set={setText} required={step !== 'grant'} max={500} />}
    </FormDialog>
  )
}
