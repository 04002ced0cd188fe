import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, call, ok } from '../../api/client'
import type { components } from '../../api/schema'
import type { Shop } from '../../api/session'
import { may } from '../../app/shop'
import { t, term } from '../../i18n'
import { useCommand } from '../../kit/command'
import { FormDialog } from '../../kit/dialog'
import { TextField } from '../../kit/form'
import { day, toInput } from '../../kit/format'
import { Await, Empty, Money, More, When } from '../../kit/show'

type S = components['schemas']
type Letter = S['SettleRedLetter']

/** 发票红冲: what is to be reversed because money went back; the number of the red letter ends it. */
export function RedLetters({ shop }: { shop: Shop }) {
  const [state, setState] = useState<'open' | 'done'>('open')
  const [issuing, setIssuing] = useState<Letter>()
  const list = useInfiniteQuery({
    queryKey: ['shop', shop.id, 'red-letters', state],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<S['ListSettleRedLetter']>('GET', pageParam) : ok(api.GET('/api/v1/shops/{shop}/red-letters', { params: { path: { shop: shop.id }, query: { state } } }))),
    getNextPageParam: (last) => last.next || undefined,
  })
  return (
    <section className="card panel flush">
      <header>
        <h2>{t('books.letters')}</h2>
        <div className="views" role="group" aria-label={t('books.letters')}>
          {(['open', 'done'] as const).map((s) => (
            <button key={s} type="button" className={s === state ? 'view on' : 'view'} aria-pressed={s === state} onClick={() => setState(s)}>
              {term('red_letter', s)}
            </button>
          ))}
        </div>
      </header>
      <Await query={{ ...list, data: list.data?.pages.flatMap((p) => p.items) }} rows={4}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={t('books.no_letters')} />
          ) : (
            <ul className="runs">
              {items.map((l) => (
                <li key={l.id}>
                  <span className="grow">
                    {t('books.invoice')} <b className="mono select">{l.invoice_no}</b>
                    <br />
                    <span className="muted">
                      {l.number ? t('books.issued', { number: l.number, day: l.issued_on ? day(l.issued_on) : '', by: l.done_by ?? '' }) : <When at={l.opened_at} />}
                    </span>
                  </span>
                  <b>
                    <Money minor={-l.minor} currency={l.currency} />
                  </b>
                  <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: l.case_id }} className="btn small">
                    {term('thing', 'case')}
                  </Link>
                  {l.state === 'open' && may(shop, 'money:pay') && (
                    <button type="button" className="btn small primary" onClick={() => setIssuing(l)}>
                      {t('books.issue')}
                    </button>
                  )}
                </li>
              ))}
              <More list={list} />
            </ul>
          )
        }
      </Await>
      {issuing && <Issue shop={shop} of={issuing} close={() => setIssuing(undefined)} />}
    </section>
  )
}

function Issue({ shop, of, close }: { shop: Shop; of: Letter; close: () => void }) {
  const [number, setNumber] = useState('')
  const [on, setOn] = useState(() => toInput(new Date()).slice(0, 10))
  const send = useCommand<{ number: string; issued_on: string; version: number }, unknown>(
    (body, key) => ok(api.POST('/api/v1/shops/{shop}/red-letters/{id}/issue', { params: { path: { shop: shop.id, id: of.id }, header: { 'Idempotency-Key': key } }, body })),
    close,
  )
  return (
    <FormDialog title={`${t('books.issue')} · ${of.invoice_no}`} submit={t('books.issue')} busy={send.isPending} disabled={!number.trim() || !on} fault={send.error} onSubmit={() => send.mutate({ number: number.trim(), issued_on: on, version: of.version })} onClose={close}>
      <p className="muted">
        {t('books.issue_help')} <Money minor={-of.minor} currency={of.currency} />
      </p>
      <TextField label={t('books.number')} value={number} set={setNumber} required max={20} mono inputMode="numeric" error={send.error?.field('/number')} />
      <TextField label={t('books.issued_on')} type="date" value={on} set={setOn} required />
    </FormDialog>
  )
}
