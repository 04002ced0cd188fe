// The core of a decision (rule/core.go): stored as it was made, so the OpenAPI document leaves it open.

export type Outcome = 'approve' | 'offer' | 'need_facts' | 'need_evidence' | 'manual_review' | 'reject'

export interface Lost {
  value: string
  by: string
}
export interface Point extends Lost {
  lost?: Lost[]
}
export interface Deadline {
  from: string
  n: number
  unit: 'days' | 'workdays' | 'months' | 'hours'
  date?: string
  at?: string
  by: string
}
export interface Clause {
  claim: string
  state: 'holds' | 'pending' | 'open' | 'failed'
  reasons?: string[]
  last_day?: string
  overridden?: boolean
}
export interface Condition {
  fact: string
  must_be: string
  else: string
  clause: string
  then: string
}
export interface Bundle {
  ground: string
  remedy: string
  outcome: Outcome
  reason?: string
  clause?: string
  right?: Point
  freight?: (Point & { leg: string })[]
  refund?: { basis: string; parts: { part: string; minor?: number; permit?: string }[]; total?: number; shortfall?: number; by: string }
  amount?: { minor?: number; by: string }
  authority?: Point
  last_day?: { date: string; by: string }
  due?: Deadline[]
  send_by?: Deadline[]
  evidence?: { fact: string; by: string; needed: boolean }[]
  conditions?: Condition[]
  clauses: Clause[]
}
export interface Question {
  fact: string
  ask: string[]
  declared?: string
  for?: string
}
export interface Decision {
  format: number
  outcome: Outcome
  reason?: string
  clause?: string
  stage: string
  at: string
  ground: string
  remedy: string
  bundles: Bundle[]
  open: Question[]
  exact: boolean
  alternatives: { ground: string; remedy: string; outcome?: Outcome; code?: string; by?: string }[]
  differences: { fact: string; declared: string; found: string }[]
  packs: { pack: string; version: string; layer: string; hash: string }[]
  facts_hash: string
}

/** The bundle that was asked for. */
export const asked = (d: Decision) => d.bundles.find((b) => b.ground === d.ground && b.remedy === d.remedy)
