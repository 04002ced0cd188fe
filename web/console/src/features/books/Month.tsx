import { toInput } from '../../kit/format'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../../api/client'
import { shopPath } from '../../api/queries'
import type { Shop } from '../../api/session'
import { t, term } from '../../i18n'
import { TextField } from '../../kit/form'
import { Await, Empty, Money } from '../../kit/show'
import { moneyKind } from '../../parts/MoneyState'

/** 责任方月报: what each party inside bears of the payments that arrived in a month. */
export function Month({ shop }: { shop: Shop }) {
  const [month, setMonth] = useState(() => toInput(new Date()).slice(0, 7))
  const query = useQuery({
    queryKey: ['shop', shop.id, 'chargebacks', month],
    enabled: /^\d{4}-\d{2}$/.test(month),
    queryFn: () => ok(api.GET('/api/v1/shops/{shop}/reports/chargebacks', { params: { path: { shop: shop.id }, query: { month } } })),
  })
  return (
    <section className="card panel flush">
      <header>
        <h2>{t('books.month')}</h2>
        <TextField label={t('books.which_month')} type="month" value={month} set={setMonth} required />
        <a className="btn small" href={`${shopPath(shop.id)}/reports/chargebacks/export?month=${month}`} download>
          CSV
        </a>
      </header>
      <Await query={query} rows={4}>
        {(r) =>
          r.total.length === 0 ? (
            <Empty title={t('books.nothing')} />
          ) : (
            <div className="table-scroll" tabIndex={0} role="region" aria-label={t('books.month')}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t('field.party')}</th>
                    <th scope="col">{t('books.kind')}</th>
                    <th scope="col" className="num">{t('books.count')}</th>
                    <th scope="col" className="num">{t('part.amount')}</th>
                  </tr>
                </thead>
                {r.total.map((p) => (
                  <tbody key={p.responsible + p.currency}>
                    {r.rows
                      .filter((x) => x.responsible === p.responsible && x.currency === p.currency)
                      .map((x) => (
                        <tr key={x.kind}>
                          <td>{term('party', x.responsible)}</td>
                          <td>{moneyKind(x.kind)}</td>
                          <td className="num">{x.count}</td>
                          <td className="num">
                            <Money minor={x.minor} currency={x.currency} />
                          </td>
                        </tr>
                      ))}
                    <tr>
                      <th scope="row" colSpan={2}>
                        {term('party', p.responsible)} {t('books.sum')}
                      </th>
                      <td className="num">
                        <b>{p.count}</b>
                      </td>
                      <td className="num">
                        <b>
                          <Money minor={p.minor} currency={p.currency} />
                        </b>
                      </td>
                    </tr>
                  </tbody>
                ))}
              </table>
            </div>
          )
        }
      </Await>
    </section>
  )
}
