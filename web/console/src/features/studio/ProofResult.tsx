import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { vocabulary, type Proof, type ProofFinding, type Run } from '../../api/studio'
import { useShop } from '../../app/shop'
import { language, t, term, type Key } from '../../i18n'
import { list, toInput } from '../../kit/format'
import { Tag } from '../../kit/show'
import { blank, readingsOf, toHash } from '../../parts/trial'
import { wordsOf, type Words } from '../../parts/words'
import { answerText } from './points'

/** What a proof found: nothing, or faults with the facts that show them. */
export function ProofResult({ r, p }: { r: Run; p: Proof }) {
  const shop = useShop()
  const defs = useQuery(vocabulary(shop.id))
  const words = wordsOf(defs.data, undefined, () => undefined, shop.currency)
  return (
    <>
      <p className={p.found === 0 ? 'note good' : 'note bad'}>
        <b>{p.found === 0 ? t('proof.clean') : t('proof.findings', { n: p.found })}</b> <span className="muted">{t('proof.size', { slices: p.slices, nodes: p.nodes })}</span>
      </p>
      {p.findings.map((f, i) => (
        <Finding key={i} f={f} r={r} words={words} />
      ))}
      {p.found > p.findings.length && <p className="muted">{t('proof.more', { n: p.found - p.findings.length })}</p>}
      {p.overrides.length > 0 && (
        <section className="card panel">
          <header>
            <h3>{t('proof.overrides')}</h3>
          </header>
          <div className="panel-body stack">
            <p className="muted">{t('proof.overrides_text')}</p>
            <ul className="conds">
              {grouped(p.overrides).map((o) => (
                <li key={o.claim + o.point}>
                  <span className="mono">
                    {o.claim} · {o.point}
                  </span>
                  <span className="muted small">{list(o.by)}</span>
                  <span className="muted small">{o.cites.join(' ')}</span>
                </li>
              ))}
            </ul>
          </div>
        </section>
      )}
      {p.unproven.length + p.notes.length > 0 && (
        <details className="card panel">
          <summary>
            <h3>{t('proof.unproven')}</h3> <span className="count">{p.unproven.length + p.notes.length}</span>
          </summary>
          <div className="panel-body">
            <ul className="conds">
              {[...p.unproven, ...p.notes].map((u, i) => (
                <li key={i}>{u.text[language()]}</li>
              ))}
            </ul>
          </div>
        </details>
      )}
    </>
  )
}

/** Overrides of one point of a claim together, whoever of the law overrides it. */
function grouped(all: Proof['overrides']) {
  const out = new Map<string, { claim: string; point: string; by: string[]; cites: string[] }>()
  for (const o of all) {
    const had = out.get(o.claim + ' ' + o.point)
    out.set(o.claim + ' ' + o.point, { claim: o.claim, point: o.point, by: [...(had?.by ?? []), o.by], cites: [...new Set([...(had?.cites ?? []), ...o.cites])] })
  }
  return [...out.values()]
}

function Finding({ f, r, words }: { f: ProofFinding; r: Run; words: Words }) {
  const shop = useShop()
  const [, file, line] = /^[^/]*\/([^:]+):(\d+)/.exec(f.place) ?? []
  const hash = toHash({ ...blank, draft: r.draft_id ?? '', at: toInput(new Date(f.at ?? 0)).slice(0, 10), ground: f.ground, remedy: f.remedy, stage: f.stage, facts: readingsOf(f.facts, words, shop.currency) })
  return (
    <article className="card panel" data-finding={f.kind}>
      <header>
        <h3>
          {t(`proof_kind.${f.kind}` as Key)} {f.ground && <span className="muted">{[term('ground', f.ground), term('remedy', f.remedy)].join(' · ')}</span>}{' '}
          {(f.cites ?? []).map((c) => (
            <Tag key={c} tone="bad">
              {c}
            </Tag>
          ))}
        </h3>
        <span className="actions">
          {r.draft_id && file && (
            <Link to="/s/$shop/studio/drafts/$draft" params={{ shop: shop.code, draft: r.draft_id }} search={{ tab: 'edit', file, line }} className="mono small">
              {file}:{line}
            </Link>
          )}
          {!f.table && f.ground && words.def('application.sent_on') && (
            <Link to="/s/$shop/studio/sandbox" params={{ shop: shop.code }} hash={hash} className="btn small">
              {t('case.try')}
            </Link>
          )}
        </span>
      </header>
      <div className="panel-body stack">
        {f.floor && (
          <dl className="terms">
            <div>
              <dt>{t('proof.got')}</dt>
              <dd>{answerText(f.point ?? '', f.got, words)}</dd>
            </div>
            <div>
              <dt>{t('proof.floor')}</dt>
              <dd>{answerText(f.point ?? '', f.floor, words)}</dd>
            </div>
          </dl>
        )}
        <p>{f.text[language()]}</p>
        <p className="muted small">{t('proof.facts')}{Object.entries(f.facts).map(([name, said]) => t('trace.saw', { fact: words.label(name), value: words.value(name, Object.values(said).at(-1)) })).join(' · ')}</p>
      </div>
    </article>
  )
}
