import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, call, ok } from '../../api/client'
import type { components } from '../../api/schema'
import { shopPath } from '../../api/queries'
import type { Shop } from '../../api/session'
import { useShop } from '../../app/shop'
import { t, type Key } from '../../i18n'
import { useCommand } from '../../kit/command'
import { SelectField } from '../../kit/form'
import { Await, Empty, FaultNote, Tag, When } from '../../kit/show'

type Imported = components['schemas']['FlowImported']
type Run = components['schemas']['OrderRun']

interface Preset {
  name: string
  title?: string
  kind?: string
  items?: boolean
}

/** 导入: choose a file, see what it would do and what is wrong with it, then import; below, what was imported before. */
export function Imports() {
  const shop = useShop()
  return (
    <div className="page">
      <h1 className="page-title">{t('nav.imports')}</h1>
      <Upload shop={shop} />
      <Runs shop={shop} />
    </div>
  )
}

function usePresets(shop: string) {
  return useQuery({
    queryKey: ['lasting', shop, 'presets'],
    staleTime: Infinity,
    queryFn: () => call<{ items: Preset[] } | Preset[]>('GET', `${shopPath(shop)}/imports/presets`).then((x) => (Array.isArray(x) ? x : x.items)),
  })
}

function Upload({ shop }: { shop: Shop }) {
  const presets = usePresets(shop.id)
  const [preset, setPreset] = useState('')
  const [orders, setOrders] = useState<File>()
  const [items, setItems] = useState<File>()
  const [checked, setChecked] = useState<Imported>()
  const chosen = presets.data?.find((p) => p.name === preset)
  const run = useCommand<{ dry: boolean; preset: string; orders: string; items: string }, Imported>(
    ({ dry }, key) => {
      const form = new FormData()
      form.set('orders', orders!)
      if (items) form.set('items', items)
      return call('POST', `${shopPath(shop.id)}/imports?preset=${encodeURIComponent(preset)}${dry ? '&dry_run=true' : ''}`, { body: form, key })
    },
    (out) => setChecked(out),
  )
  const start = (dry: boolean) => run.mutate({ dry, preset, orders: about(orders), items: about(items) })
  const clean = checked && checked.faults === 0
  return (
    <section className="card panel">
      <div className="panel-body stack">
        <Await query={presets} rows={1}>
          {(list) => (
            <SelectField
              label={t('import.preset')}
              value={preset}
              set={(p) => {
                setPreset(p)
                setChecked(undefined)
              }}
              required
              empty={t('apply.choose')}
              options={list.map((p) => ({ value: p.name, label: p.title ? `${p.title}（${p.name}）` : p.name }))}
            />
          )}
        </Await>
        <div className="cols">
          <FileField label={t('import.orders')} file={orders} set={(f) => { setOrders(f); setChecked(undefined) }} required />
          {(chosen?.items ?? preset === 'taobao') && <FileField label={t('import.items')} file={items} set={(f) => { setItems(f); setChecked(undefined) }} />}
        </div>
        <div className="actions">
          <button type="button" className="btn primary" disabled={!preset || !orders || run.isPending} onClick={() => start(true)}>
            {run.isPending ? t('import.working') : t('import.check')}
          </button>
          <button type="button" className="btn" disabled={!clean || !checked.dry_run || run.isPending} onClick={() => start(false)}>
            {t('import.go')}
          </button>
        </div>
        {run.error && <FaultNote fault={run.error} />}
        {checked && <Result r={checked} />}
      </div>
    </section>
  )
}

const about = (f?: File) => (f ? `${f.name} ${f.size} ${f.lastModified}` : '')

function FileField({ label, file, set, required }: { label: string; file?: File; set: (f?: File) => void; required?: boolean }) {
  return (
    <label className="file">
      <span>
        {label}
        {!required && <span className="optional">{t('optional')}</span>}
      </span>
      <input type="file" accept=".csv,.xlsx,.txt,text/csv" onChange={(e) => set(e.target.files?.[0])} />
      <b className="ellipsis">{file?.name ?? t('import.choose_file')}</b>
    </label>
  )
}

function Result({ r }: { r: Imported }) {
  return (
    <div className={`note ${r.faults > 0 ? 'bad' : 'good'}`} role="status">
      <b>{r.faults > 0 ? t('import.faulty', { n: r.faults }) : r.dry_run ? t('import.clean') : t('import.done')}</b>
      <p>
        {t('import.counts', { rows: r.rows, orders: r.created.orders, lines: r.created.lines, returns: r.created.returns, same: r.unchanged.lines + r.unchanged.returns, skipped: r.skipped })}
      </p>
      {r.fault_list.length > 0 && (
        <div className="table-scroll">
          <table className="faults">
            <thead>
              <tr>
                <th scope="col">{t('import.row')}</th>
                <th scope="col">{t('import.column')}</th>
                <th scope="col">{t('import.what')}</th>
              </tr>
            </thead>
            <tbody>
              {r.fault_list.slice(0, 200).map((f, i) => (
                <tr key={i}>
                  <td className="num">{f.row || ''}</td>
                  <td>{f.column}</td>
                  <td>{f.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

function Runs({ shop }: { shop: Shop }) {
  const list = useInfiniteQuery({
    queryKey: ['shop', shop.id, 'imports'],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<{ items: Run[]; next?: string }>('GET', pageParam) : ok(api.GET('/api/v1/shops/{shop}/imports', { params: { path: { shop: shop.id } } }))),
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: (q) => (q.state.data?.pages.some((p) => p.items.some((r) => r.state === 'running')) ? 1500 : false),
  })
  const cancel = useCommand<string, unknown>((id, key) => ok(api.POST('/api/v1/shops/{shop}/imports/{import}/cancel', { params: { path: { shop: shop.id, import: id }, header: { 'Idempotency-Key': key } } })))
  const runs = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <section className="card panel flush">
      <header>
        <h2>{t('import.history')}</h2>
      </header>
      <Await query={{ ...list, data: list.data && runs }} rows={3}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t('import.none')} />
          ) : (
            <ul className="runs">
              {rows.map((r) => (
                <li key={r.id}>
                  <span className="grow">
                    <b className="ellipsis">{r.file_name}</b>
                    <span className="muted">
                      {r.preset} · <When at={r.started_at} /> · {t('import.run', { created: r.created, same: r.unchanged })}
                    </span>
                  </span>
                  {r.state === 'running' && <progress max={r.bytes_total} value={r.bytes_done} aria-label={t('import.working')} />}
                  <Tag tone={r.state === 'done' ? 'good' : r.state === 'running' ? 'warn' : 'bad'}>{t(`import.state.${r.state}` as Key)}</Tag>
                  {r.state === 'running' && (
                    <button type="button" className="btn small" onClick={() => cancel.mutate(r.id)}>
                      {t('import.cancel')}
                    </button>
                  )}
                </li>
              ))}
              {list.hasNextPage && (
                <li>
                  <button type="button" className="btn more" onClick={() => void list.fetchNextPage()}>
                    {t('more')}
                  </button>
                </li>
              )}
            </ul>
          )
        }
      </Await>
    </section>
  )
}
