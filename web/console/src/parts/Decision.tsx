import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { asked, type Bundle, type Deadline, type Decision } from '../api/decision'
import { why } from '../api/queries'
import { t, term, type Key } from '../i18n'
import { aside, day, fullTime, list } from '../kit/format'
import { Await, Money, Tag } from '../kit/show'
import { mustBe, type Words } from './words'

const outcomeTone: Record<string, string> = { approve: 'good', offer: 'calm', need_facts: 'warn', need_evidence: 'warn', manual_review: 'warn', reject: 'bad' }

export const OutcomeTag = ({ outcome, right }: { outcome: string; right?: string }) => (
  <Tag tone={outcomeTone[outcome]}>{outcome === 'approve' && right === 'as_of_right' ? t('outcome.of_right') : t(`outcome.${outcome}` as Key)}</Tag>
)

interface Props {
  decision: Decision
  decisionId?: string
  shop: string
  currency: string
  words: Words
  children?: ReactNode // the open questions, answered in place
  record?: ReactNode // where the decision is printed from
  choose?: (b: Bundle) => void // takes another card instead of the asked one
}

/** The heart of a case: what the policy says, card by card, and why. */
export function DecisionPanel({ decision: d, decisionId, shop, currency, words, children, record, choose }: Props) {
  const mine = asked(d)
  const cards = d.bundles.filter((b) => b !== mine && b.outcome !== 'reject')
  const failed = d.bundles.filter((b) => b !== mine && b.outcome === 'reject')
  // What stands below as a card of its own is not said twice.
  const ways = d.alternatives.filter((a) => a.code || !cards.some((b) => b.remedy === a.remedy && b.ground === a.ground))
  return (
    <div className="decision">
      {d.differences.length > 0 && (
        <div className="note warn">
          <b>{t('decision.differences')}</b>
          <ul>
            {d.differences.map((x) => (
              <li key={x.fact}>{t('decision.difference', { fact: words.label(x.fact), declared: words.value(x.fact, x.declared), found: words.value(x.fact, x.found) })}</li>
            ))}
          </ul>
        </div>
      )}
      {children}
      {mine && <Card bundle={mine} currency={currency} words={words} main />}
      {!mine && (
        <div className="bundle main">
          <header>
            <h3>{d.remedy ? term('remedy', d.remedy) : words.ground(d.ground)}</h3>
            <OutcomeTag outcome={d.outcome} />
          </header>
          {d.reason && <p>{words.reason(d.reason)}</p>}
        </div>
      )}
      {ways.length > 0 && d.outcome !== 'approve' && (
        <div className="note">
          <b>{t('decision.alternatives')}</b>
          <ul>
            {ways.map((a, i) => (
              <li key={i}>{a.code ? words.alternative(a.code) : `${term('remedy', a.remedy)}${a.outcome ? ' · ' + t(`outcome.${a.outcome}` as Key) : ''}`}</li>
            ))}
          </ul>
        </div>
      )}
      {cards.length > 0 && (
        <>
          <h3 className="section-title">{t('decision.others')}</h3>
          <div className="bundles">
            {cards.map((b) => (
              <Card key={b.ground + b.remedy} bundle={b} currency={currency} words={words} otherGround={b.ground !== d.ground} choose={choose && (() => choose(b))} />
            ))}
          </div>
        </>
      )}
      {failed.length > 0 && (
        <p className="muted small">
          {t('decision.not_possible')}
          {list(failed.map((b) => `${b.ground !== d.ground ? words.ground(b.ground) + ' · ' : ''}${term('remedy', b.remedy)}${b.reason ? aside(words.reason(b.reason, lastDay(b))) : ''}`))}
        </p>
      )}
      {decisionId && <Why shop={shop} id={decisionId} record={record} />}
      <p className="muted small packs">{t('decision.by', { packs: d.packs.map((p) => `${p.pack} ${p.version}`).join(' + '), at: fullTime(d.at), stage: t(`stage.${d.stage}` as Key) })}</p>
    </div>
  )
}

function Card({ bundle: b, currency, words, main, otherGround, choose }: { bundle: Bundle; currency: string; words: Words; main?: boolean; otherGround?: boolean; choose?: () => void }) {
  const clause = b.clause ? words.claim(b.clause) : undefined
  const overridden = b.clauses.filter((c) => c.overridden)
  const amount = b.refund?.total ?? b.amount?.minor
  return (
    <article className={`bundle ${main ? 'main' : ''} ${outcomeTone[b.outcome] ?? ''}`}>
      <header>
        <h3>
          {term('remedy', b.remedy)}
          {(main || otherGround) && <span className="muted"> {words.ground(b.ground)}</span>}
        </h3>
        <OutcomeTag outcome={b.outcome} right={b.right?.value} />
      </header>
      {b.outcome === 'reject' && b.reason && <p className="reason">{words.reason(b.reason, lastDay(b))}</p>}
      <dl className="terms">
        {b.refund && (
          <Row label={t('bundle.refund')}>
            {b.refund.total === undefined ? t('bundle.amount_open') : <b className={main ? 'big' : ''}><Money minor={b.refund.total} currency={currency} /></b>}
            {b.refund.parts.filter((p) => p.minor !== 0 || p.part.startsWith('deduct')).length > 1 && (
              <span className="parts">
                {b.refund.parts
                  .filter((p) => p.minor !== 0)
                  .map((p) => (
                    <span key={p.part}>
                      {partName(p.part)} {p.minor === undefined ? '?' : <Money minor={p.minor} currency={currency} />}
                    </span>
                  ))}
              </span>
            )}
          </Row>
        )}
        {b.amount && !b.refund && <Row label={t('bundle.amount')}>{amount === undefined ? t('bundle.amount_open') : <b><Money minor={amount} currency={currency} /></b>}</Row>}
        {b.freight
          ?.filter((l) => l.leg !== 'refused' || (main && b.remedy === 'interception')) // a parcel refused at the door is an interception's
          .map((l) => (
            <Row key={l.leg} label={term('leg', l.leg)}>
              {bearer(l.value)}
            </Row>
          ))}
        {b.last_day && (
          <Row label={t('bundle.last_day')}>
            <span className="num">{day(b.last_day.date)}</span>
          </Row>
        )}
        {b.send_by?.map((x, i) => (
          <Row key={'s' + i} label={t('bundle.send_by')}>
            <Period x={x} words={words} />
          </Row>
        ))}
        {b.due?.map((x, i) => (
          <Row key={'d' + i} label={t('bundle.due')}>
            <Period x={x} words={words} />
          </Row>
        ))}
        {b.authority && <Row label={t('bundle.authority')}>{t(`authority.${b.authority.value}` as Key)}</Row>}
      </dl>
      {b.evidence && b.evidence.length > 0 && (
        <p className="small">
          {t('bundle.evidence')}
          {list(b.evidence.map((e) => words.label(e.fact) + (e.needed ? '' : t('bundle.evidence_optional'))))}
        </p>
      )}
      {main && b.conditions && b.conditions.length > 0 && (
        <div className="conditions">
          <h4>{t('bundle.conditions')}</h4>
          <ul>
            {b.conditions.map((c) => (
              <li key={c.fact + c.clause}>
                <span>{words.label(c.fact)}</span>
                <b>{mustBe(words, c.fact, c.must_be)}</b>
                <span className="muted small">{t('bundle.else', { reason: words.reason(c.else) })}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {main && overridden.length > 0 && (
        <div className="overridden">
          {overridden.map((c) => {
            const words_ = words.claim(c.claim)
            return (
              <p key={c.claim} className="small">
                <b>{t('bundle.overridden')}</b> <s>{words_.text || c.claim}</s>
                {c.reasons && c.reasons.length > 0 && <span className="muted"> {list(c.reasons.map((r) => words.reason(r, c.last_day)))}</span>}
              </p>
            )
          })}
        </div>
      )}
      {clause && (
        <footer title={b.clause}>
          {main && clause.text && <span>{clause.text}</span>}
          <cite>{clause.source || b.clause}</cite>
          {main && clause.agent && <span className="tip">{clause.agent}</span>}
        </footer>
      )}
      {choose && b.outcome !== 'reject' && (
        <button type="button" className="btn small" onClick={choose}>
          {t('decision.choose', { remedy: term('remedy', b.remedy) })}
        </button>
      )}
    </article>
  )
}

/** The end of the window of the clause that decided. */
const lastDay = (b: Bundle) => b.last_day?.date ?? b.clauses.find((c) => c.claim === b.clause)?.last_day

/** Who bears a leg of freight, or what becomes of what was paid for it. */
export const bearer = (value: string) => (value === 'refunded' ? t('freight.refunded') : value === 'kept' ? t('freight.kept') : t('freight.borne', { party: term('party', value) }))

const Row = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
)

/** A deadline: the date where it is known, else the period and what it counts from. */
function Period({ x, words }: { x: Deadline; words: Words }) {
  if (x.date) return <span className="num">{day(x.date)}</span>
  if (x.at) return <span className="num">{fullTime(x.at)}</span>
  return <span>{x.n === 0 ? t('period.at_once', { from: words.label(x.from) }) : t(`period.${x.unit}` as Key, { n: x.n, from: words.label(x.from) })}</span>
}

function partName(part: string): string {
  const known: Record<string, Key> = { goods: 'part.goods', outbound_freight: 'part.outbound_freight', return_freight: 'part.return_freight', 'deduct.gift_price': 'part.gift_price' }
  return known[part] ? t(known[part]) : part.startsWith('deduct.') ? t('part.deduction') : part
}

const audiences = ['agent', 'customer', 'mediator'] as const

/** 判定依据: the stored decision in sentences, for the reader one chooses. */
function Why({ shop, id, record }: { shop: string; id: string; record?: ReactNode }) {
  const [open, setOpen] = useState(false)
  const [to, setTo] = useState<(typeof audiences)[number]>('agent')
  const query = useQuery({ ...why(shop, id, to), enabled: open })
  return (
    <details className="why" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary>{term('thing', 'decision_why')}</summary>
      {open && (
        <>
          <div className="segments" role="group" aria-label={t('why.for')}>
            {audiences.map((a) => (
              <button key={a} type="button" className={a === to ? 'on' : ''} aria-pressed={a === to} onClick={() => setTo(a)}>
                {t(`audience.${a}`)}
              </button>
            ))}
          </div>
          <Await query={query} rows={5}>
            {(w) => (
              <div className="why-text">
                <p>
                  <b>{w.headline}</b>
                </p>
                {w.sections.map((s) => (
                  <section key={s.code}>
                    <h4>{s.title}</h4>
                    {s.lines.map((l, i) => (
                      <p key={i} className={l.startsWith('  ') ? 'inner' : ''}>
                        {l.trim()}
                      </p>
                    ))}
                  </section>
                ))}
              </div>
            )}
          </Await>
          {record}
        </>
      )}
    </details>
  )
}
