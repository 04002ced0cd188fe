import type { Outcome } from '../../api/decision'
import type { ClauseTrace, Tried } from '../../api/studio'
import { t, term, type Key } from '../../i18n'
import { day, list } from '../../kit/format'
import { Tag } from '../../kit/show'
import { OutcomeTag } from '../../parts/Decision'
import type { Words } from '../../parts/words'

type Turn = Tried['what_if'][number]

/** 如果…会怎样: the fewest facts that would have to be otherwise for another answer, to be taken with one press. */
export function Turns({ tried, words, take }: { tried: Tried; words: Words; take: (changes: Turn['changes']) => void }) {
  if (tried.what_if.length === 0) return null
  return (
    <section className="turns">
      <h3 className="section-title">{term('thing', 'what_if')}</h3>
      <ul>
        {tried.what_if.map((x, i) => (
          <li key={i}>
            <span className="grow">{list(x.changes.map((c) => t('turn.change', { fact: words.label(c.fact), would: words.value(c.fact, c.would), is: c.is === '?' ? t('unknown') : words.value(c.fact, c.is) })))}</span>
            <OutcomeTag outcome={x.outcome as Outcome} />
            <button type="button" className="btn small" onClick={() => take(x.changes)}>
              {t('turn.take')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

const resultTone: Record<string, string> = { met: 'good', unmet: 'bad', open: 'warn', not_applicable: 'off' }
const stateTone: Record<string, string> = { holds: 'good', pending: 'warn', open: 'warn', failed: 'bad' }

/** Every clause that could answer, condition by condition, with the values it saw. */
export function Trace({ tried, words, main }: { tried: Tried; words: Words; main: string[] }) {
  const shown = tried.trace.filter((c) => c.state || main.includes(c.claim)).sort((a, b) => Number(main.includes(b.claim)) - Number(main.includes(a.claim)))
  const silent = tried.trace.filter((c) => !shown.includes(c))
  return (
    <details className="why trace">
      <summary>{t('trace.title', { n: shown.length })}</summary>
      <div className="stack">
        {shown.map((c) => (
          <ClauseSeen key={c.claim} c={c} words={words} />
        ))}
        {silent.length > 0 && (
          <p className="muted small">
            {t('trace.silent')}
            {list(silent.map((c) => c.claim))}
          </p>
        )}
      </div>
    </details>
  )
}

function ClauseSeen({ c, words }: { c: ClauseTrace; words: Words }) {
  const w = words.claim(c.claim)
  return (
    <article className="seen-clause">
      <header>
        <b>{w.text || c.claim}</b>
        {c.state && <Tag tone={stateTone[c.state]}>{t(`clause_state.${c.state}` as Key)}</Tag>}
      </header>
      <p className="muted small">
        <span className="mono">{c.claim}</span> {w.source}
      </p>
      <ul>
        {c.conditions.map((k) => (
          <li key={k.id}>
            <Tag tone={resultTone[k.result]}>{t(`cond.${k.result}`)}</Tag>
            <span className="grow">
              {k.saw.length === 0 ? <span className="mono">{k.id}</span> : list(k.saw.map((s) => t(s.declared ? 'trace.saw_declared' : 'trace.saw', { fact: words.label(s.fact), value: s.value === undefined || s.value === '' ? t('unknown') : words.value(s.fact, s.value) })))}
              {k.last_day && <span className="muted"> {t('trace.last_day', { day: day(k.last_day) })}</span>}
              {k.presumed && <span className="muted"> {t('trace.presumed')}</span>}
              {k.result === 'unmet' && k.else && <span className="bad-text"> {words.reason(k.else, k.last_day)}</span>}
            </span>
            <span className="mono muted small">{(k.cites ?? []).join(' ')}</span>
          </li>
        ))}
      </ul>
    </article>
  )
}

/** The answer in sentences, as an agent would read it on a case. */
export function Sentences({ tried }: { tried: Tried }) {
  const x = tried.explanation
  return (
    <details className="why">
      <summary>{term('thing', 'decision_why')}</summary>
      <div className="why-text">
        <p>
          <b>{x.headline}</b>
        </p>
        {x.sections.map((s) => (
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
    </details>
  )
}
