import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { vocabulary, type Backtest, type Run } from '../../api/studio'
import { may, useShop } from '../../app/shop'
import { t, term, type Key } from '../../i18n'
import { list, money } from '../../kit/format'
import { Empty, Tag } from '../../kit/show'
import { OutcomeTag } from '../../parts/Decision'
import { TryIt } from '../../parts/TryIt'
import { wordsOf } from '../../parts/words'
import { Flow } from './Flow'

const signed = (minor: number, currency: string) => (minor > 0 ? '+' : '') + money(minor, currency)

/** What a draft would have cost: outcomes and money that move, by reason and article, and the cases to look at. */
export function BacktestResult({ b, r }: { b: Backtest; r: Run }) {
  const shop = useShop()
  const moved = b.by_outcome.filter((x) => x.from !== x.to)
  const currencies = [...new Set([...Object.keys(b.money_before), ...Object.keys(b.money_after)])]
  if (b.cases === 0) return <Empty title={t('backtest.nothing')}>{t('backtest.nothing_text')}</Empty>
  return (
    <>
      <div className="tiles checks">
        <div className="tile plain">
          <b className="num">{b.cases}</b>
          <span>{t('backtest.cases')}</span>
        </div>
        <div className={`tile plain ${b.changed ? 'warn' : ''}`}>
          <b className="num">{b.changed}</b>
          <span>{t('backtest.changed')}</span>
        </div>
        {currencies.map((c) => (
          <div key={c} className="tile plain">
            <b className="num">{signed((b.money_after[c] ?? 0) - (b.money_before[c] ?? 0), c)}</b>
            <span>{t('backtest.money', { before: money(b.money_before[c] ?? 0, c), after: money(b.money_after[c] ?? 0, c) })}</span>
          </div>
        ))}
      </div>
      {b.changed === 0 && <p className="note good">{t('backtest.same')}</p>}
      <Remarks b={b} />
      {moved.length > 0 && (
        <section className="card panel">
          <header>
            <h3>{t('backtest.outcomes')}</h3>
          </header>
          <div className="panel-body split-chart">
            <Flow bands={moved} name={(o) => t(`outcome.${o}` as Key)} label={t('backtest.outcomes')} />
            <div className="table-scroll" tabIndex={0} role="region" aria-label={t('backtest.outcomes')}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t('backtest.before')}</th>
                    <th scope="col">{t('backtest.after')}</th>
                    <th scope="col" className="end">
                      {t('backtest.number')}
                    </th>
                    <th scope="col" className="end">
                      {t('backtest.money_moved')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {moved.map((x) => (
                    <tr key={x.from + x.to}>
                      <td>
                        <OutcomeTag outcome={x.from} />
                      </td>
                      <td>
                        <OutcomeTag outcome={x.to} />
                      </td>
                      <td className="end num">{x.n}</td>
                      <td className="end num">{signed(x.minor, shop.currency)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </div>
        </section>
      )}
      <Bars title={t('backtest.by_reason')} rows={b.by_reason.filter((x) => x.changed > 0).map((x) => ({ name: term('ground', x.ground), n: x.changed, minor: x.after - x.before }))} />
      <Bars title={t('backtest.by_product')} rows={b.by_product.map((x) => ({ name: x.title || x.sku || t('backtest.other_products'), n: x.n, minor: x.minor }))} />
      {b.examples.length > 0 && <Examples b={b} r={r} />}
    </>
  )
}

/** What the numbers leave out. */
function Remarks({ b }: { b: Backtest }) {
  const skipped = b.skipped.reduce((n, s) => n + s.n, 0)
  const lines = [
    b.would_ask > 0 && t('backtest.would_ask', { n: b.would_ask }),
    b.unpriced > 0 && t('backtest.unpriced', { n: b.unpriced }),
    b.terms > 0 && t('backtest.terms', { n: b.terms }),
    b.not_replayed > 0 && t('backtest.not_replayed', { n: b.not_replayed }),
    skipped > 0 && t('backtest.skipped', { n: skipped }),
    ...b.freight.map((f) => (f.to_shop > 0 ? t('backtest.freight_shop', { leg: term('leg', f.leg), n: f.to_shop }) : '')),
    ...b.freight.map((f) => (f.to_customer > 0 ? t('backtest.freight_customer', { leg: term('leg', f.leg), n: f.to_customer }) : '')),
  ].filter((x) => x !== false && x !== '')
  if (lines.length === 0) return null
  return (
    <div className="note">
      <ul>
        {lines.map((x, i) => (
          <li key={i}>{x}</li>
        ))}
        {b.errors.map((x, i) => (
          <li key={'e' + i} className="muted">
            {x}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Money moved, one bar for each: to the right what more is paid, to the left what less is. */
function Bars({ title, rows }: { title: string; rows: { name: string; n: number; minor: number }[] }) {
  const shop = useShop()
  const shown = rows.filter((r) => r.n > 0).sort((a, b) => Math.abs(b.minor) - Math.abs(a.minor) || b.n - a.n).slice(0, 12)
  if (shown.length === 0) return null
  const top = Math.max(...shown.map((r) => Math.abs(r.minor)), 1)
  const both = shown.some((r) => r.minor < 0) && shown.some((r) => r.minor > 0)
  return (
    <section className="card panel">
      <header>
        <h3>{title}</h3>
      </header>
      <div className="panel-body">
        <dl className={both ? 'bars both' : 'bars'}>
          {shown.map((r, i) => (
            <div key={i}>
              <dt className="ellipsis" title={r.name}>
                {r.name}
              </dt>
              <dd>
                <span className="bar" aria-hidden>
                  <i className={r.minor < 0 ? 'less' : 'more'} style={{ width: `${((both ? 50 : 100) * Math.abs(r.minor)) / top}%` }} />
                </span>
                <span className="num">{signed(r.minor, shop.currency)}</span>
                <span className="muted num">{t('backtest.n', { n: r.n })}</span>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  )
}

function Examples({ b, r }: { b: Backtest; r: Run }) {
  const shop = useShop()
  const reads = may(shop, 'cases:read')
  const defs = useQuery(vocabulary(shop.id))
  const words = wordsOf(defs.data, undefined, () => undefined, shop.currency)
  const title = t('backtest.examples', { n: b.examples.length })
  return (
    <section className="card panel flush">
      <header>
        <h3>{title}</h3>
        {!reads && <span className="muted">{t('backtest.no_cases')}</span>}
      </header>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={title}>
        <table className="examples">
          <thead>
            <tr>
              <th scope="col">{t('col.number')}</th>
              <th scope="col">{t('col.matter')}</th>
              <th scope="col">{t('backtest.before')}</th>
              <th scope="col">{t('backtest.after')}</th>
              <th scope="col" className="end">
                {t('backtest.money_moved')}
              </th>
              {reads && <th />}
            </tr>
          </thead>
          <tbody>
            {b.examples.map((x, i) => (
              <tr key={x.line_id ?? i}>
                <td className="mono">
                  {reads && x.case_id ? (
                    <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: x.case_id }} search={{ line: x.line_id }}>
                      {x.case_no}
                    </Link>
                  ) : (
                    x.case_no
                  )}
                </td>
                <td>
                  {term('ground', x.ground)} · {term('remedy', x.remedy)}
                  <br />
                  <span className="muted">{x.title || x.sku}</span>
                  {x.asks && x.asks.length > 0 && <Tag tone="warn">{t('backtest.asks', { facts: list(x.asks.map(words.label)) })}</Tag>}
                </td>
                <td>
                  <OutcomeTag outcome={x.before} />
                </td>
                <td>
                  <OutcomeTag outcome={x.after} />
                </td>
                <td className="end num">{signed(x.minor, shop.currency)}</td>
                {reads && <td className="end">{x.line_id && defs.data && <TryIt shop={shop} line={x.line_id} currency={shop.currency} words={words} draft={r.draft_id} />}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
