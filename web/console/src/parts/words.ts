// How the codes of a decision read here: labels of facts, clauses and reasons, which the shop's packs word.
import { useQuery } from '@tanstack/react-query'
import type { FactDef } from '../api/types'
import { facts, grounds, wording } from '../api/queries'
import { hasTerm, language, t, term, type Key } from '../i18n'
import { day, fullTime, money } from '../kit/format'

type Two = { 'zh-CN': string; en: string } | string | undefined

/** A text the server gives in two languages, or already in the reader's. */
export const pick = (x: Two): string => (typeof x === 'object' ? (language() === 'en' ? x.en : x['zh-CN']) : (x ?? ''))

export interface Words {
  def: (fact: string) => FactDef | undefined
  label: (fact: string) => string
  help: (fact: string) => string
  value: (fact: string, value: unknown) => string
  claim: (id: string) => { text: string; source: string; layer?: string; agent?: string }
  reason: (code: string | undefined, lastDay?: string) => string
  alternative: (code: string) => string
  ground: (code: string) => string
  ready: boolean
}

export function useWords(shop: string, currency: string): Words {
  const f = useQuery(facts(shop))
  const w = useQuery(wording(shop))
  const g = useQuery(grounds(shop))
  const defs = new Map((f.data ?? []).map((d) => [d.name, d]))
  const label = (fact: string) => (fact === 'application.ground' ? t('apply.ground') : fact === 'application.remedy' ? t('apply.remedy') : pick(defs.get(fact)?.label) || fact)
  return {
    def: (fact) => defs.get(fact),
    label,
    help: (fact) => pick(defs.get(fact)?.help),
    value: (fact, v) => valueText(defs.get(fact), v, currency),
    claim: (id) => {
      const c = w.data?.claims[id]
      return c ? { text: c.text, source: c.source, layer: c.layer, agent: c.agent } : { text: '', source: id }
    },
    reason: (code, last) => (code ? dated(w.data?.reasons[code] ?? code, last) : ''),
    alternative: (code) => w.data?.alternatives[code] ?? code,
    ground: (code) => {
      const own = g.data?.find((x) => x.ground === code)
      return hasTerm('ground', code) ? term('ground', code) : own ? pick(own.label) : code
    },
    ready: f.data !== undefined && w.data !== undefined,
  }
}

/** A reason with its last day; without the words around it where there is none to name. */
export const dated = (text: string, last?: string) => (last ? text.replace('{last_day}', day(last)) : text.replace(/（[^（）]*\{last_day\}[^（）]*）| on \{last_day\}/, ''))

function valueText(def: FactDef | undefined, v: unknown, currency: string): string {
  if (v === true || v === 'true') return t('yes')
  if (v === false || v === 'false') return t('no')
  if (v === undefined || v === null || v === '') return t('unknown')
  const choice = def?.values?.find((x) => x.word === v)
  if (choice) return pick(choice.label)
  if (def?.type === 'money') return money(Number(v), currency)
  if (def?.type === 'date') return day(String(v))
  if (def?.type === 'instant') return fullTime(String(v))
  return String(v)
}

/** What a condition wants of a fact, in words: "true", "<= 1500", "not a|b", "in time", or an expression of several facts. */
export function mustBe(words: Words, fact: string, must: string): string {
  if (must === 'in time') return t('must.in_time')
  const [op = '', rest] = must.split(/ (.*)/s)
  const values = (list: string) => list.split('|').map((v) => words.value(fact, v)).join(' / ')
  if (rest === undefined) return values(must)
  const kind = words.def(fact)?.type
  const date = kind === 'date' || kind === 'instant'
  const known: Record<string, Key> = {
    '<=': date ? 'must.at_most_date' : 'must.at_most',
    '>=': date ? 'must.at_least_date' : 'must.at_least',
    '<': date ? 'must.below_date' : 'must.below',
    '>': date ? 'must.above_date' : 'must.above',
    not: 'must.not',
  }
  return known[op] ? t(known[op], { value: values(rest) }) : t('must.checked')
}
