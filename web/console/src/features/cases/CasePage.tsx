import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { api, call, ok } from '../../api/client'
import { asked, type Bundle, type Decision } from '../../api/decision'
import type { CasePage, LineView, Staff, View } from '../../api/types'
import { casePage, shopPath, staff } from '../../api/queries'
import { useSession, type Shop } from '../../api/session'
import { caseRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { t, term, type Key } from '../../i18n'
import { toClipboard } from '../../kit/clipboard'
import { useCommand } from '../../kit/command'
import { useDraft } from '../../kit/draft'
import { day, list } from '../../kit/format'
import { Keys, useShortcuts } from '../../kit/keys'
import { Await, Empty, FaultNote, Money, Status, When, Tag } from '../../kit/show'
import { Commands } from '../../parts/Commands'
import { articleOf } from '../../parts/CommandDialog'
import { ExchangeNote } from '../../parts/Exchange'
import { DecisionPanel } from '../../parts/Decision'
import { EvidencePanel } from '../../parts/Evidence'
import { FactFields, valuesOf, type Typed } from '../../parts/FactFields'
import { SerialNote } from '../../parts/Serials'
import { TryIt } from '../../parts/TryIt'
import { useWords, type Words } from '../../parts/words'
import { Goods } from './Goods'
import { History, Settlements } from './Records'
import { Talk } from './Talk'
import { WhatIf } from './WhatIf'

export function CasePageView() {
  const shop = useShop()
  const { case: id } = caseRoute.useParams()
  const query = useQuery(casePage(shop.id, id))
  const go = useNavigate()
  useShortcuts([{ keys: 'Escape', label: t('case.back'), group: t('keys.case'), run: () => void go({ to: '/s/$shop/inbox', params: { shop: shop.code } }) }])
  if (query.error && !query.data) throw query.error
  return (
    <div className="page wide">
      <Await query={query} rows={12}>
        {(page) => <CaseOf page={page} shop={shop} />}
      </Await>
    </div>
  )
}

function CaseOf({ page, shop }: { page: CasePage; shop: Shop }) {
  const { line: wanted } = caseRoute.useSearch()
  const go = useNavigate()
  const v = page.view
  const line = v.lines.find((l) => l.id === wanted) ?? v.lines[0]
  const currency = page.orders[0]?.order.currency ?? shop.currency
  const words = useWords(shop.id, currency)
  return (
    <>
      <Head page={page} shop={shop} />
      {v.lines.length > 1 && (
        <div className="views" role="tablist" aria-label={t('case.lines')}>
          {v.lines.map((l) => (
            <button key={l.id} type="button" role="tab" aria-selected={l === line} className={l === line ? 'view on' : 'view'} onClick={() => void go({ to: '/s/$shop/cases/$case', params: { shop: shop.code, case: v.case.id }, search: { line: l.id }, replace: true })}>
              <span className="ellipsis">{articleOf(page, l.order_line_id) || term('remedy', l.remedy)}</span> ×{l.quantity} <Status code={l.status} />
            </button>
          ))}
        </div>
      )}
      <div className="case-grid">
        <div className="case-main">
          {line && <LinePanel key={line.id} page={page} line={line} shop={shop} currency={currency} words={words} />}
          <Panel title={t('case.goods')}>
            <Goods page={page} shop={shop} words={words} line={line} />
          </Panel>
          {v.settlements.length > 0 && (
            <Panel title={t('case.money')}>
              <Settlements page={page} shop={shop} words={words} />
            </Panel>
          )}
          {may(shop, 'evidence:read') && (
            <Panel title={t('case.evidence')}>
              <EvidencePanel shop={shop} caseId={v.case.id} lineId={v.lines.length === 1 ? line?.id : undefined} />
            </Panel>
          )}
        </div>
        <aside className="case-side">
          <Panel title={t('case.talk')} flush>
            <Talk page={page} shop={shop} />
          </Panel>
          <Panel title={t('case.orders')}>
            <Orders page={page} shop={shop} />
          </Panel>
          <Panel title={t('case.history')} closed>
            <History shop={shop} caseId={v.case.id} />
          </Panel>
        </aside>
      </div>
    </>
  )
}

export function Panel({ title, children, closed, flush, extra }: { title: string; children: ReactNode; closed?: boolean; flush?: boolean; extra?: ReactNode }) {
  if (closed !== undefined)
    return (
      <details className="card panel">
        <summary>
          <h2>{title}</h2>
        </summary>
        <div className="panel-body">{children}</div>
      </details>
    )
  return (
    <section className={flush ? 'card panel flush' : 'card panel'}>
      <header>
        <h2>{title}</h2>
        {extra}
      </header>
      <div className="panel-body">{children}</div>
    </section>
  )
}

function Head({ page, shop }: { page: CasePage; shop: Shop }) {
  const { case: c } = page.view
  const people = useQuery({ ...staff(shop.id), enabled: may(shop, 'cases:write') })
  const { me } = useSession()
  const [copied, setCopied] = useState('')
  const assign = useCommand<string, View>((assignee, key) => ok(api.POST('/api/v1/shops/{shop}/cases/{id}/assign', { params: { path: { shop: shop.id, id: c.id }, header: { 'Idempotency-Key': key } }, body: { assignee } })))
  const flag = useCommand<'' | 'red' | 'yellow' | 'green' | 'blue' | 'purple', View>((f, key) => ok(api.POST('/api/v1/shops/{shop}/cases/{id}/flag', { params: { path: { shop: shop.id, id: c.id }, header: { 'Idempotency-Key': key } }, body: { flag: f } })))
  const copy = async () => {
    const { text } = await call<{ text: string }>('GET', `${shopPath(shop.id)}/cases/${c.id}/remark`)
    setCopied((await toClipboard(text)) ? text : '!' + text)
    window.setTimeout(() => setCopied(''), 6000)
  }
  const write = may(shop, 'cases:write')
  const mine = me?.user.login ?? ''
  useShortcuts([
    { keys: 'p', label: term('action', 'copy_remark'), group: t('keys.case'), run: () => void copy() },
    ...(write && mine && c.assignee !== mine ? [{ keys: 't', label: t('case.take'), group: t('keys.case'), run: () => assign.mutate(mine) }] : []),
  ])
  return (
    <header className="case-head">
      <div className="case-title">
        <Link to="/s/$shop/inbox" params={{ shop: shop.code }} className="btn icon" aria-label={t('case.back')} title={t('case.back')}>
          ←
        </Link>
        <h1>
          {page.customer?.nick || page.customer?.name || t('case.anonymous')}
          {page.customer?.phone && <span className="muted num"> {page.customer.phone}</span>}
        </h1>
        <span className="mono muted">{c.number}</span>
        <Status code={c.status} of="case" />
      </div>
      <div className="case-tools">
        {write && (
          <>
            <select className="input small" aria-label={t('flag')} value={c.flag} onChange={(e) => flag.mutate(e.target.value as 'red')}>
              {(['', 'red', 'yellow', 'green', 'blue', 'purple'] as const).map((f) => (
                <option key={f} value={f}>
                  {t(f === '' ? 'flag.none' : (`flag.${f}` as Key))}
                </option>
              ))}
            </select>
            <select className="input small" aria-label={t('col.assignee')} value={c.assignee ?? ''} onChange={(e) => assign.mutate(e.target.value)} disabled={assign.isPending}>
              <option value="">{t('case.nobody')}</option>
              {(people.data ?? []).map((s: Staff) => (
                <option key={s.login} value={s.login}>
                  {s.name}
                </option>
              ))}
              {c.assignee && !people.data?.some((s) => s.login === c.assignee) && <option value={c.assignee}>{c.assignee}</option>}
            </select>
            {mine && c.assignee !== mine && (
              <button type="button" className="btn small" onClick={() => assign.mutate(mine)}>
                {t('case.take')} <Keys keys="t" />
              </button>
            )}
          </>
        )}
        <button type="button" className="btn small" onClick={() => void copy()}>
          {term('action', 'copy_remark')} <Keys keys="p" />
        </button>
      </div>
      {copied && (
        <div className="note" role="status">
          {copied.startsWith('!') ? t('copy.by_hand') : t('copied')} <span className="mono select">{copied.replace(/^!/, '')}</span>
        </div>
      )}
      {(assign.error || flag.error) && <FaultNote fault={assign.error ?? flag.error} compact />}
    </header>
  )
}

/** One line: what was asked, what the policy says, what can be done. */
function LinePanel({ page, line, shop, currency, words }: { page: CasePage; line: LineView; shop: Shop; currency: string; words: Words }) {
  const d = line.decision as Decision | undefined
  const [what, setWhat] = useState<{ ground: string; remedy: string } | undefined>()
  useShortcuts([{ keys: 'h', label: term('thing', 'what_if'), group: t('keys.case'), run: () => setWhat((w) => (w ? undefined : { ground: line.ground, remedy: line.remedy })) }])
  return (
    <section className="card panel decision-panel">
      <header className="line-head">
        <div className="grow">
          <h2 className="ellipsis">{articleOf(page, line.order_line_id) || term('remedy', line.remedy)}</h2>
          <p className="muted">
            {term('remedy', line.remedy)} · {words.ground(line.ground)} · ×{line.quantity} · {t('case.applied', { day: day(line.applied_on) })}
            {line.answer_by && line.status === 'requested' && ` · ${t('case.answer_by', { day: day(line.answer_by) })}`}
          </p>
          {line.exchange && (
            <p>
              <ExchangeNote line={line} currency={currency} />
            </p>
          )}
        </div>
        <Status code={line.status} />
      </header>
      <SerialNote line={line} />
      <Commands shop={shop} page={page} words={words} line={line} keys />
      {d ? (
        <DecisionPanel decision={d} decisionId={line.decision_id} record={line.decision_id && <RecordLink shop={shop} caseId={page.view.case.id} decision={line.decision_id} />} shop={shop.id} currency={currency} words={words} choose={(b: Bundle) => setWhat({ ground: b.ground, remedy: b.remedy })}>
          {d.open.length > 0 && line.allowed.includes('answer') && <OpenQuestions line={line} decision={d} shop={shop} currency={currency} words={words} />}
        </DecisionPanel>
      ) : (
        <Empty title={t('decision.none')} />
      )}
      <div className="what-if-toggle actions">
        <button type="button" className="btn small" aria-expanded={!!what} onClick={() => setWhat(what ? undefined : { ground: line.ground, remedy: line.remedy })}>
          {term('thing', 'what_if')} <Keys keys="h" />
        </button>
        {d && may(shop, 'policy:read') && <TryIt shop={shop} line={line.id} currency={currency} words={words} paid={page.orders[0]?.order.paid_at} />}
      </div>
      {what && d && <WhatIf key={what.ground + what.remedy} start={what} line={line} decision={d} shop={shop} currency={currency} words={words} facts={[...new Set([...d.open.map((q) => q.fact), ...(asked(d)?.conditions ?? []).map((c) => c.fact), 'goods.worn'])]} />}
    </section>
  )
}

const RecordLink = ({ shop, caseId, decision }: { shop: Shop; caseId: string; decision: string }) => (
  <Link to="/s/$shop/cases/$case/record/$decision" params={{ shop: shop.code, case: caseId, decision }} className="btn small">
    {t('record.open')}
  </Link>
)

/** What is still to be asked, answered in place: the new decision comes back at once. */
function OpenQuestions({ line, decision, shop, currency, words }: { line: LineView; decision: Decision; shop: Shop; currency: string; words: Words }) {
  const [draft, set, clear] = useDraft<{ typed: Typed; evidence: string }>(`answer.${line.id}`, { typed: {}, evidence: '' })
  const queries = useQueryClient()
  const answer = useCommand<{ version: number; facts: Record<string, unknown>; evidence?: string }, View>(
    (body, key) => ok(api.POST('/api/v1/shops/{shop}/lines/{id}/answer', { params: { path: { shop: shop.id, id: line.id }, header: { 'Idempotency-Key': key } }, body: { ...body, stage: 'application' } })),
    (v) => {
      clear()
      queries.setQueryData(casePage(shop.id, v.case.id).queryKey, (old) => old && { ...old, view: v })
    },
  )
  const open = decision.open.map((q) => q.fact).filter((f) => !f.startsWith('application.ground') && !f.startsWith('application.remedy'))
  const values = valuesOf(draft.typed, words, currency)
  return (
    <form
      className="note ask"
      onSubmit={(e) => {
        e.preventDefault()
        answer.mutate({ version: line.version, facts: values, evidence: draft.evidence.trim() || undefined })
      }}
    >
      <b>{t('decision.open')}</b>
      <FactFields
        facts={open}
        words={words}
        currency={currency}
        typed={draft.typed}
        set={(p) => set({ typed: { ...draft.typed, ...p } })}
        required
        errors={(f) => answer.error?.field('/facts/' + f)}
        hints={Object.fromEntries(decision.open.map((q) => [q.fact, [list(q.ask.map((a) => t(`ask.${a}` as Key))), q.declared && t('decision.declared', { value: words.value(q.fact, q.declared) })].filter(Boolean).join(' · ')]))}
      />
      {answer.error && <FaultNote fault={answer.error} compact />}
      <button type="submit" className="btn primary" disabled={answer.isPending || Object.keys(values).length === 0}>
        {t('decision.decide_again')}
      </button>
    </form>
  )
}

function Orders({ page, shop }: { page: CasePage; shop: Shop }) {
  if (page.orders.length === 0) return <p className="muted">{t('case.no_orders')}</p>
  return page.orders.map(({ order: o, lines, payments }) => (
    <div key={o.id} className="order">
      <p>
        <span className="mono select">{o.order_no}</span> <span className="muted">{platformName(o.platform)} · {o.status}</span>
      </p>
      <ul>
        {lines.map((l) => (
          <li key={l.id} className={page.view.lines.some((x) => x.order_line_id === l.id) ? 'here' : ''}>
            <span className="grow">
              {l.title} {l.attrs.given && <Tag>{t('exchange.given')}</Tag>} <a className="mono" href={`/p/${shop.code}/policy/${encodeURIComponent(l.sku)}`} target="_blank" rel="noopener" title={t('shop.policy_page')}>{l.sku}</a>
            </span>
            <span className="num">×{l.quantity}</span>
            <Money minor={l.net} currency={o.currency} />
          </li>
        ))}
      </ul>
      <dl className="terms">
        <div>
          <dt>{t('order.paid_at')}</dt>
          <dd>
            <When at={o.paid_at ?? o.ordered_at} />
          </dd>
        </div>
        {o.shipped_at && (
          <div>
            <dt>{t('order.shipped_at')}</dt>
            <dd>
              <When at={o.shipped_at} />
            </dd>
          </div>
        )}
        {o.signed_on && (
          <div>
            <dt>{t('order.signed_on')}</dt>
            <dd className="num">{day(o.signed_on)}</dd>
          </div>
        )}
        {payments?.map((p) => (
          <div key={p.id}>
            <dt>{term('money', 'paid')}</dt>
            <dd>
              <Money minor={p.captured} currency={o.currency} /> <span className="muted">{term('tender', p.tender)}</span>
            </dd>
          </div>
        ))}
        {o.attrs.freight_insurance && (
          <div>
            <dt>{term('freight', 'freight_insurance')}</dt>
            <dd>{t('yes')}</dd>
          </div>
        )}
      </dl>
    </div>
  ))
}

export const platformName = (p: string) => {
  const known: Record<string, Key> = { taobao: 'platform.taobao', jd: 'platform.jd', pdd: 'platform.pdd', douyin: 'platform.douyin', youzan: 'platform.youzan' }
  return known[p] ? t(known[p]) : p || t('platform.own')
}
