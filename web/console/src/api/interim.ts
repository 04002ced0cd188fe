// Types of routes that docs/openapi.yaml does not describe yet.
import type { components } from './schema'

type S = components['schemas']
export type Case = S['CasesCase']
export type Note = S['CasesNote']
export type View = S['FlowView']
export type LineView = S['FlowLineView']
export type Movement = S['FlowMovementView']
export type Settlement = S['FlowSettlementView']
export type Order = S['Order']
export type OrderLine = S['OrderLine']
export type Wording = S['RuleWording']
export type Event = S['AuditEvent']
export type Why = S['FlowWhy']
export type Application = S['FlowApplication']

export interface InboxItem {
  case: Case & { due_at?: string; due_kind?: string }
  customer?: { nick?: string; name?: string; phone?: string }
  order_no?: string
  article?: string
  sku?: string
  quantity?: number
  lines?: number
  ground?: string
  remedy?: string
  line_status?: string
  amount?: number
  currency?: string
  last_message?: string | { at?: string; from?: string; text: string }
}
export interface Page<T> {
  items: T[]
  next?: string
}
export interface TodayItem {
  case_id: string
  number: string
  kind: string
  due_at?: string
  urgency: 'overdue' | 'soon' | 'today' | 'waiting'
  customer?: string
  article?: string
  amount?: number
  currency?: string
}
export interface Today {
  at: string
  open: number
  due_today: number
  overdue: number
  to_approve: number
  to_pay: { count: number; amounts: { currency: string; minor: number }[] }
  items: TodayItem[]
}
export interface Hit {
  kind: 'case' | 'order' | 'customer' | 'parcel' | 'message'
  case_id?: string
  order_id?: string
  number?: string
  title: string
  snippet?: string
  matched?: string
}
export interface Customer {
  id?: string
  nick?: string
  name?: string
  phone?: string
}
export interface Message {
  id: string
  at: string
  from: 'customer' | 'staff' | 'system'
  author?: string
  text: string
  channel?: string
}
export interface CasePage {
  view: View
  customer?: Customer
  orders: { order: Order; lines: OrderLine[]; payments?: { id: string; tender: string; route: string; captured: number; refunded?: number; reference?: string }[] }[]
  messages: Message[]
  notes: Note[]
  assignee?: { login: string; name: string } | string
}
export interface FactDef {
  name: string
  type: string // bool, money, date, int, enum, string …
  stage: string
  ask: string[]
  label: { 'zh-CN': string; en: string }
  help?: { 'zh-CN': string; en: string }
  values?: { word: string; label: { 'zh-CN': string; en: string } }[]
  min?: number
  max?: number
  sensitive?: boolean
  evidenced?: boolean
}
export interface Ground {
  ground: string
  label: { 'zh-CN': string; en: string } | string
  fault?: string
  remedies: string[]
}
export interface Staff {
  login: string
  name: string
  roles: string[]
}
export interface Evidence {
  id: string
  kind: 'image' | 'film'
  name: string
  media_type: string
  width?: number
  height?: number
  seconds?: number
  bytes: number
  sha256: string
  at: string
  by: string
  line_id?: string
  parcel_id?: string
  waybill?: string
  sensitive?: boolean
}
