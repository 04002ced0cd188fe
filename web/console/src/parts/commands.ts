// What can be asked of a line, a parcel or a payment, and what the form behind each button asks for. Which of them make
// sense now is the server's `allowed`; this table only says how they are asked.
import type { paths } from '../api/schema'

export type Thing = 'line' | 'parcel' | 'money' | 'enquiry' | 'claim'
export type Input = 'reason' | 'waybill' | 'freight' | 'counts' | 'sheet' | 'answers' | 'party' | 'quantity' | 'rest_lost' | 'paid' | 'route' | 'problem' | 'carrier_says' | 'ground' | 'said' | 'ticket' | 'next_update' | 'filed' | 'granted' | 'taken' | 'wanted' | 'passed' | 'told' | 'receipt' | 'order_no' | 'until' | 'claimed' | 'proof' | 'verdict' | 'insurance' | 'to' | 'own_freight'

export interface Command {
  code: string
  on: Thing
  path: Extract<keyof paths, `/api/v1/shops/{shop}/${string}/{id}/${string}`>
  scope: string
  inputs: Input[]
  key?: string
  tone?: 'primary' | 'danger'
}

const line = '/api/v1/shops/{shop}/lines/{id}'
const parcel = '/api/v1/shops/{shop}/parcels/{id}'
const money = '/api/v1/shops/{shop}/settlements/{id}'
const enquiry = '/api/v1/shops/{shop}/enquiries/{id}'
const claim = '/api/v1/shops/{shop}/claims/{id}'

/** In the order the buttons stand. */
export const commands: Command[] = [
  { code: 'approve', on: 'line', path: `${line}/approve`, scope: 'cases:write', inputs: [], key: 'a', tone: 'primary' },
  { code: 'accept', on: 'line', path: `${line}/accept`, scope: 'cases:write', inputs: [], key: 'a', tone: 'primary' },
  { code: 'inspect', on: 'line', path: `${line}/inspect`, scope: 'goods:receive', inputs: ['sheet'], key: 'i', tone: 'primary' },
  { code: 'release', on: 'line', path: `${line}/release`, scope: 'cases:approve', inputs: ['reason'], key: 'r', tone: 'primary' },
  { code: 'fill_waybill', on: 'parcel', path: `${parcel}/waybill`, scope: 'cases:write', inputs: ['waybill', 'freight'], key: 'w', tone: 'primary' },
  { code: 'stopped', on: 'parcel', path: `${parcel}/stopped`, scope: 'cases:write', inputs: ['carrier_says'], key: 'l', tone: 'primary' },
  { code: 'not_stopped', on: 'parcel', path: `${parcel}/not-stopped`, scope: 'cases:write', inputs: ['carrier_says'] },
  { code: 'sign_for', on: 'parcel', path: `${parcel}/sign`, scope: 'goods:receive', inputs: [], key: 's' },
  { code: 'receive', on: 'parcel', path: `${parcel}/receive`, scope: 'goods:receive', inputs: ['counts', 'problem', 'freight'], key: 'r', tone: 'primary' },
  { code: 'forward', on: 'parcel', path: `${parcel}/forward`, scope: 'goods:receive', inputs: ['to', 'waybill', 'own_freight'] },
  { code: 'go_on', on: 'parcel', path: `${parcel}/go-on`, scope: 'goods:receive', inputs: ['reason', 'rest_lost'], key: 'o' },
  { code: 'ship_out', on: 'parcel', path: `${parcel}/ship`, scope: 'goods:ship', inputs: ['waybill', 'freight'], key: 'w', tone: 'primary' },
  { code: 'check_out', on: 'parcel', path: `${parcel}/check`, scope: 'goods:ship', inputs: ['passed'], key: 'q', tone: 'primary' },
  { code: 'tell', on: 'parcel', path: `${parcel}/told`, scope: 'cases:write', inputs: ['told'], key: 'n', tone: 'primary' },
  { code: 'delivered', on: 'parcel', path: `${parcel}/delivered`, scope: 'goods:ship', inputs: [], key: 'd' },
  { code: 'approve_money', on: 'money', path: `${money}/approve`, scope: 'money:approve', inputs: ['insurance'], key: 'm', tone: 'primary' },
  { code: 'start', on: 'money', path: `${money}/start`, scope: 'money:pay', inputs: [], key: 'b' },
  { code: 'confirm', on: 'money', path: `${money}/confirm`, scope: 'money:pay', inputs: ['paid'], key: 'c', tone: 'primary' },
  { code: 'retry', on: 'money', path: `${money}/retry`, scope: 'money:pay', inputs: ['route'], key: 'y', tone: 'primary' },
  { code: 'collect_order', on: 'money', path: `${money}/collect-order`, scope: 'cases:write', inputs: ['order_no'], key: 'u', tone: 'primary' },
  { code: 'collect', on: 'money', path: `${money}/collect`, scope: 'money:pay', inputs: ['receipt'], key: 'e', tone: 'primary' },
  { code: 'place_hold', on: 'money', path: `${money}/placed`, scope: 'money:pay', inputs: ['receipt'], key: 'h', tone: 'primary' },
  { code: 'captured', on: 'money', path: `${money}/captured`, scope: 'money:pay', inputs: ['paid'], key: 'v', tone: 'primary' },
  { code: 'released', on: 'money', path: `${money}/released`, scope: 'money:pay', inputs: ['proof'], key: 'z', tone: 'primary' },
  { code: 'extend', on: 'money', path: `${money}/extend`, scope: 'cases:write', inputs: ['until', 'reason'] },
  { code: 'advance', on: 'line', path: `${line}/advance`, scope: 'cases:write', inputs: ['reason'] },
  { code: 'in_stock', on: 'line', path: `${line}/in-stock`, scope: 'goods:ship', inputs: [], key: 'k', tone: 'primary' },
  { code: 'change_wanted', on: 'line', path: `${line}/wanted`, scope: 'cases:write', inputs: ['wanted'] },
  { code: 'refund_instead', on: 'line', path: `${line}/refund-instead`, scope: 'cases:write', inputs: ['reason'] },
  { code: 'out_of_stock', on: 'line', path: `${line}/out-of-stock`, scope: 'goods:ship', inputs: ['reason'] },
  { code: 'carrier_answered', on: 'enquiry', path: `${enquiry}/answer`, scope: 'cases:write', inputs: ['verdict', 'said', 'ticket', 'next_update'], key: 'q' },
  { code: 'tell_customer', on: 'enquiry', path: `${enquiry}/tell`, scope: 'cases:write', inputs: ['said', 'next_update'], key: 'e' },
  { code: 'close_enquiry', on: 'enquiry', path: `${enquiry}/close`, scope: 'cases:write', inputs: ['said'] },
  { code: 'chase_carrier', on: 'enquiry', path: `${enquiry}/chase`, scope: 'cases:write', inputs: ['said', 'ticket', 'next_update'] },
  { code: 'file_claim', on: 'claim', path: `${claim}/file`, scope: 'cases:write', inputs: ['filed', 'ticket'], key: 'u', tone: 'primary' },
  { code: 'claim_granted', on: 'claim', path: `${claim}/granted`, scope: 'cases:write', inputs: ['granted', 'said'], key: 'u' },
  { code: 'claim_refused', on: 'claim', path: `${claim}/refused`, scope: 'cases:write', inputs: ['said'] },
  { code: 'claim_received', on: 'claim', path: `${claim}/received`, scope: 'money:pay', inputs: ['taken'], key: 'v', tone: 'primary' },
  { code: 'answer', on: 'line', path: `${line}/answer`, scope: 'cases:write', inputs: ['answers'], key: 'f' },
  { code: 'change_ground', on: 'line', path: `${line}/ground`, scope: 'cases:write', inputs: ['ground'] },
  { code: 'announce', on: 'line', path: `${line}/announce`, scope: 'cases:write', inputs: [] },
  { code: 'send_again', on: 'line', path: `${line}/send-again`, scope: 'cases:write', inputs: ['reason'] },
  { code: 'split', on: 'line', path: `${line}/split`, scope: 'cases:write', inputs: ['quantity'] },
  { code: 'responsible', on: 'line', path: `${line}/responsible`, scope: 'cases:write', inputs: ['party'] },
  { code: 'reopen', on: 'line', path: `${line}/reopen`, scope: 'cases:write', inputs: ['reason'], key: 'o' },
  { code: 'override', on: 'line', path: `${line}/override`, scope: 'cases:approve', inputs: ['reason'] },
  { code: 'settle_lost', on: 'line', path: `${line}/settle-lost`, scope: 'cases:approve', inputs: ['reason'] },
  { code: 'dispute', on: 'line', path: `${line}/dispute`, scope: 'cases:write', inputs: ['reason'] },
  { code: 'turn_down', on: 'line', path: `${line}/turn-down`, scope: 'cases:write', inputs: ['reason'] },
  { code: 'decline', on: 'line', path: `${line}/decline`, scope: 'cases:write', inputs: ['reason'], key: 'x', tone: 'danger' },
  { code: 'not_ours', on: 'line', path: `${line}/not-ours`, scope: 'cases:approve', inputs: ['reason'], tone: 'danger' },
  { code: 'cancel', on: 'line', path: `${line}/cancel`, scope: 'cases:write', inputs: ['reason'], tone: 'danger' },
  { code: 'expire', on: 'line', path: `${line}/expire`, scope: 'cases:write', inputs: [], tone: 'danger' },
  { code: 'refuse', on: 'parcel', path: `${parcel}/refuse`, scope: 'goods:receive', inputs: ['reason'], tone: 'danger' },
  { code: 'lost', on: 'parcel', path: `${parcel}/lost`, scope: 'goods:receive', inputs: [], tone: 'danger' },
  { code: 'drop_claim', on: 'claim', path: `${claim}/drop`, scope: 'cases:approve', inputs: ['said'], tone: 'danger' },
  { code: 'waive_hold', on: 'money', path: `${money}/waive`, scope: 'cases:approve', inputs: ['reason'] },
  { code: 'release_hold', on: 'money', path: `${money}/let-go`, scope: 'cases:approve', inputs: ['reason'] },
  { code: 'capture_hold', on: 'money', path: `${money}/claim`, scope: 'cases:approve', inputs: ['claimed', 'reason'], tone: 'danger' },
  { code: 'return_money', on: 'money', path: `${money}/return`, scope: 'money:approve', inputs: ['reason'], tone: 'danger' },
  { code: 'bounce', on: 'money', path: `${money}/bounce`, scope: 'money:pay', inputs: ['reason'], tone: 'danger' },
]
