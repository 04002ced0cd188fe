import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, call, ok } from '../../api/client'
import { shopPath } from '../../api/queries'
import type { components } from '../../api/schema'
import type { Shop } from '../../api/session'
import { may } from '../../app/shop'
import { language, t, term } from '../../i18n'
import { useCommand } from '../../kit/command'
import { FormDialog } from '../../kit/dialog'
import { AreaField, SelectField, TextField } from '../../kit/form'
import { Await, Empty, FaultNote, Money, More, Tag, When } from '../../kit/show'

type S = components['schemas']
type Difference = S['FlowDifference']

/** 对账: what providers and platforms say they gave back, against what was booked here. */
export function Statements({ shop }: { shop: Shop }) {
  return (
    <>
      {may(shop, 'money:pay') && <Upload shop={shop} />}
      <Differences shop={shop} />
      <History shop={shop} />
    </>
  )
}

function Upload({ shop }: { shop: Shop }) {
  const presets = useQuery({ queryKey: ['lasting', shop.id, 'statement-presets', language()], staleTime: Infinity, queryFn: () => ok(api.GET('/api/v1/shops/{shop}/statements/presets', { params: { path: { shop: shop.id } } })) })
  const [file, setFile] = useState<File>()
  const [preset, setPreset] = useState('')
  const [provider, setProvider] = useState('')
  const [out, setOut] = useState<S['FlowReconciled']>()
  const chosen = presets.data?.find((p) => p.name === preset)
  const run = useCommand<{ preset: string; provider: string; file: string }, S['FlowReconciled']>((q, key) => {
    const form = new FormData()
    form.set('file', file!)
    return call('POST', `${shopPath(shop.id)}/statements?${new URLSearchParams({ preset: q.preset, provider: q.provider })}`, { body: form, key })
  }, setOut)
  const ready = file && chosen && (chosen.provider || provider.trim())
  return (
    <section className="card panel">
      <div className="panel-body stack">
        <div className="cols">
          <label className="file">
            <span>{t('books.file')}</span>
            <input
              type="file"
              accept=".csv,.xlsx,.txt,text/csv"
              onChange={(e) => {
                setFile(e.target.files?.[0])
                setOut(undefined)
                run.reset()
              }}
            />
            <b className="ellipsis">{file?.name ?? t('import.choose_file')}</b>
          </label>
          <SelectField label={t('books.preset')} value={preset} set={setPreset} required empty={t('apply.choose')} options={(presets.data ?? []).map((p) => ({ value: p.name, label: p.title }))} />
          {chosen && !chosen.provider && <TextField label={t('books.provider')} value={provider} set={setProvider} required max={40} help={t('books.provider_help')} mono />}
        </div>
        <div className="actions">
          <button type="button" className="btn primary" disabled={!ready || run.isPending} aria-busy={run.isPending} onClick={() => run.mutate({ preset, provider: chosen?.provider ?? provider.trim(), file: file ? `${file.name} ${file.size} ${file.lastModified}` : '' })}>
            {run.isPending ? t('import.working') : t('books.reconcile')}
          </button>
          <span className="muted">{t('books.note')}</span>
        </div>
        {run.error && <FaultNote fault={run.error} compact />}
        {out && (
          <div className={`note ${out.faults.length > 0 || out.open > 0 ? 'warn' : 'good'}`} role="status">
            <b>{out.faults.length > 0 ? t('import.faulty', { n: out.faults.length }) : t('books.result', { refunds: out.statement.refunds, fresh: out.statement.fresh, matched: out.matched, open: out.open, passed: out.passed })}</b>
            {out.known && <p>{t('books.known')}</p>}
            {out.faults.slice(0, 50).map((f, i) => (
              <p key={i}>
                {t('import.row')} {f.row} {f.column}: {f.detail}
              </p>
            ))}
          </div>
        )}
      </div>
    </section>
  )
}

function Differences({ shop }: { shop: Shop }) {
  const [resolving, setResolving] = useState<Difference>()
  const list = useInfiniteQuery({
    queryKey: ['shop', shop.id, 'money-differences'],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<S['ListFlowDifference']>('GET', pageParam) : ok(api.GET('/api/v1/shops/{shop}/statements/differences', { params: { path: { shop: shop.id } } }))),
    getNextPageParam: (last) => last.next || undefined,
  })
  const rows = list.data?.pages.flatMap((p) => p.items)
  return (
    <section className="card panel flush">
      <header>
        <h2>{t('books.differences')}</h2>
        {rows && rows.length > 0 && (
          <a className="btn small" href={`${shopPath(shop.id)}/statements/differences/export`} download>
            CSV
          </a>
        )}
      </header>
      <Await query={{ ...list, data: rows }} rows={3}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('books.agree')} />
          ) : (
            <ul className="runs">
              {items.map((d) => (
                <li key={d.id}>
                  <span className="grow">
                    <b>{term('difference', d.what)}</b> <Tag>{term('tender', d.provider)}</Tag>
                    <br />
                    <span className="muted mono select">{[d.external_no, d.our_no || d.payout_no, d.order_no].filter(Boolean).join(' · ')}</span> {d.at && <When at={d.at} />}
                  </span>
                  <span className="end">
                    {t('books.theirs')} {d.theirs ? <Money minor={d.theirs} currency={d.currency} /> : '—'}
                    <br />
                    {t('books.ours')} {d.ours ? <Money minor={d.ours} currency={d.currency} /> : '—'}
                  </span>
                  {d.case_id && (
                    <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: d.case_id }} className="btn small">
                      {term('thing', 'case')}
                    </Link>
                  )}
                  {may(shop, 'money:pay') && (
                    <button type="button" className="btn small" onClick={() => setResolving(d)}>
                      {t('books.resolve')}
                    </button>
                  )}
                </li>
              ))}
              <More list={list} />
            </ul>
          )
        }
      </Await>
      {resolving && <Resolve shop={shop} of={resolving} close={() => setResolving(undefined)} />}
    </section>
  )
}

function Resolve({ shop, of, close }: { shop: Shop; of: Difference; close: () => void }) {
  const [reason, setReason] = useState('')
  const send = useCommand<{ reason: string; version: number }, unknown>(
    (body, key) => ok(api.POST('/api/v1/shops/{shop}/money-differences/{id}/resolve', { params: { path: { shop: shop.id, id: of.id }, header: { 'Idempotency-Key': key } }, body })),
    close,
  )
  return (
    <FormDialog title={`${t('books.resolve')} · ${term('difference', of.what)}`} submit={t('books.resolve')} busy={send.isPending} disabled={!reason.trim()} fault={send.error} onSubmit={() => send.mutate({ reason: reason.trim(), version: of.version })} onClose={close}>
      <AreaField label={t('books.reason')} value={reason} set={setReason} required max={2000} help={t('books.reason_help')} />
    </FormDialog>
  )
}

function History({ shop }: { shop: Shop }) {
  const list = useQuery({ queryKey: ['shop', shop.id, 'statements'], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/statements', { params: { path: { shop: shop.id } } })) })
  return (
    <section className="card panel flush">
      <header>
        <h2>{t('books.history')}</h2>
      </header>
      <Await query={list} rows={3}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty title={t('books.none')} />
          ) : (
            <ul className="runs">
              {page.items.map((s) => (
                <li key={s.id}>
                  <span className="grow">
                    <b className="ellipsis">{s.file_name}</b>
                    <span className="muted">
                      {term('tender', s.provider)} · {s.imported_by} · <When at={s.imported_at} />
                    </span>
                  </span>
                  <span className="muted">{t('books.lines', { refunds: s.refunds, fresh: s.fresh })}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </section>
  )
}
