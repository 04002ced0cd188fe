// What the policy studio asks of the server: packs, versions, the sandbox, drafts and runs.
import { queryOptions } from '@tanstack/react-query'
import { language } from '../i18n'
import { call, textOf } from './client'
import type { Decision } from './decision'
import { shopPath } from './queries'
import type { components } from './schema'
import type { FactDef } from './types'

type S = components['schemas']

export type VersionInfo = S['StudioVersionRow']
export type PackInfo = S['StudioShelved']
export type Layer = PackInfo['layer']
export type Cite = S['RuleCite']
export type Code = S['RuleCodeView']
export type ConditionView = S['RuleConditionView']
export type ClauseView = S['RuleClaimView']
export type TableView = S['RuleTableView']
export type ParamView = S['RuleParamView']
export type GroundView = S['RuleGroundView']
export type PolicyVersion = S['StudioVersionPage']

/** What the sandbox answers. */
export type Tried = Omit<S['StudioAnswer'], 'decision'> & { decision: Decision }
export type ClauseTrace = S['RuleClaimTrace']
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

export type GroundInfo = S['StudioGroundRow']
/** Grounds and their remedies of the book in force on a day. */
export const policyGrounds = (shop: string, on: string) => queryOptions({ queryKey: ['lasting', shop, 'policy-grounds', on, language()], queryFn: () => call<{ items: GroundInfo[] } | GroundInfo[]>('GET', v(shop, `/grounds?on=${on}`)).then((x) => (Array.isArray(x) ? x : x.items)), staleTime: 300_000 })

export const decide = (shop: string, body: TryBody, signal?: AbortSignal) => call<Tried>('POST', v(shop, '/decide'), { json: body, signal })

// Drafts

export type Draft = S['StudioDraft']
export type Finding = S['StudioFinding']
export type DraftFile = S['StudioDraftFile']
export type DraftPage = S['StudioDraftPage']
export type Check = S['StudioCheck']
export type CaseResult = S['StudioCaseResult']
export type RuleChange = S['RulePackChange']

export const drafts = (shop: string) => queryOptions({ queryKey: ['shop', shop, 'policy-drafts'], queryFn: () => call<{ items: Draft[] }>('GET', v(shop, '/drafts?limit=100')).then((x) => x.items) })
export const draft = (shop: string, id: string) => queryOptions({ queryKey: ['shop', shop, 'policy-draft', id, language()], queryFn: () => call<DraftPage>('GET', v(shop, `/drafts/${id}`)) })
export const draftCheck = (shop: string, d: DraftPage) => queryOptions({ queryKey: ['shop', shop, 'policy-draft', d.id, 'check', d.version, language()], queryFn: () => call<Check>('POST', v(shop, `/drafts/${d.id}/check`)), staleTime: Infinity })
export const draftDiff = (shop: string, d: DraftPage) => queryOptions({ queryKey: ['shop', shop, 'policy-draft', d.id, 'diff', d.version, language()], queryFn: () => call<RuleChange[]>('POST', v(shop, `/drafts/${d.id}/diff`)), staleTime: Infinity })

export const startDraft = (shop: string, pack: string, body: { from_version: string; title: string; notes?: string }, key: string) => call<Draft>('POST', v(shop, `/${e(pack)}/drafts`), { json: body, key })
export const saveFile = (shop: string, id: string, file: string, body: { version: number; text: string }, key: string) => call<DraftPage>('PUT', v(shop, `/drafts/${id}/files/${e(file)}`), { json: body, key })
export const deleteFile = (shop: string, id: string, file: string, version: number) => call<DraftPage>('DELETE', v(shop, `/drafts/${id}/files/${e(file)}?version=${version}`))
export const acceptCases = (shop: string, id: string, body: { version: number; cases: { file: string; line: number; name: string }[] }, key: string) => call<Draft>('POST', v(shop, `/drafts/${id}/accept-cases`), { json: body, key })
export const draftCommand = (shop: string, id: string, verb: 'propose' | 'return' | 'publish' | 'discard', body: Record<string, unknown>, key: string) => call<Draft>('POST', v(shop, `/drafts/${id}/${verb}`), { json: body, key })

// Runs

export type Run = S['StudioRun']
export type Proof = S['StudioVerified']
export type ProofFinding = S['StudioFoundBelow']
export type Backtest = S['ReportBacktestReport']
export type CasesRun = S['StudioCasesRun']

export const goingOn = (r: Pick<Run, 'state'>) => r.state === 'queued' || r.state === 'running'

export const runs = (shop: string) =>
  queryOptions({
    queryKey: ['shop', shop, 'policy-runs'],
    queryFn: () => call<{ items: Run[] }>('GET', v(shop, '/runs?limit=100')).then((x) => x.items),
    refetchInterval: (q) => (q.state.data?.some(goingOn) ? 1000 : false),
  })
export const run = (shop: string, id: string) => queryOptions({ queryKey: ['shop', shop, 'policy-run', id, language()], queryFn: () => call<Run>('GET', v(shop, `/runs/${id}`)), refetchInterval: (q) => (q.state.data && goingOn(q.state.data) ? 1000 : false) })

export type RunBody = S['StudioNewRun']
export const startRun = (shop: string, body: RunBody, key: string) => call<Run>('POST', v(shop, '/runs'), { json: body, key })
export const cancelRun = (shop: string, id: string, key: string) => call<Run>('POST', v(shop, `/runs/${id}/cancel`), { json: {}, key })
