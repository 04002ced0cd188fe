// Golden cases of a pack: read to begin a trial with, and written from one.
import { asked, type Decision } from '../../api/decision'
import { decimal } from '../../kit/format'
import { blank, given, isDeclared, rank, say, type Readings, type Trial } from '../../parts/trial'
import type { Words } from '../../parts/words'
import { isMap, readYaml, type Yaml } from './yaml'

export interface Golden {
  name: string
  trial: Trial
}

/** The golden cases of a file of a pack, as matters to begin with. */
export function casesOf(text: string): Golden[] {
  const file = readYaml(text)
  if (!isMap(file) || !Array.isArray(file.cases)) return []
  return file.cases.flatMap((c) => {
    if (!isMap(c) || typeof c.case !== 'string') return []
    const facts: Readings = {}
    take(facts, file.given, '')
    take(facts, c.facts, '')
    take(facts, c.declared, 'application')
    const text = (k: string) => String(c[k] ?? file[k] ?? '')
    const ask = isMap(c.ask) ? c.ask : isMap(file.ask) ? file.ask : {}
    return [{ name: c.case, trial: { ...blank, at: text('at').slice(0, 10), stage: text('stage') || blank.stage, ground: String(ask.ground ?? ''), remedy: String(ask.remedy ?? ''), facts } }]
  })
}

function take(facts: Readings, from: Yaml | undefined, stage: string) {
  if (!isMap(from)) return
  for (const [fact, value] of Object.entries(from)) {
    if (value === null) delete facts[fact]
    else if (isMap(value)) for (const [s, x] of Object.entries(value)) say(facts, fact, s, String(x))
    else say(facts, fact, stage, String(value))
  }
}

/** The matter and its answer as a golden case, to be pasted into cases/*.yaml of a pack. */
export function goldenCase(name: string, t: Trial, d: Decision, words: Words, today: string, currency: string): string {
  const facts: string[] = []
  const declared: string[] = []
  for (const [fact, said] of Object.entries(t.facts)) {
    const readings = Object.entries(said).filter(([stage, text]) => text !== '' && given(words, fact, stage) <= rank(t.stage))
    const early = readings.filter(([stage]) => stage === 'application' && isDeclared(t, words, fact, stage))
    const rest = readings.filter((r) => !early.includes(r))
    for (const [, text] of early) declared.push(`${fact}: ${text}`)
    if (rest.length === 1 && rest[0]![0] === '') facts.push(`${fact}: ${rest[0]![1]}`)
    else if (rest.length > 0) facts.push(`${fact}: {${rest.map(([stage, text]) => `${stage || words.def(fact)?.stage}: ${text}`).join(', ')}}`)
  }
  const beside = d.packs.filter((p) => p.layer !== 'shop').map((p) => p.pack)
  return [
    `- case: ${/[:#{}[\],&*!|>'"%@`]/.test(name) ? JSON.stringify(name) : name}`,
    '  cites: []',
    `  with: [${beside.join(', ')}]`,
    `  at: ${t.at || today}`,
    `  stage: ${t.stage}`,
    `  ask: {ground: ${d.ground}, remedy: ${d.remedy}}`,
    ...block('facts', facts),
    ...block('declared', declared),
    '  expect:',
    ...expected(d, currency).map((l) => '    ' + l),
    '',
  ].join('\n')
}

const block = (key: string, lines: string[]) => (lines.length ? [`  ${key}:`, ...lines.map((l) => '    ' + l)] : [])

function expected(d: Decision, currency: string): string[] {
  const b = asked(d)
  const lines = [`outcome: ${d.outcome}`]
  const add = (key: string, value: string | undefined) => value && lines.push(`${key}: ${value}`)
  add('reason', d.reason)
  add('clause', d.clause)
  add('right', b?.right?.value)
  add('freight', b?.freight?.length ? `{${b.freight.map((l) => `${l.leg}: ${l.value}`).join(', ')}}` : undefined)
  add('refund', b?.refund && (b.refund.total === undefined ? 'unknown' : decimal(b.refund.total, currency)))
  add('amount', b?.amount && (b.amount.minor === undefined ? 'unknown' : decimal(b.amount.minor, currency)))
  add('authority', b?.authority?.value)
  add('last_day', b?.last_day?.date)
  add('evidence', b?.evidence?.length ? `[${b.evidence.map((e) => e.fact).join(', ')}]` : undefined)
  const over = b?.clauses.filter((c) => c.overridden) ?? []
  add('overridden', over.length ? `[${over.map((c) => c.claim).join(', ')}]` : undefined)
  add('open', `[${d.open.map((q) => q.fact).join(', ')}]`)
  return lines
}
