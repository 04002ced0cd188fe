// What the policy studio asks of the server: packs, versions, the sandbox, drafts and runs.
import { queryOptions } from '@tanstack/react-query'
import { language } from '../i18n'
import { call, textOf } from './client'
import type { Decision, Outcome } from './decision'
import { shopPath } from './queries'
import type { FactDef } from './types'

export type Layer = 'law' | 'marketplace' | 'shop'

export interface VersionInfo {
  version: string
  from: string
  to?: string
  hash: string
  built_in: boolean
  status: 'in_force' | 'coming' | 'past' | 'unused'
  notes?: string
  draft_id?: string
  proposed_by?: string
  published_by?: string
  published_at?: string
}
export interface PackInfo {
  pack: string
  layer: Layer
  title: string
  editable: boolean
  versions: VersionInfo[]
}
export interface Cite {
  id: string
  source?: string
}
export interface Code {
  code: string
  text: string
}
interface Place {
  file?: string
  line?: number
}
export interface ConditionView extends Place {
  id: string
  expr?: string
  text?: string
  else?: string
  presume?: 'as_declared' | 'met' | 'unmet'
  facts: string[]
  cites: Cite[]
}
export interface ClauseView extends Place {
  id: string
  mode: 'floor' | 'permit' | 'promise' | 'offer'
  ground: string[]
  confidence: 'sure' | 'check'
  text: { customer: string; agent?: string }
  for: ConditionView[]
  window?: string
  conditions: ConditionView[]
  unless: ConditionView[]
  gives: { remedy: string; title: string; points: string[]; line?: number }[]
  otherwise: Code[]
  cites: Cite[]
}
export interface TableView extends Place {
  name: string
  hit: 'first' | 'unique'
  out: string[]
  rows: { when: string[]; then: Record<string, string>; cites: Cite[]; line?: number }[]
  cites: Cite[]
}
export interface ParamView extends Place {
  name: string
  type: string
  value: string
  title: string
  cites: Cite[]
}
export interface GroundView extends Place {
  code: string
  text: string
  as?: string
  fault?: string
  fallback?: boolean
  cites: Cite[]
}
export interface PolicyVersion {
  pack: string
  version: string
  layer: Layer
  from: string
  to?: string
  currency: string
  hash: string
  title: string
  source?: string
  params: ParamView[]
  grounds: GroundView[]
  alternatives: Code[]
  claims: ClauseView[]
  tables: TableView[]
  row: VersionInfo
  files: { name: string; bytes: number }[]
}

/** What the sandbox answers. */
export interface Tried {
  decision: Decision
  wording: { claims: Record<string, { text: string; source: string; layer?: string; agent?: string }>; reasons: Record<string, string>; alternatives: Record<string, string> }
  explanation: { headline: string; sections: { code: string; title: string; lines: string[] }[] }
  trace: ClauseTrace[]
  what_if: { outcome: Outcome; clause?: string; changes: { fact: string; is: string; would: string }[] }[]
  facts: Record<string, Record<string, unknown>>
  at: string
  on: string
}
export interface ClauseTrace {
  claim: string
  state?: '' | 'holds' | 'pending' | 'open' | 'failed'
  conditions: {
    id: string
    result: 'met' | 'unmet' | 'open' | 'not_applicable'
    presumed?: boolean
    else?: string
    last_day?: string
    saw: { fact: string; value?: string; declared?: boolean }[]
    cites?: string[]
  }[]
}
export interface TryBody {
  facts: Record<string, Record<string, unknown>>
  ground: string
  remedy: string
  stage: string
  on?: string
  at?: string
  draft?: string
}

const v = (shop: string, path = '') => `${shopPath(shop)}/policies${path}`
const e = encodeURIComponent

export const packs = (shop: string) => queryOptions({ queryKey: ['shop', shop, 'policies', language()], queryFn: () => call<{ items: PackInfo[] } | PackInfo[]>('GET', v(shop)).then((x) => (Array.isArray(x) ? x : x.items)) })

export const policyVersion = (shop: string, pack: string, version: string) => queryOptions({ queryKey: ['lasting', shop, 'policy', pack, version, language()], queryFn: () => call<PolicyVersion>('GET', v(shop, `/${e(pack)}/versions/${e(version)}`)), staleTime: 300_000 })

export const policyFile = (shop: string, pack: string, version: string, file: string) =>
  queryOptions({ queryKey: ['lasting', shop, 'policy', pack, version, 'file', file], queryFn: () => textOf(v(shop, `/${e(pack)}/versions/${e(version)}/files/${e(file)}`)), staleTime: Infinity })

export const policyPage = (shop: string, pack: string, version: string) =>
  queryOptions({ queryKey: ['lasting', shop, 'policy', pack, version, 'page', language()], queryFn: () => textOf(v(shop, `/${e(pack)}/versions/${e(version)}/page?lang=${language()}`)), staleTime: Infinity })

/** A fact as forms need it; part says that a refund is made of it. */
export type FactInfo = FactDef & { part?: string }

/** The vocabulary: the route gives JSON Schema. */
export const vocabulary = (shop: string) => queryOptions({ queryKey: ['lasting', shop, 'vocabulary'], queryFn: () => call<Schema>('GET', v(shop, '/facts')).then(definitions), staleTime: Infinity, gcTime: Infinity })

interface Schema {
  properties: Record<string, { anyOf?: Limits[]; 'x-sanbao': Omit<FactInfo, 'name' | 'values' | 'min' | 'max'> & { values?: Record<string, FactDef['label']> } }>
}
interface Limits {
  minimum?: number
  maximum?: number
  enum?: string[]
}

export function definitions(schema: Schema): FactInfo[] {
  return Object.entries(schema.properties).map(([name, p]) => {
    const { values, ...about } = p['x-sanbao']
    const of = p.anyOf?.[0]
    const words = of?.enum ?? Object.keys(values ?? {}) // in the order they are declared
    return { ...about, name, min: of?.minimum, max: of?.maximum, values: values && words.map((word) => ({ word, label: values[word] ?? { 'zh-CN': word, en: word } })) }
  })
}

export interface GroundInfo {
  ground: string
  text: string
  as?: string
  fault: string
  remedies: { remedy: string; title: string }[]
}
/** Grounds and their remedies of the book in force on a day. */
export const policyGrounds = (shop: string, on: string) => queryOptions({ queryKey: ['lasting', shop, 'policy-grounds', on, language()], queryFn: () => call<{ items: GroundInfo[] } | GroundInfo[]>('GET', v(shop, `/grounds?on=${on}`)).then((x) => (Array.isArray(x) ? x : x.items)), staleTime: 300_000 })

export const decide = (shop: string, body: TryBody, signal?: AbortSignal) => call<Tried>('POST', v(shop, '/decide'), { json: body, signal })

// Drafts

export interface Draft {
  id: string
  pack: string
  base_version: string
  title: string
  notes?: string
  state: 'draft' | 'proposed' | 'published' | 'discarded'
  version_name?: string
  effective_from?: string
  content_hash?: string
  reason?: string
  editors: { id: string; name: string }[]
  made_by: string
  made_at: string
  proposed_by?: string
  proposed_at?: string
  changed_at: string
  version: number
}
export interface Finding {
  file?: string
  line?: number
  col?: number
  key: string
  text: string
}
export interface DraftFile {
  name: string
  bytes: number
  text: string
  changed: boolean
}
export interface DraftPage extends Draft {
  files: DraftFile[]
  findings: Finding[]
  faulty: boolean
}
export interface Check {
  findings: Finding[]
  cases: number
  failed: { file: string; line: number; name: string; says: string[]; cites?: string[] }[]
  gaps: { file?: string; line?: number; what: string; never: 'met' | 'unmet' | 'hit' }[]
  seen: number
  all: number
  clean: boolean
}
export interface RuleChange {
  what: string
  id: string
  text: string
  before?: string
  after?: string
  cites?: string[]
}

export const drafts = (shop: string) => queryOptions({ queryKey: ['shop', shop, 'policy-drafts'], queryFn: () => call<{ items: Draft[] }>('GET', v(shop, '/drafts?limit=100')).then((x) => x.items) })
export const draft = (shop: string, id: string) => queryOptions({ queryKey: ['shop', shop, 'policy-draft', id, language()], queryFn: () => call<DraftPage>('GET', v(shop, `/drafts/${id}`)) })
export const draftCheck = (shop: string, d: DraftPage) => queryOptions({ queryKey: ['shop', shop, 'policy-draft', d.id, 'check', d.version, language()], queryFn: () => call<Check>('POST', v(shop, `/drafts/${d.id}/check`)), staleTime: Infinity })
export const draftDiff = (shop: string, d: DraftPage) => queryOptions({ queryKey: ['shop', shop, 'policy-draft', d.id, 'diff', d.version, language()], queryFn: () => call<RuleChange[]>('POST', v(shop, `/drafts/${d.id}/diff`)), staleTime: Infinity })

export const startDraft = (shop: string, pack: string, body: { from_version: string; title: string; notes?: string }, key: string) => call<Draft>('POST', v(shop, `/${e(pack)}/drafts`), { json: body, key })
export const saveFile = (shop: string, id: string, file: string, body: { version: number; text: string }, key: string) => call<DraftPage>('PUT', v(shop, `/drafts/${id}/files/${e(file)}`), { json: body, key })
export const deleteFile = (shop: string, id: string, file: string, version: number) => call<DraftPage>('DELETE', v(shop, `/drafts/${id}/files/${e(file)}?version=${version}`))
export const draftCommand = (shop: string, id: string, verb: 'propose' | 'return' | 'publish' | 'discard', body: Record<string, unknown>, key: string) => call<Draft>('POST', v(shop, `/drafts/${id}/${verb}`), { json: body, key })

// Runs

export interface Run {
  id: string
  kind: 'verify' | 'backtest' | 'cases'
  draft_id?: string
  pack: string
  version?: string
  content_hash: string
  from?: string
  to?: string
  state: 'queued' | 'running' | 'done' | 'cancelled' | 'failed'
  done: number
  total: number
  asked_by: string
  asked_at: string
  started_at?: string
  ended_at?: string
  result?: unknown // by kind: Proof, Backtest, CasesRun
  error?: { key: string; text: string; findings?: Finding[] }
}
type Said = Record<string, string> // by language
export interface Proof {
  found: number
  findings: ProofFinding[]
  overrides: { claim: string; point: string; by: string; cites: string[] }[]
  unproven: { text: Said }[]
  notes: { text: Said }[]
  slices: number
  nodes: number
}
export interface ProofFinding {
  kind: string
  place: string
  text: Said
  ground: string
  remedy: string
  table?: string
  claim?: string
  point?: string
  by?: string[]
  cites?: string[]
  stage: string
  at: string
  facts: Record<string, Record<string, unknown>>
  got: string
  floor: string
}
export interface Backtest {
  cases: number
  changed: number
  terms: number
  would_ask: number
  unpriced: number
  not_replayed: number
  money_before: Record<string, number>
  money_after: Record<string, number>
  by_outcome: { from: string; to: string; n: number; minor: number }[]
  by_reason: { ground: string; n: number; changed: number; before: number; after: number }[]
  by_product: { sku: string; title: string; n: number; minor: number }[]
  freight: { leg: string; to_shop: number; to_customer: number }[]
  examples: { case_id?: string; case_no?: string; line_id?: string; sku?: string; title?: string; ground: string; remedy: string; before: string; after: string; reason?: string; asks?: string[]; minor: number }[]
  skipped: { reason: string; n: number }[]
  errors: string[]
}
export interface CasesRun extends Check {
  proposals: { about: string; cites: string[]; names: [string, string]; yaml: [string, string] }[]
}

export const goingOn = (r: Pick<Run, 'state'>) => r.state === 'queued' || r.state === 'running'

export const runs = (shop: string) =>
  queryOptions({
    queryKey: ['shop', shop, 'policy-runs'],
    queryFn: () => call<{ items: Run[] }>('GET', v(shop, '/runs?limit=100')).then((x) => x.items),
    refetchInterval: (q) => (q.state.data?.some(goingOn) ? 1000 : false),
  })
export const run = (shop: string, id: string) => queryOptions({ queryKey: ['shop', shop, 'policy-run', id, language()], queryFn: () => call<Run>('GET', v(shop, `/runs/${id}`)), refetchInterval: (q) => (q.state.data && goingOn(q.state.data) ? 1000 : false) })

export interface RunBody {
  kind: Run['kind']
  draft?: string
  pack?: string
  version?: string
  from?: string
  to?: string
}
export const startRun = (shop: string, body: RunBody, key: string) => call<Run>('POST', v(shop, '/runs'), { json: body, key })
export const cancelRun = (shop: string, id: string, key: string) => call<Run>('POST', v(shop, `/runs/${id}/cancel`), { json: {}, key })
