import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, call, ok } from '../../api/client'
import type { Fault } from '../../api/fault'
import { grounds, shopPath } from '../../api/queries'
import type { components } from '../../api/schema'
import type { Shop } from '../../api/session'
import { useShop } from '../../app/shop'
import { language, t, term, type Key } from '../../i18n'
import { useCommand } from '../../kit/command'
import { SelectField } from '../../kit/form'
import { list as listOf } from '../../kit/format'
import { Await, Empty, FaultNote, More, Tag, When } from '../../kit/show'
import { MappingForm, type Named } from './Mapping'

type S = components['schemas']
export type Sniffed = S['FlowSniffed']
export type Mapping = S['IntakeMapping']
export type Layouts = S['FlowImportLayouts']
type Imported = S['FlowImported']

/** 导入: a file is looked at, its layout guessed and corrected, checked, and only then imported. */
export function Imports() {
  const shop = useShop()
  return (
    <div className="page">
      <h1 className="page-title">{t('nav.imports')}</h1>
      <Upload shop={shop} />
      <Differences shop={shop} />
      <Runs shop={shop} />
    </div>
  )
}

const layoutsOf = (shop: string) => ({ queryKey: ['lasting', shop, 'layouts', language()], staleTime: Infinity, queryFn: () => ok(api.GET('/api/v1/shops/{shop}/imports/presets', { params: { path: { shop } } })) })
const mappingsOf = (shop: string) => ({ queryKey: ['shop', shop, 'mappings'], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/import-mappings', { params: { path: { shop } } })) })

function Upload({ shop }: { shop: Shop }) {
  const layouts = useQuery(layoutsOf(shop.id))
  const mappings = useQuery(mappingsOf(shop.id))
  const known = useQuery(grounds(shop.id))
  const [orders, setOrders] = useState<File>()
  const [items, setItems] = useState<File>()
  const [layout, setLayout] = useState('') // "p:taobao" a preset, "m:name" a mapping
  const [ground, setGround] = useState('')
  const [checked, setChecked] = useState<Imported>()
  const [mapping, setMapping] = useState<Named>()

  const look = useMutation<Sniffed, Fault, File>({
    mutationFn: (file) => {
      const form = new FormData()
      form.set('orders', file)
      return call('POST', `${shopPath(shop.id)}/imports/sniff`, { body: form })
    },
    onSuccess: (s) => setLayout((old) => old || (s.preset ? 'p:' + s.preset : '')),
  })
  const run = useCommand<{ dry: boolean; layout: string; ground: string; files: string }, Imported>(
    ({ dry }, key) => {
      const form = new FormData()
      form.set('orders', orders!)
      if (items) form.set('items', items)
      const q = new URLSearchParams({ [layout.startsWith('m:') ? 'mapping' : 'preset']: layout.slice(2) })
      if (ground) q.set('ground', ground)
      if (dry) q.set('dry_run', 'true')
      return call('POST', `${shopPath(shop.id)}/imports?${q}`, { body: form, key })
    },
    setChecked,
  )
  const preset = layouts.data?.presets.find((p) => 'p:' + p.name === layout)
  const kind = preset?.kind ?? mappings.data?.items.find((m) => 'm:' + m.name === layout)?.kind
  const start = (dry: boolean) => run.mutate({ dry, layout, ground, files: [orders, items].map(about).join() })
  const afresh = () => {
    setChecked(undefined)
    run.reset()
  }
  return (
    <section className="card panel">
      <div className="panel-body stack">
        <div className="cols">
          <FileField
            label={t('import.orders')}
            file={orders}
            required
            set={(f) => {
              setOrders(f)
              setLayout('')
              setMapping(undefined)
              afresh()
              if (f) look.mutate(f)
            }}
          />
          {preset?.items && <FileField label={t('import.items')} file={items} set={(f) => { setItems(f); afresh() }} />}
        </div>
        {!orders && layouts.data && <p className="muted">{t('import.formats', { list: listOf(layouts.data.presets.map((p) => p.title)) })}</p>}
        {look.isPending && <p className="muted">{t('import.working')}</p>}
        {look.error && <FaultNote fault={look.error} compact />}
        {look.data && orders && (
          <>
            <Sample s={look.data} />
            <div className="cols">
              <SelectField
                label={t('import.preset')}
                value={layout}
                set={(v) => {
                  setLayout(v)
                  setMapping(undefined)
                  afresh()
                }}
                required
                empty={t('apply.choose')}
                help={preset && t('import.source', { date: preset.source.date })}
                options={[
                  ...(layouts.data?.presets ?? []).map((p) => ({ value: 'p:' + p.name, label: `${p.title}${look.data.preset === p.name ? t('import.guessed') : ''}` })),
                  ...(mappings.data?.items ?? []).map((m) => ({ value: 'm:' + m.name, label: t('import.own', { name: m.name ?? '' }) })),
                ]}
              />
              {kind === 'after_sale' && <SelectField label={t('import.ground')} value={ground} set={setGround} empty={t('import.ground_none')} options={(known.data ?? []).map((g) => ({ value: g.ground, label: term('ground', g.ground) }))} help={t('import.ground_help')} />}
            </div>
            {!layout && look.data.missing.length > 0 && <p className="note warn">{t('import.no_guess', { columns: look.data.missing.join('、') })}</p>}
            <div className="actions">
              <button type="button" className="btn primary" disabled={!layout || run.isPending} onClick={() => start(true)}>
                {run.isPending ? t('import.working') : t('import.check')}
              </button>
              <button type="button" className="btn" disabled={!checked?.dry_run || checked.faults > 0 || run.isPending} onClick={() => start(false)}>
                {t('import.go')}
              </button>
              <button
                type="button"
                className="btn"
                aria-expanded={!!mapping}
                onClick={() => setMapping(mapping ? undefined : { ...(mappings.data?.items.find((m) => 'm:' + m.name === layout) ?? look.data.mapping), name: layout.startsWith('m:') ? layout.slice(2) : look.data.mapping.name || 'own' })}
              >
                {t('import.adjust')}
              </button>
            </div>
            {mapping && layouts.data && (
              <MappingForm
                key={mapping.name}
                shop={shop}
                start={mapping}
                sniffed={look.data}
                layouts={layouts.data}
                done={(name) => {
                  setMapping(undefined)
                  setLayout('m:' + name)
                  afresh()
                }}
              />
            )}
          </>
        )}
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

/** The first rows as they stand in the file. */
function Sample({ s }: { s: Sniffed }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('import.sample')}>
      <table className="sample">
        <thead>
          <tr>
            {s.columns.map((c, i) => (
              <th key={i} scope="col">
                {c.title || `#${i + 1}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {s.rows.slice(0, 3).map((row, i) => (
            <tr key={i}>
              {s.columns.map((_, j) => (
                <td key={j}>{row[j]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Result({ r }: { r: Imported }) {
  const a = r.after_sale
  return (
    <div className={`note ${r.faults > 0 ? 'bad' : 'good'}`} role="status">
      <b>{r.faults > 0 ? t('import.faulty', { n: r.faults }) : r.dry_run ? t('import.clean') : t('import.done')}</b>
      <p>{t('import.counts', { rows: r.rows, orders: r.created.orders, lines: r.created.lines, returns: r.created.returns, same: r.unchanged.lines + r.unchanged.returns, skipped: r.skipped })}</p>
      {a && <p>{t('import.after_sale', { opened: a.opened, updated: a.updated, confirmed: a.confirmed, differences: a.differences, unmatched: a.unmatched })}</p>}
      {r.fault_list.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('import.what')}>
          <table>
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
                  <td>
                    {f.detail}
                    {f.text && <span className="muted"> {f.text}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  )
}

/** Where the platform says something else than we do. */
function Differences({ shop }: { shop: Shop }) {
  const list = useQuery({ queryKey: ['shop', shop.id, 'differences'], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/imports/differences', { params: { path: { shop: shop.id } } })) })
  const open = list.data?.items.filter((d) => !d.resolved_at) ?? []
  if (open.length === 0) return null
  return (
    <section className="card panel flush">
      <header>
        <h2>{t('import.differences')}</h2>
      </header>
      <ul className="runs">
        {open.map((d) => (
          <li key={d.id}>
            <span className="grow">
              <b>{t(`difference.${d.what}`)}</b> <span className="mono muted">{d.return_no || d.order_no}</span>
              <br />
              <span className="muted">{t('import.differs', { ours: d.ours || '—', theirs: d.theirs || '—' })}</span>
            </span>
            {d.case_id && (
              <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: d.case_id }} className="btn small">
                {term('thing', 'case')}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Runs({ shop }: { shop: Shop }) {
  const list = useInfiniteQuery({
    queryKey: ['shop', shop.id, 'imports'],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<S['ListOrderRun']>('GET', pageParam) : ok(api.GET('/api/v1/shops/{shop}/imports', { params: { path: { shop: shop.id } } }))),
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: (q) => (q.state.data?.pages.some((p) => p.items.some((r) => r.state === 'running')) ? 1500 : false),
  })
  const cancel = useCommand<string, unknown>((id, key) => ok(api.POST('/api/v1/shops/{shop}/imports/{import}/cancel', { params: { path: { shop: shop.id, import: id }, header: { 'Idempotency-Key': key } } })))
  const layouts = useQuery(layoutsOf(shop.id))
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
                      {r.mapping || (layouts.data?.presets.find((p) => p.name === r.preset)?.title ?? r.preset)} · {r.actor} · <When at={r.started_at} /> · {t('import.run', { created: r.created, same: r.unchanged })}
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
              <More list={list} />
            </ul>
          )
        }
      </Await>
    </section>
  )
}
