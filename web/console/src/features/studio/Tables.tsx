import type { GroundView, ParamView, TableView } from '../../api/studio'
import { hasTerm, t, term, type Key } from '../../i18n'
import { Empty } from '../../kit/show'
import { Cites, valueOf } from './Clauses'

/** The numbers a merchant may want to change. */
export function ParamList({ params }: { params: ParamView[] }) {
  if (params.length === 0) return <Empty title={t('version.no_params')} />
  return (
    <div className="card table-scroll" tabIndex={0} role="region" aria-label={t('version.params')}>
      <table className="params">
        <thead>
          <tr>
            <th scope="col">{t('param.name')}</th>
            <th scope="col" className="end">
              {t('param.value')}
            </th>
            <th scope="col">{t('clause.cites')}</th>
          </tr>
        </thead>
        <tbody>
          {params.map((p) => (
            <tr key={p.name}>
              <td>
                {p.title}
                <br />
                <span className="mono muted">${p.name}</span>
              </td>
              <td className="end num">
                <b>{valueOf(p)}</b>
              </td>
              <td>
                <Cites cites={p.cites} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

export function GroundList({ grounds }: { grounds: GroundView[] }) {
  if (grounds.length === 0) return <Empty title={t('version.no_grounds')} />
  const name = (code: string) => (hasTerm('ground', code) ? term('ground', code) : (grounds.find((g) => g.code === code)?.text ?? code))
  return (
    <div className="card table-scroll" tabIndex={0} role="region" aria-label={t('version.grounds')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('apply.ground')}</th>
            <th scope="col">{t('ground.as')}</th>
            <th scope="col">{t('ground.fault')}</th>
            <th scope="col">{t('clause.cites')}</th>
          </tr>
        </thead>
        <tbody>
          {grounds.map((g) => (
            <tr key={g.code}>
              <td>
                {name(g.code)} <span className="mono muted">{g.code}</span>
              </td>
              <td>{g.as ? name(g.as) : '—'}</td>
              <td>{g.fault ? term('party', g.fault) : g.as ? t('ground.as_fault') : ''}</td>
              <td>
                <Cites cites={g.cites} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const authorities = ['agent', 'supervisor', 'store_manager', 'none']
const cell = (column: string, value: string | undefined) => (column === 'authority' && value !== undefined && authorities.includes(value) ? t(`authority.${value}` as Key) : value)

/** The tables: each condition in words, each answer as it is written. */
export function TableList({ tables, read }: { tables: TableView[]; read: (expr: string) => string }) {
  if (tables.length === 0) return <Empty title={t('version.no_tables')} />
  return (
    <div className="stack">
      {tables.map((x) => (
        <section key={x.name} className="card panel flush">
          <header>
            <h3 className="mono">{x.name}</h3>
            <span className="muted">{t(`hit.${x.hit}`)}</span>
          </header>
          <div className="table-scroll" tabIndex={0} role="region" aria-label={x.name}>
            <table className="answers">
              <thead>
                <tr>
                  <th scope="col">{t('table.when')}</th>
                  {x.out.map((c) => (
                    <th key={c} scope="col" className="mono">
                      {c}
                    </th>
                  ))}
                  <th scope="col">{t('clause.cites')}</th>
                </tr>
              </thead>
              <tbody>
                {x.rows.map((r, i) => (
                  <tr key={i}>
                    <td>{r.when.length ? r.when.map((w) => (
                        <span key={w} className="when" title={w}>
                          {read(w)}
                        </span>
                      )) : <span className="muted">{t('table.else')}</span>}</td>
                    {x.out.map((c) => (
                      <td key={c} className="mono">
                        {cell(c, r.then[c])}
                      </td>
                    ))}
                    <td className="mono small muted">{r.cites.map((y) => y.id).join(' ')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
    </div>
  )
}
