import { useQuery } from '@tanstack/react-query'
import { stock } from '../api/queries'
import type { Shop } from '../api/session'
import type { LineView } from '../api/types'
import { t, term } from '../i18n'
import { day, money } from '../kit/format'
import { When } from '../kit/show'

/** What an exchange costs, and whether its article is held: what both sides see before anything moves. */
export function ExchangeNote({ line, currency }: { line: LineView; currency: string }) {
  const x = line.exchange
  if (!x) return null
  const gap = x.gap
  return (
    <>
      {t('case.wanted', { sku: [x.title, line.wanted].filter(Boolean).join(' ') })}
      {' · '}
      {gap === undefined ? t('exchange.gap_unknown') : gap === 0 ? t('exchange.even') : gap > 0 ? `${term('money', 'top_up')} ${money(gap, currency)}` : `${term('money', 'difference_back')} ${money(-gap, currency)}`}
      {!!x.paid && ` · ${t('exchange.paid', { amount: money(x.paid, currency) })}`}
      {x.deposit && (
        <>
          {' · '}
          {t('money.deposit')} {money(x.deposit.minor, currency)} {term('settlement', x.deposit.state)}
          {!!x.deposit.taken && ` ${t('advance.taken', { amount: money(x.deposit.taken, currency) })}`}
          {x.deposit.send_by && ` · ${t(x.deposit.told ? 'advance.send_by' : 'advance.send_by_untold', { day: day(x.deposit.send_by) })}`}
        </>
      )}
      {x.held ? (
        <>
          {' · '}
          {term('status', 'stock_reserved')} ×{x.held}
          {x.until && (
            <>
              {' '}
              {t('exchange.until')} <When at={x.until} />
            </>
          )}
        </>
      ) : (
        x.free !== undefined && ['requested', 'approved', 'awaiting', 'awaiting_approval', 'no_stock'].includes(line.status) && ` · ${t('exchange.free', { n: x.free })}`
      )}
    </>
  )
}

/** What there is of an article somebody types, as far as the stock is known. */
export function StockNote({ shop, sku, currency }: { shop: Shop; sku: string; currency: string }) {
  const found = useQuery({ ...stock(shop.id, sku), enabled: sku !== '' })
  if (sku === '' || !found.data) return null
  const a = found.data.items[0]
  return (
    <p className={a && a.free <= 0 ? 'note warn' : 'muted'} role="status">
      {a ? [a.title, t('exchange.free', { n: a.free }), a.price !== undefined && money(a.price, currency)].filter(Boolean).join(' · ') : t('exchange.unknown')}
    </p>
  )
}
