// A matter that is tried in the sandbox: what is asked, and the facts as they were typed. It lives in the hash of the
// address, so that it can be sent to somebody without reaching a server's log:
//   #ground=quality&remedy=refund_return&stage=application&line.signed_on=2026-11-15&goods.worn@application=true
import { typedOf, valuesOf } from './FactFields'
import type { Words } from './words'

export const stages = ['order', 'application', 'evidence', 'receipt', 'inspection', 'appraisal', 'after']

/** What was typed about a fact, by the stage it was said at; "" is the fact's own. */
export type Readings = Record<string, Record<string, string>>

export interface Trial {
  draft: string // "" what is in force on the day of payment
  on: string // day of payment; "" today
  at: string // day of the decision; "" now
  ground: string
  remedy: string
  stage: string
  facts: Readings
}

const asks = ['draft', 'on', 'at', 'ground', 'remedy', 'stage'] as const
export const blank: Trial = { draft: '', on: '', at: '', ground: '', remedy: '', stage: 'application', facts: {} }

export function toHash(t: Trial): string {
  const p = new URLSearchParams()
  for (const k of asks) if (t[k] && t[k] !== blank[k]) p.set(k, t[k])
  for (const [fact, said] of Object.entries(t.facts)) for (const [stage, text] of Object.entries(said)) if (text !== '') p.set(stage ? `${fact}@${stage}` : fact, text)
  return p.toString().replaceAll('%40', '@').replaceAll('%3A', ':')
}

export function fromHash(hash: string): Trial {
  const t: Trial = { ...blank, facts: {} }
  for (const [k, v] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if ((asks as readonly string[]).includes(k)) t[k as (typeof asks)[number]] = v
    else if (/^[a-z][\w.]*\.[\w.]+(@\w+)?$/.test(k)) say(t.facts, k.split('@')[0]!, k.split('@')[1] ?? '', v)
  }
  if (!stages.includes(t.stage)) t.stage = blank.stage
  return t
}

export function say(facts: Readings, fact: string, stage: string, text: string) {
  facts[fact] = { ...facts[fact], [stage]: text }
}

export const rank = (stage: string) => stages.indexOf(stage)
/** The stage a reading was given at, by its number. */
export const given = (words: Words, fact: string, stage: string) => rank(stage || (words.def(fact)?.stage ?? 'order'))

/** What is said of a fact by now: the reading of the latest stage that is not still to come. */
export function now(t: Trial, words: Words, fact: string): { stage: string; text: string } | undefined {
  const said = Object.entries(t.facts[fact] ?? {})
    .filter(([stage, text]) => text !== '' && given(words, fact, stage) <= rank(t.stage))
    .sort(([a], [b]) => given(words, fact, a) - given(words, fact, b))
  const last = said.at(-1)
  return last && { stage: last[0], text: last[1] }
}

/** Says something of a fact: established at its own stage where that has come, before it only declared. */
export function typed(t: Trial, words: Words, fact: string, text: string): Trial {
  const stage = given(words, fact, '') <= rank(t.stage) ? '' : t.stage
  return { ...t, facts: { ...t.facts, [fact]: { ...t.facts[fact], [stage]: text } } }
}

export function forget(t: Trial, fact: string): Trial {
  const facts = { ...t.facts }
  delete facts[fact]
  return { ...t, facts }
}

export const isDeclared = (t: Trial, words: Words, fact: string, stage: string) => rank(t.stage) >= 0 && given(words, fact, stage) < given(words, fact, '')

/** The facts to send: what is said by now, each reading at its stage. */
export function factsOf(t: Trial, words: Words, currency: string): Record<string, Record<string, unknown>> {
  const out: Record<string, Record<string, unknown>> = {}
  for (const [fact, said] of Object.entries(t.facts)) {
    for (const [stage, text] of Object.entries(said)) {
      const at = given(words, fact, stage)
      const value = valuesOf({ [fact]: text }, words, currency)[fact]
      if (value !== undefined && at <= rank(t.stage)) out[fact] = { ...out[fact], [stages[at]!]: value }
    }
  }
  return out
}

/** Readings from facts as the server stores them: a value, or a value for each stage; money in minor units. */
export function readingsOf(facts: Record<string, unknown>, words: Words, currency: string): Readings {
  const out: Readings = {}
  for (const [fact, value] of Object.entries(facts)) {
    const type = words.def(fact)?.type
    const own = words.def(fact)?.stage
    if (typeof value === 'object' && value !== null) for (const [stage, x] of Object.entries(value)) say(out, fact, stage === own ? '' : stage, typedOf(x, type, currency))
    else say(out, fact, '', typedOf(value, type, currency))
  }
  return out
}
