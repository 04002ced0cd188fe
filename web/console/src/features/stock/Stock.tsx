import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/client'
import { holdsOf, shopPath, stockList } from '../../api/queries'
import type { components } from '../../api/schema'
import type { Shop } from '../../api/session'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { money } from '../../kit/format'
import { TextField } from '../../kit/form'
import { Await, Empty, FaultNote, More, Tag, When } from '../../kit/show'

type Article = components['schemas']['StockArticle']
type SheetIn = components['schemas']['FlowSheetIn']

/** 库存: what there is, what of it is held and for whom, what can still be promised. */
export function Stock() {
  const shop = useShop()
  const [q, setQ] = useState('')
  const [open, setOpen] = useState('')
  const list = useInfiniteQuery(stockList(shop.id, q.trim()))
  const rows = list.data?.pages.flatMap((p) => p.items)
  return (
    <div className="page">
      <h1 className="page-title">{t('nav.stock')}</h1>
      <section className="card panel">
        <div className="panel-body">
          <TextField label={t('stock.find')} value={q} set={setQ} required max={64} mono placeholder={t('stock.find_hint')} />
        </div>
      </section>
      <section className="card panel flush">
        <Await query={{ ...list, data: rows }} rows={6}>
          {(articles) =>
            articles.length === 0 ? (
              <Empty title={t('stock.empty')}>{t('stock.empty_text')}</Empty>
            ) : (
              <ul className="picks">
                {articles.map((a) => (
                  <li key={a.sku} className={a.sku === open ? 'on' : ''}>
                    <button type="button" aria-expanded={a.sku === open} onClick={() => setOpen(a.sku === open ? '' : a.sku)}>
                      <span className="grow ellipsis">
                        <b className="mono">{a.sku}</b> <span className="muted">{a.title}</span>
                        <br />
                        <span className="muted small">
                          {t('stock.on_hand', { n: a.on_hand })} · {t('stock.held', { n: a.held })}
                          {a.price !== undefined && ` · ${money(a.price, shop.currency)}`}
                        </span>
                      </span>
                      <Tag tone={a.free > 0 ? 'good' : 'bad'}>{t('stock.free', { n: a.free })}</Tag>
                    </button>
                    {a.sku === open && <Holds shop={shop} article={a} />}
                  </li>
                ))}
                <More list={list} />
              </ul>
            )
          }
        </Await>
      </section>
      {may(shop, 'orders:import') && (
        <>
          <Table shop={shop} kind="stock" path="/stock/import" onDone={() => void list.refetch()} />
          <Table shop={shop} kind="waybills" path="/waybills" onDone={() => undefined} />
        </>
      )}
    </div>
  )
}

function Holds({ shop, article }: { shop: Shop; article: Article }) {
  const holds = useQuery({ ...holdsOf(shop.id, article.sku), enabled: may(shop, 'cases:read') })
  return (
    <div className="panel-body">
      <p className="muted small">
        {t('stock.said')} <When at={article.updated_at} />
      </p>
      {may(shop, 'cases:read') && (
        <Await query={holds} rows={1}>
          {(found) =>
            found.length === 0 ? (
              <p className="muted">{t('stock.nobody')}</p>
            ) : (
              <ul className="stack">
                {found.map((h) => (
                  <li key={h.case_id + h.held_at}>
                    <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: h.case_id }}>
                      {h.customer.nick || h.customer.name || h.case_number}
                    </Link>{' '}
                    ×{h.quantity} <span className="muted">{h.until ? <>{t('stock.until')} <When at={h.until} /></> : t('stock.as_long')}</span>
                  </li>
                ))}
              </ul>
            )
          }
        </Await>
      )}
    </div>
  )
}

/** A table is looked at first: what each row would do; then it is taken over. */
function Table({ shop, kind, path, onDone }: { shop: Shop; kind: 'stock' | 'waybills'; path: string; onDone: () => void }) {
  const [file, setFile] = useState<File>()
  const [seen, setSeen] = useState<SheetIn>()
  const [done, setDone] = useState(false)
  const send = useCommand<{ dry: boolean; file: string }, SheetIn>(
    ({ dry }, key) => {
      const form = new FormData()
      if (file) form.set('file', file)
      return call('POST', `${shopPath(shop.id)}${path}?dry_run=${dry}`, { body: form, key })
    },
    (out, { dry }) => {
      setSeen(out)
      setDone(!dry)
      if (!dry) onDone()
    },
  )
  const name = file ? `${file.name} ${file.size} ${file.lastModified}` : ''
  return (
    <section className="card panel">
      <header>
        <h2>{t(`stock.${kind}_in`)}</h2>
      </header>
      <div className="panel-body stack">
        <p className="muted">{t(`stock.${kind}_text`)}</p>
        <label className="stack">
          <span className="muted">{t('stock.file')}</span>
          <input
            type="file"
            className="input"
            accept=".csv,.xlsx,text/csv"
            onChange={(e) => {
              setFile(e.target.files?.[0])
              setSeen(undefined)
              setDone(false)
            }}
          />
        </label>
        {send.error && <FaultNote fault={send.error} compact />}
        {seen && (
          <div className={seen.wrong ? 'note warn' : 'note good'} role="status">
            <b>{t(done ? 'stock.taken' : 'stock.would', { new: seen.new, known: seen.known, wrong: seen.wrong })}</b>
            <ul>
              {seen.rows
                .filter((r) => r.result === 'wrong')
                .slice(0, 100)
                .map((r) => (
                  <li key={r.row}>
                    {t('stock.row', { n: r.row })} <span className="mono">{r.what}</span> {r.detail}
                  </li>
                ))}
            </ul>
          </div>
        )}
        <div className="actions">
          <button type="button" className="btn" disabled={!file || send.isPending} onClick={() => send.mutate({ dry: true, file: name })}>
            {t('stock.look')}
          </button>
          <button type="button" className="btn primary" disabled={!seen || done || seen.new === 0 || send.isPending} onClick={() => send.mutate({ dry: false, file: name })}>
            {t('stock.take')}
          </button>
        </div>
      </div>
    </section>
  )
}
