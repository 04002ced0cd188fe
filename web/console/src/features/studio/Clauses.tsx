import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { vocabulary, type Cite, type ClauseView, type ConditionView, type ParamView, type PolicyVersion } from '../../api/studio'
import { versionRoute } from '../../app/router'
import { useShop } from '../../app/shop'
import { hasTerm, t, term, type Key } from '../../i18n'
import { Empty, Tag } from '../../kit/show'
import { wordsOf } from '../../parts/words'
import { inWords } from './expr'

/** The clauses: what customers are told, the rule itself, where it comes from; side by side. */
export function Clauses({ v }: { v: PolicyVersion }) {
  const shop = useShop()
  const { ground = '', q = '' } = versionRoute.useSearch()
  const go = useNavigate()
  const filter = (patch: { ground?: string; q?: string }) =>
    void go({ to: '/s/$shop/studio/packs/$pack/$version', params: { shop: shop.code, pack: v.pack, version: v.version }, search: { tab: 'clauses', ground, q, ...patch }, replace: true })
  const read = useReader(v)
  const grounds = [...new Set(v.claims.flatMap((c) => c.ground))]
  const shown = v.claims.filter((c) => (!ground || c.ground.includes(ground)) && (!q || textOf(c).includes(q.toLowerCase())))
  return (
    <>
      <div className="filters">
        <select className="input small" aria-label={t('apply.ground')} value={ground} onChange={(e) => filter({ ground: e.target.value })}>
          <option value="">{t('clause.any_ground')}</option>
          {grounds.map((g) => (
            <option key={g} value={g}>
              {groundName(v, g)}
            </option>
          ))}
        </select>
        <input id="clause-find" type="search" className="input small" aria-label={t('clause.find')} placeholder={t('clause.find')} value={q} maxLength={100} onChange={(e) => filter({ q: e.target.value })} />
        {(ground || q) && <span className="muted">{t('clause.shown', { n: shown.length, of: v.claims.length })}</span>}
      </div>
      {shown.length === 0 && <Empty title={t('clause.none')} />}
      <div className="stack">
        {shown.map((c) => (
          <Clause key={c.id} c={c} v={v} read={read} />
        ))}
      </div>
    </>
  )
}

/** Reads expressions of a version in words. */
export function useReader(v: PolicyVersion): Read {
  const defs = useQuery(vocabulary(useShop().id))
  const words = wordsOf(defs.data, undefined, () => undefined, v.currency)
  return (expr) => inWords(expr, words, (name) => valueOf(v.params.find((p) => p.name === name)))
}

const textOf = (c: ClauseView) => [c.id, c.text.customer, c.text.agent, ...c.cites.flatMap((x) => [x.id, x.source]), ...[...c.conditions, ...c.unless].flatMap((k) => [k.text, k.expr])].join(' ').toLowerCase()

const groundName = (v: PolicyVersion, code: string) => (hasTerm('ground', code) ? term('ground', code) : (v.grounds.find((g) => g.code === code)?.text ?? code))

/** A parameter's value as it reads: 30 天. */
export const valueOf = (p?: ParamView) => p && (p.type === 'bool' ? t(p.value === 'true' ? 'yes' : 'no') : t('param.with_unit', { value: p.value, unit: t(`unit.${p.type}` as Key) }))

const modeTone: Record<string, string> = { floor: 'good', permit: 'warn', promise: 'calm', offer: 'act' }

type Read = (expr: string) => string

function Clause({ c, v, read }: { c: ClauseView; v: PolicyVersion; read: Read }) {
  const shop = useShop()
  return (
    <article className="card clause" id={c.id}>
      <header>
        <h3>
          {c.ground.map((g) => groundName(v, g)).join(' / ')} <span className="mono muted">{c.id}</span>
        </h3>
        <span className="actions">
          <Tag tone={modeTone[c.mode]}>{t(`mode.${c.mode}`)}</Tag>
          {c.confidence === 'check' && <Tag tone="warn">{t('clause.check')}</Tag>}
        </span>
      </header>
      <section>
        <h4>{t('clause.told')}</h4>
        <p>{c.text.customer || <span className="muted">{t('clause.untold')}</span>}</p>
        {c.text.agent && (
          <p className="tip">
            <b>{t('clause.agent')}</b>
            {c.text.agent}
          </p>
        )}
      </section>
      <section>
        <h4>{t('clause.rule')}</h4>
        <Rule c={c} read={read} />
      </section>
      <section>
        <h4>{t('clause.cites')}</h4>
        <Cites cites={c.cites} />
        {c.file && (
          <Link to="/s/$shop/studio/packs/$pack/$version" params={{ shop: shop.code, pack: v.pack, version: v.version }} search={{ tab: 'files', file: c.file, line: String(c.line ?? '') }} className="mono small">
            {c.file}:{c.line}
          </Link>
        )}
      </section>
    </article>
  )
}

function Rule({ c, read }: { c: ClauseView; read: Read }) {
  const must = c.conditions.filter((k) => !(c.window && !k.expr && k.id === 'window'))
  return (
    <div className="rule">
      {c.for.length > 0 && <p className="muted small">{t('clause.for')}
          {c.for.map((k) => (k.expr ? read(k.expr) : k.id)).join(t('expr.and'))}</p>}
      {c.window && (
        <p>{c.window}</p>
      )}
      <Conditions title={t('clause.if')} list={must} read={read} />
      <Conditions title={t('clause.unless')} list={c.unless} read={read} />
      <ul className="gives">
        {c.gives.map((g) => (
          <li key={g.remedy}>
            <b>{hasTerm('remedy', g.remedy) ? term('remedy', g.remedy) : g.title}</b>
            <ul>
              {g.points.map((p, i) => (
                <li key={i}>{p}</li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {c.otherwise.length > 0 && <p className="small">{t('clause.otherwise', { list: c.otherwise.map((o) => o.text || o.code).join(t('studio.comma')) })}</p>}
    </div>
  )
}

function Conditions({ title, list, read }: { title: string; list: ConditionView[]; read: Read }) {
  if (list.length === 0) return null
  return (
    <div>
      <b>{title}</b>
      <ul className="conds">
        {list.map((k) => (
          <li key={k.id}>
            <span title={k.expr}>{k.expr ? read(k.expr) : k.text}</span>
            {k.expr && k.text && <span className="muted small">{t('clause.else', { reason: k.text })}</span>}
            {k.presume && k.presume !== 'as_declared' && <span className="muted small">{t(`presume.${k.presume}` as Key)}</span>}
            {k.cites.length > 0 && <span className="muted small mono">{k.cites.map((x) => x.id).join(' ')}</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}

export const Cites = ({ cites }: { cites: Cite[] }) => (
  <ul className="cites">
    {cites.map((x) => (
      <li key={x.id}>
        <span className="mono">{x.id}</span>
        {x.source && <span className="muted small">{x.source}</span>}
      </li>
    ))}
  </ul>
)
