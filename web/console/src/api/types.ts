// Short names for what the OpenAPI document describes.
import type { components } from './schema'

type S = components['schemas']
export type View = S['FlowView']
export type LineView = S['FlowLineView']
export type Movement = S['FlowMovementView']
export type Settlement = S['FlowSettlementView']
export type Order = S['Order']
export type OrderLine = S['OrderLine']
export type Event = S['AuditEvent']
export type Application = S['FlowApplication']
export type InboxItem = S['DeskItem']
export type Today = S['DeskToday']
export type TodayItem = S['DeskTodayItem']
export type Hit = S['DeskHit']
export type Message = S['ChatMessage']
export type CasePage = S['DeskPage']
export type FactDef = S['DeskFact']
export type Ground = S['DeskGround']
export type Staff = S['AuthColleague']
export type Evidence = S['Evidence']
export type Tracked = S['FlowTracked']
export type Enquiry = S['FlowEnquiryView']
export type Stray = S['StrayParcel']
export type Claim = S['FlowClaimView']
export interface Page<T> {
  items: T[]
  next?: string
}
