import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/client'
import type { Decision } from '../../api/decision'
import type { Fault } from '../../api/fault'
import type { LineView } from '../../api/types'
import { grounds, shopPath } from '../../api/queries'
import type { Shop } from '../../api/session'
import { t, term } from '../../i18n'
import { SelectField } from '../../kit/form'
import { FaultNote } from '../../kit/show'
import { DecisionPanel } from '../../parts/Decision'
import { FactFields, valuesOf, type Typed } from '../../parts/FactFields'
import type { Words } from '../../parts/words'

interface Props {
  start: { ground: string; remedy: string }
  line: LineView
  decision: Decision
  shop: Shop
  currency: string
  words: Words
  facts: string[]
}

/** 如果…会怎样: other facts, another ground or remedy, and what the policy would say. Nothing is written. */
export function WhatIf({ start, line, decision, shop, currency, words, facts }: Props) {
  const known = useQuery(grounds(shop.id))
  const [ground, setGround] = useState(start.ground)
  const [remedy, setRemedy] = useState(start.remedy)
  const [typed, setTyped] = useState<Typed>({})
  const ask = useMutation<Decision, Fault>({
    mutationFn: () => call<Decision | { decision: Decision }>('POST', `${shopPath(shop.id)}/lines/${line.id}/what-if`, { json: { facts: valuesOf(typed, words, currency), ground, remedy } }).then((x) => ('decision' in x ? x.decision : x)),
  })
  const remedies = [...new Set([...(known.data?.find((g) => g.ground === ground)?.remedies ?? []), ...decision.bundles.map((b) => b.remedy), remedy])]
  return (
    <form
      className="what-if"
      onSubmit={(e) => {
        e.preventDefault()
        ask.mutate()
      }}
    >
      <div className="cols">
        <SelectField label={t('apply.ground')} value={ground} set={setGround} required options={[...new Set([...(known.data ?? []).map((g) => g.ground), ground])].map((g) => ({ value: g, label: words.ground(g) }))} />
        <SelectField label={t('apply.remedy')} value={remedy} set={setRemedy} required options={remedies.map((r) => ({ value: r, label: term('remedy', r) }))} />
      </div>
      <FactFields facts={facts.filter((f) => !f.startsWith('application.'))} words={words} currency={currency} typed={typed} set={(p) => setTyped({ ...typed, ...p })} errors={(f) => ask.error?.field('/facts/' + f)} />
      <button type="submit" className="btn" disabled={ask.isPending}>
        {t('what_if.ask')}
      </button>
      {ask.error && <FaultNote fault={ask.error} compact />}
      {ask.data && (
        <div className="what-if-answer">
          <p className="note">{t('what_if.only')}</p>
          <DecisionPanel decision={ask.data} shop={shop.id} currency={currency} words={words} />
        </div>
      )}
    </form>
  )
}
