import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { drafts, run, vocabulary, type Backtest, type Proof, type Run } from '../../api/studio'
import { runRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { hasTerm, t, term, type Key } from '../../i18n'
import { money } from '../../kit/format'
import { Await, Empty, FaultNote, Tag } from '../../kit/show'
import { OutcomeTag } from '../../parts/Decision'
import { blank, readingsOf, toHash } from '../../parts/trial'
import { wordsOf } from '../../parts/words'
import { Flow } from './Flow'
import { Progress, runOf, RunState } from './RunList'
import { Tabs } from './Tabs'

/** One run: how far it is, then what came out. */
export function RunPage() {
  const shop = useShop()
  const { run: id } = runRoute.useParams()
  const query = useQuery(run(shop.id, id))
  const known = useQuery(drafts(shop.id))
  return (
    <div className="page">
      <Tabs at="runs" />
      <Await query={query} rows={8}>
        {(r) => (
          <>
            <header className="case-head">
              <div className="case-title">
                <Link to="/s/$shop/studio/runs" params={{ shop: shop.code }} className="btn icon" aria-label={t('run.back')} title={t('run.back')}>
                  ←
                </Link>
                <h2 className="title">
                  {t(`run.${r.kind}`)} <span className="muted">{runOf(r, known.data)}</span>
                </h2>
                <RunState r={r} />
              </div>
              <Progress r={r} />
            </header>
            {r.error && <FaultNote fault={r.error} />}
            {r.proof && <ProofResult r={r} p={r.proof} />}
            {r.backtest && <BacktestResult b={r.backtest} />}
          </>
        )}
      </Await>
    </div>
  )
}

function ProofResult({ r, p }: { r: Run; p: Proof }) {
  const shop = useShop()
  const defs = useQuery(vocabulary(shop.id))
  const words = wordsOf(defs.data, undefined, () => undefined, shop.currency)
  return (
    <>
      <p className={p.findings.length === 0 ? 'note good' : 'note bad'}>
        {p.findings.length === 0 ? t('proof.clean') : t('proof.findings', { n: p.findings.length })} <span className="muted">{t('proof.size', { slices: p.slices, nodes: p.nodes })}</span>
      </p>
      {p.findings.map((f, i) => (
        <article key={i} className="card panel">
          <header>
            <h3>{t(`proof_kind.${f.kind}` as Key)}</h3>
            <span className="actions">
              {(f.cites ?? []).map((c) => (
                <Tag key={c} tone="bad">
                  {c}
                </Tag>
              ))}
              {!f.table && f.ground && defs.data && (
                <Link to="/s/$shop/studio/sandbox" params={{ shop: shop.code }} hash={toHash({ ...blank, draft: r.draft ?? '', at: f.at.slice(0, 10), ground: f.ground, remedy: f.remedy, stage: f.stage, facts: readingsOf(f.facts, words, shop.currency) })} className="btn small">
                  {t('case.try')}
                </Link>
              )}
            </span>
          </header>
          <div className="panel-body stack">
            <p>{f.text}</p>
            <dl className="terms">
              {f.got && (
                <div>
                  <dt>{t('proof.got')}</dt>
                  <dd>{f.got}</dd>
                </div>
              )}
              {f.floor && (
                <div>
                  <dt>{t('proof.floor')}</dt>
                  <dd>{f.floor}</dd>
                </div>
              )}
            </dl>
            <p className="muted small">{Object.entries(f.facts).map(([name, said]) => `${words.label(name)}：${words.value(name, Object.values(said).at(-1))}`).join(' · ')}</p>
          </div>
        </article>
      ))}
      {p.overrides.length > 0 && (
        <section className="card panel">
          <header>
            <h3>{t('proof.overrides')}</h3>
          </header>
          <div className="panel-body">
            <p className="muted">{t('proof.overrides_text')}</p>
            <ul className="conds">
              {p.overrides.map((o, i) => (
                <li key={i}>
                  <span className="mono">{o.claim}</span> {o.point} ← <span className="mono">{o.by}</span> <span className="muted small">{o.cites.join(' ')}</span>
                </li>
              ))}
            </ul>
          </div>
        </section>
      )}
      {(p.unproven.length > 0 || p.breakpoints.length > 0) && (
        <details className="card panel">
          <summary>
            <h3>{t('proof.unproven')}</h3>
          </summary>
          <div className="panel-body">
            <ul className="conds">
              {p.unproven.map((u, i) => (
                <li key={i}>{u.text ?? u.claim}</li>
              ))}
              {p.breakpoints.map((b, i) => (
                <li key={'b' + i}>{t('proof.breakpoint', { fact: words.label(b.fact), n: b.values.length })}</li>
              ))}
            </ul>
          </div>
        </details>
      )}
    </>
  )
}

function BacktestResult({ b }: { b: Backtest }) {
  const shop = useShop()
  const name = (o: string) => t(`outcome.${o}` as Key)
  const moved = b.by_outcome.filter((x) => x.from !== x.to)
  const currencies = [...new Set([...Object.keys(b.money_before), ...Object.keys(b.money_after)])]
  return (
    <>
      <div className="tiles">
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
      {b.cases === 0 && <Empty title={t('backtest.nothing')}>{t('backtest.nothing_text')}</Empty>}
      {b.cases > 0 && b.changed === 0 && <p className="note good">{t('backtest.same')}</p>}
      {moved.length > 0 && (
        <section className="card panel">
          <header>
            <h3>{t('backtest.outcomes')}</h3>
          </header>
          <div className="panel-body split-chart">
            <Flow bands={moved} name={name} label={t('backtest.outcomes')} />
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
                    <td className="end num">{signed(x.minor, x.currency ?? shop.currency)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      <Bars title={t('backtest.by_reason')} rows={b.by_reason.map((x) => ({ ...x, name: x.text ?? (hasTerm('ground', x.reason) ? term('ground', x.reason) : x.reason) }))} />
      <Bars title={t('backtest.by_product')} rows={b.by_product.map((x) => ({ ...x, name: x.title || x.product }))} />
      {b.examples.length > 0 && <Examples b={b} />}
      {(b.skipped.length > 0 || b.errors > 0) && (
        <p className="muted">
          {t('backtest.skipped')}
          {b.skipped.map((s) => `${s.text ?? s.reason} ${s.n}`).join(' · ')}
          {b.errors > 0 && ` · ${t('backtest.errors', { n: b.errors })}`}
        </p>
      )}
    </>
  )
}

const signed = (minor: number, currency: string) => (minor > 0 ? '+' : '') + money(minor, currency)

/** Money moved, one bar for each: to the right what more is paid, to the left what less is. */
function Bars({ title, rows }: { title: string; rows: { name: string; n: number; minor: number; currency?: string }[] }) {
  const shop = useShop()
  const shown = rows.filter((r) => r.n > 0).sort((a, b) => Math.abs(b.minor) - Math.abs(a.minor) || b.n - a.n).slice(0, 20)
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
          {shown.map((r) => (
            <div key={r.name}>
              <dt className="ellipsis" title={r.name}>
                {r.name}
              </dt>
              <dd>
                <span className="bar" aria-hidden>
                  <i className={r.minor < 0 ? 'less' : 'more'} style={{ width: `${((both ? 50 : 100) * Math.abs(r.minor)) / top}%` }} />
                </span>
                <span className="num">{signed(r.minor, r.currency ?? shop.currency)}</span>
                <span className="muted num">{t('backtest.n', { n: r.n })}</span>
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  )
}

function Examples({ b }: { b: Backtest }) {
  const shop = useShop()
  const reads = may(shop, 'cases:read')
  return (
    <section className="card panel flush">
      <header>
        <h3>{t('backtest.examples', { n: b.examples.length })}</h3>
        {!reads && <span className="muted">{t('backtest.no_cases')}</span>}
      </header>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t('backtest.examples', { n: b.examples.length })}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('col.number')}</th>
              <th scope="col">{t('backtest.before')}</th>
              <th scope="col">{t('backtest.after')}</th>
              <th scope="col" className="end">
                {t('backtest.money_moved')}
              </th>
            </tr>
          </thead>
          <tbody>
            {b.examples.map((x) => (
              <tr key={x.line_id}>
                <td className="mono">
                  {reads ? (
                    <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: x.case_id }} search={{ line: x.line_id }}>
                      {x.case_no}
                    </Link>
                  ) : (
                    x.case_no
                  )}
                </td>
                <td>
                  <OutcomeTag outcome={x.before} />
                </td>
                <td>
                  <OutcomeTag outcome={x.after} />
                </td>
                <td className="end num">{signed(x.minor, x.currency ?? shop.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
