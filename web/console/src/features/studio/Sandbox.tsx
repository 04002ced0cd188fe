import { useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { asked, type Bundle } from '../../api/decision'
import { policyGrounds, vocabulary, type FactInfo, type Tried } from '../../api/studio'
import type { Shop } from '../../api/session'
import { useShop } from '../../app/shop'
import { t, term, type Key } from '../../i18n'
import { fromInput, toInput } from '../../kit/format'
import { Choice, SelectField, TextField } from '../../kit/form'
import { useShortcuts } from '../../kit/keys'
import { Await, Empty, FaultNote } from '../../kit/show'
import { DecisionPanel, OutcomeTag } from '../../parts/Decision'
import { blank, factsOf, fromHash, stages, toHash, typed, type Trial } from '../../parts/trial'
import { wordsOf, type Words } from '../../parts/words'
import { CasePicker } from './CasePicker'
import { DraftField } from './DraftField'
import { FactList } from './FactList'
import { Share } from './Share'
import { Tabs } from './Tabs'
import { Sentences, Trace, Turns } from './Trace'
import { useTried } from './useTried'

/** 试算: a matter that is supposed, and what the policy says of it as one types. Nothing is written. */
export function Sandbox() {
  const shop = useShop()
  const defs = useQuery(vocabulary(shop.id))
  return (
    <div className="page wide">
      <Tabs at="sandbox" />
      <Await query={defs} rows={10}>
        {(known) => <Bench shop={shop} defs={known} />}
      </Await>
    </div>
  )
}

/** The trial of the address; what is typed goes back into it. */
function useTrial(): [Trial, (t: Trial) => void, number] {
  const hash = useLocation({ select: (l) => l.hash })
  const go = useNavigate()
  const [state, set] = useState(() => ({ trial: begin(hash), hash, fresh: 0 }))
  const written = useRef(hash)
  let now = state
  if (hash !== state.hash && hash !== written.current) {
    now = { trial: begin(hash), hash, fresh: state.fresh + 1 } // somebody followed a link
    set(now)
  }
  const timer = useRef(0)
  useEffect(() => () => window.clearTimeout(timer.current), [])
  const put = (trial: Trial) => {
    set((s) => ({ ...s, trial }))
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      written.current = toHash(trial)
      void go({ to: '.', hash: written.current, replace: true, resetScroll: false, hashScrollIntoView: false })
    }, 300)
  }
  return [now.trial, put, now.fresh]
}

const today = () => toInput(new Date()).slice(0, 10)
const begin = (hash: string): Trial => (hash ? fromHash(hash) : { ...blank, facts: { 'application.sent_on': { '': today() } } })

function Bench({ shop, defs }: { shop: Shop; defs: FactInfo[] }) {
  const [trial, put, fresh] = useTrial()
  const grounds = useQuery(policyGrounds(shop.id, trial.on || trial.at || today()))
  const groundText = (code: string) => grounds.data?.find((g) => g.ground === code)?.text
  const plain = wordsOf(defs, undefined, groundText, shop.currency)
  const ready = trial.ground !== '' && trial.remedy !== ''
  const { tried, fault, busy, retry } = useTried(
    shop.id,
    ready
      ? { facts: factsOf(trial, plain, shop.currency), ground: trial.ground, remedy: trial.remedy, stage: trial.stage, on: trial.on || undefined, at: trial.at ? fromInput(trial.at + 'T12:00') : undefined, draft: trial.draft || undefined }
      : undefined,
  )
  const words = wordsOf(defs, tried?.wording, groundText, shop.currency)
  const set = (patch: Partial<Trial>) => put({ ...trial, ...patch })
  const choose = (b: Bundle) => set({ ground: b.ground, remedy: b.remedy })
  useShortcuts([{ keys: 'f', label: t('trial.add_fact'), group: t('nav.studio'), run: () => document.querySelector<HTMLInputElement>('#fact-find')?.focus() }])
  return (
    <div className="case-grid apply trial">
      <div className="case-main">
        <Question shop={shop} trial={trial} set={set} put={put} grounds={grounds.data ?? []} words={words} fault={(f) => fault?.field('/' + f)} />
        <FactList key={`${fresh} ${trial.ground} ${trial.remedy}`} trial={trial} put={put} words={words} defs={defs} currency={shop.currency} tried={ready ? tried : undefined} fault={fault} />
      </div>
      {ready && tried && (
        <a href="#trial-said" className="trial-glance only-narrow" onClick={(e) => { e.preventDefault(); document.getElementById('trial-said')?.scrollIntoView() }}>
          <span>{term('remedy', trial.remedy)}</span>
          <OutcomeTag outcome={tried.decision.outcome} right={asked(tried.decision)?.right?.value} />
        </a>
      )}
      <aside className="case-side sticky" id="trial-said">
        <section className="card panel decision-panel" aria-busy={busy}>
          <header>
            <h2>{t('apply.preview')}</h2>
            {ready && tried && <Share shop={shop} trial={trial} decision={tried.decision} words={words} today={today()} />}
          </header>
          <div className="panel-body stack">
            {!ready ? <Empty title={t('trial.not_ready')}>{t('trial.not_ready_text')}</Empty> : <Said tried={tried} fault={fault} busy={busy} retry={retry} shop={shop} words={words} trial={trial} put={put} choose={choose} />}
          </div>
        </section>
      </aside>
    </div>
  )
}

interface SaidProps {
  tried?: Tried
  fault?: unknown
  busy: boolean
  retry: () => void
  shop: Shop
  words: Words
  trial: Trial
  put: (t: Trial) => void
  choose: (b: Bundle) => void
}

/** The answer, what would turn it, and what every condition saw. */
function Said({ tried, fault, busy, retry, shop, words, trial, put, choose }: SaidProps) {
  return (
    <>
      {fault !== undefined && <FaultNote fault={fault} retry={retry} compact />}
      {!tried ? (
        !fault && <p className="muted">{t('loading')}</p>
      ) : (
        <div className={busy && fault === undefined ? 'stack stale' : 'stack'}>
          {fault !== undefined && <p className="muted small">{t('trial.before')}</p>}
          <DecisionPanel decision={tried.decision} shop={shop.id} currency={shop.currency} words={words} choose={choose} />
          <Turns
            tried={tried}
            words={words}
            take={(changes) => put(changes.reduce((tr, c) => typed(tr, words, c.fact, words.typed(c.fact, c.would)), trial))}
          />
          <Trace tried={tried} words={words} main={asked(tried.decision)?.clauses.map((c) => c.claim) ?? []} />
          <Sentences tried={tried} />
        </div>
      )}
    </>
  )
}

interface QuestionProps {
  shop: Shop
  trial: Trial
  set: (patch: Partial<Trial>) => void
  put: (t: Trial) => void
  grounds: { ground: string; remedies: { remedy: string; title: string }[] }[]
  words: Words
  fault: (field: string) => string | undefined
}

function Question({ shop, trial, set, put, grounds, words, fault }: QuestionProps) {
  const codes = [...new Set([...grounds.map((g) => g.ground), ...(trial.ground ? [trial.ground] : [])])]
  const remedies = [...new Set([...(grounds.find((g) => g.ground === trial.ground)?.remedies.map((r) => r.remedy) ?? []), ...(trial.remedy ? [trial.remedy] : [])])]
  const ground = (code: string) => {
    const can = grounds.find((g) => g.ground === code)?.remedies.map((r) => r.remedy) ?? []
    set({ ground: code, remedy: can.includes(trial.remedy) ? trial.remedy : (can[0] ?? '') })
  }
  return (
    <section className="card panel">
      <header>
        <h2>{t('trial.question')}</h2>
        <CasePicker shop={shop} take={(golden) => put({ ...golden, draft: trial.draft })} />
      </header>
      <div className="panel-body stack">
        <div className="cols">
          <SelectField label={t('apply.ground')} value={trial.ground} set={ground} required empty={t('apply.choose')} options={codes.map((g) => ({ value: g, label: words.ground(g) }))} error={fault('ground')} />
          <SelectField label={t('apply.remedy')} value={trial.remedy} set={(remedy) => set({ remedy })} required empty={t('apply.choose')} options={remedies.map((r) => ({ value: r, label: term('remedy', r) }))} error={fault('remedy')} />
        </div>
        <Choice label={t('trial.stage')} value={trial.stage} set={(stage) => set({ stage })} required options={stages.map((s) => ({ value: s, label: t(`stage.${s}` as Key) }))} error={fault('stage')} />
        <div className="cols">
          <DraftField shop={shop} value={trial.draft} set={(draft) => set({ draft })} error={fault('draft')} />
          <TextField label={t('trial.on')} value={trial.on} set={(on) => set({ on })} type="date" help={t('trial.on_help')} error={fault('on')} />
          <TextField label={t('trial.at')} value={trial.at} set={(at) => set({ at })} type="date" help={t('trial.at_help')} error={fault('at')} />
        </div>
      </div>
    </section>
  )
}
