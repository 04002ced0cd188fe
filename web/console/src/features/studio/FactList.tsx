import { useRef, useState } from 'react'
import { asked } from '../../api/decision'
import type { Fault } from '../../api/fault'
import type { FactInfo, Tried } from '../../api/studio'
import { language, t, type Key } from '../../i18n'
import { list } from '../../kit/format'
import { Empty } from '../../kit/show'
import { FactField } from '../../parts/FactFields'
import { forget, given, isDeclared, now, rank, typed, type Trial } from '../../parts/trial'
import { pick, type Words } from '../../parts/words'

interface Props {
  trial: Trial
  put: (t: Trial) => void
  words: Words
  defs: FactInfo[]
  currency: string
  tried?: Tried
  fault?: Fault
}

/** The facts of the matter: first what the policy asks for, then what is said, then any other by its name. */
export function FactList({ trial, put, words, defs, currency, tried, fault }: Props) {
  const decision = tried?.decision
  const open = (decision?.open ?? []).filter((q) => !q.fact.startsWith('application.ground') && !q.fact.startsWith('application.remedy'))
  const seen = useRef<string[]>([]) // what was asked for stays in its place while it is answered
  for (const q of open) if (!seen.current.includes(q.fact)) seen.current.push(q.fact)
  const [added, setAdded] = useState<string[]>([])
  const said = Object.keys(trial.facts)
  const first = seen.current.filter((f) => open.some((q) => q.fact === f) || said.includes(f))
  const matter = useRef(new Set<string>())
  for (const f of [...(tried ? looked(tried, defs) : []), ...added]) matter.current.add(f) // what is being typed into does not go away
  const others = [...new Set([...said, ...added])].filter((f) => !first.includes(f))
  const rest = others.filter((f) => !tried || matter.current.has(f))
  const idle = others.filter((f) => !rest.includes(f))
  const later = (decision && asked(decision)?.conditions?.map((c) => c.fact)) || []
  const suggested = [...new Set(later)].filter((f) => !first.includes(f) && !others.includes(f))
  const add = (fact: string) => {
    setAdded((a) => [...new Set([...a, fact])])
    window.setTimeout(() => document.getElementById('fact-' + fact)?.querySelector<HTMLElement>('input,select')?.focus(), 60)
  }
  const one = (fact: string) => {
    const question = open.find((q) => q.fact === fact)
    const current = now(trial, words, fact)
    const remove = () => {
      setAdded((a) => a.filter((x) => x !== fact))
      put(forget(trial, fact))
    }
    return (
      <div key={fact} id={'fact-' + fact} className={question && !current ? 'trial-fact asked' : 'trial-fact'}>
        <FactField
          fact={fact}
          words={words}
          currency={currency}
          typed={{ [fact]: current?.text ?? '' }}
          set={(p) => put(typed(trial, words, fact, p[fact] ?? ''))}
          required
          errors={(f) => faultOf(fault, f)}
          hints={question && !current ? { [fact]: list(question.ask.map((a) => t(`ask.${a}` as Key))) } : undefined}
        />
        <Said trial={trial} words={words} fact={fact} />
        {(current || said.includes(fact) || added.includes(fact)) && (
          <button type="button" className="btn link small forget" onClick={remove} aria-label={t('trial.forget_fact', { fact: words.label(fact) })} title={t('trial.forget')}>
            ×
          </button>
        )}
      </div>
    )
  }
  return (
    <section className="card panel">
      <header>
        <h2>{t('trial.facts')}</h2>
        <FactFinder defs={defs.filter((d) => !first.includes(d.name) && !rest.includes(d.name))} add={add} />
      </header>
      <div className="panel-body stack">
        {first.length > 0 && (
          <>
            <h3 className="section-title">{open.length > 0 ? t('trial.open', { n: open.length }) : t('trial.answered')}</h3>
            <div className="facts">{first.map(one)}</div>
          </>
        )}
        {rest.length > 0 && (
          <>
            {first.length > 0 && <h3 className="section-title">{t('trial.known')}</h3>}
            <div className="facts">{rest.map(one)}</div>
          </>
        )}
        {idle.length > 0 && (
          <details className="idle">
            <summary>{t('trial.idle', { n: idle.length })}</summary>
            <div className="facts">{idle.map(one)}</div>
          </details>
        )}
        {first.length + others.length === 0 && <Empty title={t('trial.no_facts')}>{t('trial.no_facts_text')}</Empty>}
        {suggested.length > 0 && (
          <div className="actions">
            <span className="muted">{t('trial.suggested')}</span>
            {suggested.map((f) => (
              <button key={f} type="button" className="btn small" onClick={() => add(f)}>
                + {words.label(f)}
              </button>
            ))}
          </div>
        )}
      </div>
    </section>
  )
}

/** The facts that this answer looked at, or is made of. */
function looked(tried: Tried, defs: FactInfo[]): string[] {
  const mine = asked(tried.decision)
  return [
    ...tried.trace.filter((c) => c.state).flatMap((c) => c.conditions.flatMap((k) => k.saw.map((s) => s.fact))),
    ...(mine?.conditions ?? []).map((c) => c.fact),
    ...(mine?.evidence ?? []).map((e) => e.fact),
    ...(mine?.refund ? defs.filter((d) => d.part).map((d) => d.name) : []),
    ...(mine?.amount ? defs.filter((d) => d.type === 'money').map((d) => d.name) : []), // which of them, the decision does not say
    ...tried.what_if.flatMap((x) => x.changes.map((c) => c.fact)),
  ]
}

const faultOf = (fault: Fault | undefined, fact: string) => {
  const own = fault?.problem?.fields?.find((f) => f.path === '/facts/' + fact || f.path.startsWith(`/facts/${fact}/`))
  return own && fault?.field(own.path)
}

/** What was said of a fact at other stages, and that a value is only a declaration. */
function Said({ trial, words, fact }: { trial: Trial; words: Words; fact: string }) {
  const current = now(trial, words, fact)
  const others = Object.entries(trial.facts[fact] ?? {}).filter(([stage, text]) => text !== '' && stage !== current?.stage)
  const stageName = (stage: string) => t(`stage.${stage || words.def(fact)?.stage || 'order'}` as Key)
  const lines = others.map(([stage, text]) => t(given(words, fact, stage) > rank(trial.stage) ? 'trial.not_yet' : 'trial.said_before', { stage: stageName(stage), value: words.value(fact, text) }))
  if (current && isDeclared(trial, words, fact, current.stage)) lines.unshift(t('trial.declared', { stage: stageName('') }))
  return lines.length > 0 ? <p className="help muted small">{lines.join(' · ')}</p> : null
}

/** Any fact of the vocabulary by its label or name. */
function FactFinder({ defs, add }: { defs: FactInfo[]; add: (fact: string) => void }) {
  const [q, setQ] = useState('')
  const text = q.trim().toLowerCase()
  const found = text === '' ? [] : defs.filter((d) => [d.name, d.label['zh-CN'], d.label.en].some((x) => x.toLowerCase().includes(text))).slice(0, 8)
  const take = (fact: string) => {
    setQ('')
    add(fact)
  }
  return (
    <form
      className="fact-finder"
      role="search"
      onSubmit={(e) => {
        e.preventDefault()
        if (found[0]) take(found[0].name)
      }}
    >
      <input id="fact-find" className="input small" value={q} onChange={(e) => setQ(e.target.value)} onKeyDown={(e) => e.key === 'Escape' && setQ('')} placeholder={t('trial.add_fact')} aria-label={t('trial.add_fact')} maxLength={60} autoComplete="off" lang={language()} />
      {text !== '' && (
        <ul className="card found picks" aria-label={t('trial.add_fact')}>
          {found.map((d) => (
            <li key={d.name}>
              <button type="button" onClick={() => take(d.name)}>
                <span className="grow">{pick(d.label)}</span> <span className="mono muted">{d.name}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="muted none">{t('trial.no_fact')}</li>}
        </ul>
      )}
    </form>
  )
}
