import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { api, ok } from '../../api/client'
import type { Decision } from '../../api/decision'
import { asFault, type Fault } from '../../api/fault'
import type { Application, Order, OrderLine, View } from '../../api/types'
import { facts as factList, grounds, order as orderQuery, orderByNo, search } from '../../api/queries'
import type { Shop } from '../../api/session'
import { applyRoute } from '../../app/router'
import { useShop } from '../../app/shop'
import { t, term } from '../../i18n'
import { useCommand } from '../../kit/command'
import { useDraft } from '../../kit/draft'
import { day } from '../../kit/format'
import { AreaField, Choice, SelectField, TextField } from '../../kit/form'
import { Keys, useShortcuts } from '../../kit/keys'
import { Await, Empty, FaultNote, Money, Tag } from '../../kit/show'
import { DecisionPanel } from '../../parts/Decision'
import { StockNote } from '../../parts/Exchange'
import { FactFields, valuesOf, type Typed } from '../../parts/FactFields'
import { useWords } from '../../parts/words'

/** 新建售后单: find the order, say what and why, see what the policy says, open the case. */
export function Apply() {
  const shop = useShop()
  const { order: id, no } = applyRoute.useSearch()
  const go = useNavigate()
  const choose = (order: string) => void go({ to: '/s/$shop/apply', params: { shop: shop.code }, search: { order } })
  const query = useQuery({ ...orderQuery(shop.id, id ?? ''), enabled: !!id })
  return (
    <div className="page wide">
      <div className="case-head">
        <h1 className="page-title">{t('nav.apply')}</h1>
        <Link to="/s/$shop/apply/bulk" params={{ shop: shop.code }} className="btn small">
          {t('bulk.title')}
        </Link>
      </div>
      {!id ? (
        <FindOrder shop={shop} start={no ?? ''} choose={choose} />
      ) : (
        <Await query={query}>{(r) => <Form key={r.order.id} shop={shop} order={r.order} lines={r.lines} back={() => void go({ to: '/s/$shop/apply', params: { shop: shop.code } })} />}</Await>
      )}
    </div>
  )
}

function FindOrder({ shop, start, choose }: { shop: Shop; start: string; choose: (id: string) => void }) {
  const [text, setText] = useState(start)
  const [asked, setAsked] = useState(start)
  const input = useRef<HTMLInputElement>(null)
  const hits = useQuery(search(shop.id, asked))
  useEffect(() => {
    input.current?.focus()
  }, [])
  // A whole order number needs no index: it is asked for directly.
  const direct = useQuery({
    queryKey: ['shop', shop.id, 'order-no', asked],
    enabled: /^[\w-]{6,64}$/.test(asked),
    retry: false,
    queryFn: async () => {
      for (const platform of ['taobao', 'jd', 'pdd', 'douyin', 'youzan', 'shopify', '']) {
        try {
          return await orderByNo(shop.id, asked, platform)
        } catch (e) {
          if (asFault(e).status !== 404) throw e
        }
      }
      return null
    },
  })
  const orders = hits.data?.items.filter((h) => h.kind === 'order' && h.order_id) ?? []
  // One order and nothing else to choose from: that is the one.
  const only = asked !== '' && !hits.isFetching && !direct.isFetching ? (direct.data?.order.id ?? (orders.length === 1 ? orders[0]?.order_id : undefined)) : undefined
  useEffect(() => {
    if (only) choose(only)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per finding
  }, [only])
  const found = direct.data && !orders.some((o) => o.order_id === direct.data?.order.id) ? direct.data : undefined
  return (
    <section className="card panel">
      <div className="panel-body stack">
        <form
          className="input-row"
          role="search"
          onSubmit={(e) => {
            e.preventDefault()
            setAsked(text.trim())
          }}
        >
          <input ref={input} className="input big" value={text} onChange={(e) => setText(e.target.value)} placeholder={t('apply.find_hint')} aria-label={t('apply.find')} maxLength={100} />
          <button type="submit" className="btn primary">
            {t('apply.find')}
          </button>
        </form>
        {asked !== '' && (
          <>
            <ul className="picks">
              {found && (
                <li>
                  <button type="button" onClick={() => choose(found.order.id)}>
                    <b className="mono">{found.order.order_no}</b>
                    <span className="grow ellipsis">{found.lines.map((l) => l.title).join('、')}</span>
                    <Money minor={found.lines.reduce((n, l) => n + l.net, 0)} currency={found.order.currency} />
                  </button>
                </li>
              )}
              {orders.map((h) => (
                <li key={h.order_id}>
                  <button type="button" onClick={() => choose(h.order_id!)}>
                    <b className="mono">{h.number ?? h.title}</b>
                    <span className="grow ellipsis">{[h.title !== h.number ? h.title : '', h.snippet].filter(Boolean).join(' · ')}</span>
                  </button>
                </li>
              ))}
            </ul>
            {!hits.isFetching && !direct.isFetching && !found && orders.length === 0 && <Empty title={t('apply.no_order')}>{t('apply.no_order_text')}</Empty>}
            {hits.error && !hits.data && !found && asFault(hits.error).status !== 404 && <FaultNote fault={hits.error} compact />}
          </>
        )}
      </div>
    </section>
  )
}

interface Draft {
  quantity: Record<string, number> // by order line
  ground: string
  remedy: string
  wanted: string
  channel: Application['channel']
  appliedOn: string
  note: string
  evidence: string
  typed: Typed
}

function Form({ shop, order, lines, back }: { shop: Shop; order: Order; lines: OrderLine[]; back: () => void }) {
  const free = lines.filter((l) => l.quantity > l.claimed)
  const [d, set, clear] = useDraft<Draft>(`apply.${order.id}`, {
    quantity: free.length === 1 && free[0] ? { [free[0].id]: 1 } : {},
    ground: '',
    remedy: '',
    wanted: '',
    channel: 'chat',
    appliedOn: '',
    note: '',
    evidence: '',
    typed: {},
  })
  const words = useWords(shop.id, order.currency)
  const known = useQuery(grounds(shop.id))
  const defs = useQuery(factList(shop.id))
  const go = useNavigate()
  const chosen = lines.filter((l) => (d.quantity[l.id] ?? 0) > 0)
  const remedies = (known.data?.find((g) => g.ground === d.ground)?.remedies ?? Object.keys(askable)).filter((r) => r in askable)
  const ready = chosen.length > 0 && d.ground !== '' && d.remedy !== '' && (d.remedy !== 'exchange' || d.wanted.trim() !== '')
  const body: Application = {
    channel: d.channel,
    applied_on: d.appliedOn || undefined,
    note: d.note.trim() || undefined,
    lines: chosen.map((l) => ({
      order_line_id: l.id,
      quantity: d.quantity[l.id] ?? 1,
      ground: d.ground,
      remedy: d.remedy as Application['lines'][number]['remedy'],
      wanted: d.remedy === 'exchange' ? d.wanted.trim() : undefined,
      facts: valuesOf(d.typed, words, order.currency),
      evidence: d.evidence.trim() || undefined,
    })),
  }
  const about = JSON.stringify(body)
  const preview = useMutation<Decision[], Fault>({ mutationFn: () => ok(api.POST('/api/v1/shops/{shop}/cases/preview', { params: { path: { shop: shop.id } }, body })) as Promise<Decision[]> })
  // What the policy says follows what is typed.
  useEffect(() => {
    if (!ready) return
    const timer = window.setTimeout(() => preview.mutate(), 250)
    return () => window.clearTimeout(timer)
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the question itself is the dependency
  }, [about, ready])
  const open = useCommand<Application, View>(
    (input, key) => ok(api.POST('/api/v1/shops/{shop}/cases', { params: { path: { shop: shop.id }, header: { 'Idempotency-Key': key } }, body: input })),
    (v) => {
      clear()
      void go({ to: '/s/$shop/cases/$case', params: { shop: shop.code, case: v.case.id } })
    },
  )
  const submit = () => ready && !open.isPending && open.mutate(body)
  useShortcuts([{ keys: 'mod+Enter', label: t('apply.open'), group: t('keys.form'), run: submit, inForms: true }])

  const decisions = preview.data ?? []
  const first = decisions[0]
  // What the policy asks for, what would only matter to it, and what was answered already, in this order.
  const asks = [
    ...new Set([
      ...decisions.flatMap((x) => x.open.map((q) => q.fact)),
      ...decisions.flatMap((x) => (x.bundles[0]?.evidence ?? []).map((e) => e.fact)),
      ...decisions.flatMap((x) => (x.bundles[0]?.conditions ?? []).map((c) => c.fact)).filter((f) => defs.data?.find((y) => y.name === f)?.ask.includes('customer')),
      ...Object.keys(d.typed).filter((f) => d.typed[f] !== ''),
    ]),
  ].filter((f) => !f.startsWith('application.') && !['exchange.same_style', 'exchange.price', 'exchange.freight'].includes(f))
  const left = (l: OrderLine) => l.quantity - l.claimed
  return (
    <form
      className="case-grid apply"
      onSubmit={(e) => {
        e.preventDefault()
        submit()
      }}
    >
      <div className="case-main">
        <section className="card panel">
          <header>
            <h2 className="mono">{order.order_no}</h2>
            <button type="button" className="btn small" onClick={back}>
              {t('apply.other_order')}
            </button>
          </header>
          <div className="panel-body stack">
            <p className="muted">
              {order.status} {order.signed_on && `· ${t('order.signed_on')} ${day(order.signed_on)}`} {order.attrs.freight_insurance && <Tag>{term('freight', 'freight_insurance')}</Tag>}
            </p>
            <ul className="order-lines">
              {lines.map((l) => (
                <li key={l.id} className={(d.quantity[l.id] ?? 0) > 0 ? 'on' : ''}>
                  <label>
                    <input type="checkbox" checked={(d.quantity[l.id] ?? 0) > 0} disabled={left(l) <= 0} onChange={(e) => set({ quantity: { ...d.quantity, [l.id]: e.target.checked ? left(l) : 0 } })} />
                    <span className="grow">
                      <b>{l.title}</b> <span className="mono muted">{l.sku}</span>
                      {l.claimed > 0 && <Tag tone="warn">{t('apply.claimed', { n: l.claimed })}</Tag>}
                    </span>
                    <Money minor={l.net} currency={order.currency} />
                  </label>
                  {(d.quantity[l.id] ?? 0) > 0 && l.quantity > 1 && (
                    <span className="qty">
                      <input className="input small" type="number" min={1} max={left(l)} value={d.quantity[l.id]} aria-label={t('apply.quantity')} onChange={(e) => set({ quantity: { ...d.quantity, [l.id]: Math.max(1, Math.min(left(l), Number(e.target.value) || 1)) } })} /> / {left(l)}
                    </span>
                  )}
                </li>
              ))}
            </ul>
            {free.length === 0 && <p className="note warn">{t('apply.all_claimed')}</p>}
          </div>
        </section>
        <section className="card panel">
          <div className="panel-body stack">
            {known.data ? (
              <SelectField label={t('apply.ground')} value={d.ground} set={(ground) => set({ ground, remedy: nextRemedy(ground, d.remedy, known.data) })} required autoFocus empty={t('apply.choose')} options={known.data.map((g) => ({ value: g.ground, label: words.ground(g.ground) }))} />
            ) : (
              <Await query={known} rows={1}>
                {() => null}
              </Await>
            )}
            <Choice label={t('apply.remedy')} value={d.remedy} set={(remedy) => set({ remedy })} required options={remedies.map((r) => ({ value: r, label: term('remedy', r) }))} />
            {d.remedy === 'exchange' && (
              <>
                <TextField label={t('apply.wanted')} value={d.wanted} set={(wanted) => set({ wanted })} required max={64} mono />
                <StockNote shop={shop} sku={d.wanted.trim()} currency={order.currency} />
                <FactFields facts={['exchange.same_style', 'exchange.price', 'exchange.freight']} words={words} currency={order.currency} typed={d.typed} set={(p) => set({ typed: { ...d.typed, ...p } })} errors={(f) => open.error?.problem?.fields?.find((x) => x.path.endsWith('/facts/' + f))?.detail} />
              </>
            )}
            {ready && asks.length > 0 && (
              <>
                <h3 className="section-title">{t('apply.facts')}</h3>
                <FactFields facts={asks} words={words} currency={order.currency} typed={d.typed} set={(p) => set({ typed: { ...d.typed, ...p } })} errors={(f) => open.error?.problem?.fields?.find((x) => x.path.endsWith('/facts/' + f))?.detail} />
              </>
            )}
            <AreaField label={t('apply.note')} value={d.note} set={(note) => set({ note })} max={2000} placeholder={t('apply.note_hint')} />
            <div className="cols">
              <SelectField label={t('apply.channel')} value={d.channel} set={(channel) => set({ channel: channel as Draft['channel'] })} required options={(['chat', 'phone', 'platform', 'web', 'store', 'email', 'social'] as const).map((c) => ({ value: c, label: term('channel', c) }))} />
              <TextField label={t('apply.applied_on')} value={d.appliedOn} set={(appliedOn) => set({ appliedOn })} type="date" help={t('apply.applied_on_help')} />
              <TextField label={t('field.evidence')} value={d.evidence} set={(evidence) => set({ evidence })} max={500} placeholder={t('field.evidence_hint')} />
            </div>
          </div>
        </section>
      </div>
      <aside className="case-side sticky">
        <section className="card panel decision-panel">
          <header>
            <h2>{t('apply.preview')}</h2>
          </header>
          <div className="panel-body stack">
            {!ready ? <Empty title={t('apply.not_ready')} /> : preview.error ? <FaultNote fault={preview.error} compact /> : !first ? <p className="muted">{t('loading')}</p> : <div className={preview.isPending ? 'stale' : ''}>{decisions.map((x, i) => <DecisionPanel key={i} decision={x} shop={shop.id} currency={order.currency} words={words} choose={(b) => b.ground === d.ground && remedies.includes(b.remedy) && set({ remedy: b.remedy })} />)}</div>}
            {open.error && <FaultNote fault={open.error} compact />}
            <button type="submit" className="btn primary big" disabled={!ready || open.isPending} aria-busy={open.isPending}>
              {open.isPending ? t('sending') : t('apply.open')} <Keys keys="mod+Enter" />
            </button>
          </div>
        </section>
      </aside>
    </form>
  )
}

/** What an application can ask for; the types see that none is missing. Other remedies of a ground are journeys of their own. */
const askable: Record<Application['lines'][number]['remedy'], true> = { refund_return: true, refund_only: true, exchange: true, reissue: true, interception: true, local_repair: true, compensation: true, goodwill: true, price_protection: true }

const nextRemedy = (ground: string, now: string, all: { ground: string; remedies: string[] }[]) => {
  const can = all.find((g) => g.ground === ground)?.remedies.filter((r) => r in askable) ?? []
  return can.includes(now) ? now : (can[0] ?? now)
}
