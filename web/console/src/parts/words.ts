// How the codes of a decision read here: labels of facts, clauses and reasons, which the shop's packs word.
import { useQuery } from '@tanstack/react-query'
import type { FactDef } from '../api/types'
import { facts, grounds, wording } from '../api/queries'
import { hasTerm, inChinese, language, t, term, type Key } from '../i18n'
import { day, decimal, fullTime, money, toInput } from '../kit/format'

type Two = { 'zh-CN': string; en: string } | string | undefined

/** A text the server gives in two languages, or already in the reader's. */
export const pick = (x: Two): string => (typeof x === 'object' ? (language() === 'en' ? x.en : inChinese(x['zh-CN'])) : (x ?? ''))

export interface Words {
  def: (fact: string) => FactDef | undefined
  label: (fact: string) => string
  help: (fact: string) => string
  value: (fact: string, value: unknown) => string
  typed: (fact: string, value: string) => string // a value of the engine's, as it is typed
  claim: (id: string) => { text: string; source: string; layer?: string; agent?: string }
  reason: (code: string | undefined, lastDay?: string) => string
  alternative: (code: string) => string
  ground: (code: string) => string
  ready: boolean
}

/** What the words are made of: the vocabulary's facts, and how a book words its codes. */
export interface Wording {
  claims: Record<string, { text: string; source: string; layer?: string; agent?: string }>
  reasons: Record<string, string>
  alternatives: Record<string, string>
}

export function useWords(shop: string, currency: string): Words {
  const f = useQuery(facts(shop))
  const w = useQuery(wording(shop))
  const g = useQuery(grounds(shop))
  return wordsOf(f.data, w.data, (code) => g.data?.find((x) => x.ground === code)?.label, currency)
}

export function wordsOf(known: FactDef[] | undefined, w: Wording | undefined, ground: (code: string) => Two, currency: string): Words {
  const defs = new Map((known ?? []).map((d) => [d.name, d]))
  return {
    def: (fact) => defs.get(fact),
    label: (fact) => (fact === 'application.ground' ? t('apply.ground') : fact === 'application.remedy' ? t('apply.remedy') : pick(defs.get(fact)?.label) || fact),
    help: (fact) => pick(defs.get(fact)?.help),
    value: (fact, v) => valueText(defs.get(fact), v, currency),
    typed: (fact, v) => {
      const type = defs.get(fact)?.type
      return type === 'money' ? decimal(Number(v), currency) : type === 'instant' ? toInput(new Date(v)) : v
    },
    claim: (id) => {
      const c = w?.claims[id]
      return c ? { text: c.text, source: c.source, layer: c.layer, agent: c.agent } : { text: '', source: id }
    },
    reason: (code, last) => (code ? dated(w?.reasons[code] ?? code, last) : ''),
    alternative: (code) => w?.alternatives[code] ?? code,
    ground: (code) => (hasTerm('ground', code) ? term('ground', code) : pick(ground(code)) || code),
    ready: known !== undefined && w !== undefined,
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
