// What is asked of the server, and under which name it is cached. Live events and commands make it fresh again.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { language } from '../i18n'
import { api, call, ok } from './client'
import type { CasePage, Evidence, FactDef, Ground, Hit, InboxItem, Page, Staff, Stray, Today } from './types'
import type { components } from './schema'
import type { Me } from './session'

type S = components['schemas']

const v1 = '/api/v1'
export const shopPath = (shop: string) => `${v1}/shops/${shop}`

export const login = (body: { login: string; password: string }) => call<Me>('POST', `${v1}/login`, { json: body })
export const logout = () => call<void>('POST', `${v1}/logout`, {})
export const whoAmI = () => call<Me>('GET', `${v1}/me`)

export const inbox = (shop: string, q: { view: string; status?: string; assignee?: string }) =>
  infiniteQueryOptions({
    queryKey: ['shop', shop, 'inbox', q],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => call<Page<InboxItem>>('GET', pageParam || `${shopPath(shop)}/inbox?${params({ ...q, limit: '50' })}`, { signal }),
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: keepPreviousData,
  })

export const inboxCounts = (shop: string) => queryOptions({ queryKey: ['shop', shop, 'inbox-counts'], queryFn: () => call<Record<string, number>>('GET', `${shopPath(shop)}/inbox/counts`) })

export const today = (shop: string) => queryOptions({ queryKey: ['shop', shop, 'today'], queryFn: () => call<Today>('GET', `${shopPath(shop)}/today`), refetchInterval: 60_000 })

/** 今日待办 of every shop a person works in. */
export const todayEverywhere = queryOptions({ queryKey: ['today'], queryFn: () => call<Today>('GET', `${v1}/today`), refetchInterval: 60_000 })

export const search = (shop: string, q: string) =>
  queryOptions({ queryKey: ['shop', shop, 'search', q], queryFn: ({ signal }) => call<{ items: Hit[] }>('GET', `${shopPath(shop)}/search?${params({ q })}`, { signal }), enabled: q.trim() !== '', staleTime: 10_000 })

/** What there is of one article. */
export const stock = (shop: string, sku: string) =>
  queryOptions({ queryKey: ['shop', shop, 'stock', sku], queryFn: ({ signal }) => ok(api.GET('/api/v1/shops/{shop}/stock', { params: { path: { shop }, query: { sku } }, signal })), staleTime: 10_000 })

export const casePage = (shop: string, id: string) => queryOptions({ queryKey: ['shop', shop, 'case', id], queryFn: ({ signal }) => call<CasePage>('GET', `${shopPath(shop)}/cases/${id}/page`, { signal }), staleTime: 15_000 })

export const timeline = (shop: string, id: string) =>
  queryOptions({ queryKey: ['shop', shop, 'case', id, 'timeline'], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/cases/{case}/timeline', { params: { path: { shop, case: id }, query: { limit: 200 } } })) })

export const evidenceOf = (shop: string, id: string) => queryOptions({ queryKey: ['shop', shop, 'case', id, 'evidence'], queryFn: () => call<Evidence[]>('GET', `${shopPath(shop)}/cases/${id}/evidence`) })

const lasting = { staleTime: Infinity, gcTime: Infinity }
const words = language

export const facts = (shop: string) => queryOptions({ queryKey: ['lasting', shop, 'facts'], queryFn: () => call<FactDef[] | Page<FactDef>>('GET', `${shopPath(shop)}/facts`).then(itemsOf), ...lasting })
export const grounds = (shop: string) => queryOptions({ queryKey: ['lasting', shop, 'grounds', words()], queryFn: () => call<Ground[] | Page<Ground>>('GET', `${shopPath(shop)}/grounds`).then(itemsOf), ...lasting })
export const wording = (shop: string) => queryOptions({ queryKey: ['lasting', shop, 'wording', words()], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/wording', { params: { path: { shop } } })), ...lasting })
export const staff = (shop: string) => queryOptions({ queryKey: ['lasting', shop, 'staff'], queryFn: () => call<Staff[] | Page<Staff>>('GET', `${shopPath(shop)}/staff`).then(itemsOf), staleTime: 300_000 })

export const why = (shop: string, decision: string, audience: 'agent' | 'customer' | 'mediator') =>
  queryOptions({
    queryKey: ['lasting', shop, 'why', decision, audience, words()],
    queryFn: () => ok(api.GET('/api/v1/shops/{shop}/decisions/{decision}/why', { params: { path: { shop, decision }, query: { audience, lang: words() } } })),
    ...lasting,
  })

export const orderByNo = (shop: string, orderNo: string, platform: string) => ok(api.GET('/api/v1/shops/{shop}/orders', { params: { path: { shop }, query: { order_no: orderNo, platform } } }))
export const order = (shop: string, id: string) => queryOptions({ queryKey: ['shop', shop, 'order', id], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/orders/{order}', { params: { path: { shop, order: id } } })) })

/** What one may tell the customer, as the case now stands. */
export const caseReply = (shop: string, id: string, version: number) =>
  queryOptions({ queryKey: ['shop', shop, 'case', id, 'reply', version], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/cases/{case}/reply', { params: { path: { shop, case: id } } })) })

/** The stock by SKU, those that begin so. */
export const stockList = (shop: string, q: string) =>
  infiniteQueryOptions({
    queryKey: ['shop', shop, 'stock-list', q],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => call<S['ListStockArticle']>('GET', pageParam || `${shopPath(shop)}/stock?${params(q ? { q, limit: '50' } : { limit: '50' })}`, { signal }),
    getNextPageParam: (last) => last.next || undefined,
    placeholderData: keepPreviousData,
  })
export const holdsOf = (shop: string, sku: string) => queryOptions({ queryKey: ['shop', shop, 'stock-holds', sku], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/stock/holds', { params: { path: { shop }, query: { sku } } })) })

/** What lies on the shelf, oldest first. */
export const strays = (shop: string) =>
  infiniteQueryOptions({
    queryKey: ['shop', shop, 'strays'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => call<Page<Stray>>('GET', pageParam || `${shopPath(shop)}/strays?limit=50`, { signal }),
    getNextPageParam: (last) => last.next || undefined,
  })
export const oneStray = (shop: string, stray: string) =>
  queryOptions({ queryKey: ['shop', shop, 'strays', stray], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/strays/{stray}', { params: { path: { shop, stray } } })), enabled: stray !== '' })
export const strayOwners = (shop: string, stray: string, version: number) =>
  queryOptions({ queryKey: ['shop', shop, 'strays', stray, version], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/strays/{stray}/owners', { params: { path: { shop, stray } } })) })

export const parcels = (shop: string, waybill: string) =>
  queryOptions({ queryKey: ['shop', shop, 'parcels', waybill], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/parcels', { params: { path: { shop }, query: { waybill } } })), enabled: waybill !== '' })

/** Whose waybill a number may be, the likeliest first. */
export const whoseWaybill = (shop: string, waybill: string) =>
  queryOptions({ queryKey: ['lasting', shop, 'waybill', waybill, words()], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/waybills/{waybill}/carriers', { params: { path: { shop, waybill } } })), enabled: /^[A-Za-z0-9-]{8,40}$/.test(waybill), ...lasting })

export type MoneyState = 'awaiting_approval' | 'to_pay' | 'processing' | 'failed' | 'settled' | 'voided' | 'awaiting_payment' | 'awaiting_hold' | 'on_hold' | 'to_capture' | 'to_release'
export const settlements = (shop: string, state: MoneyState) =>
  infiniteQueryOptions({
    queryKey: ['shop', shop, 'money', state],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<Awaited<ReturnType<typeof firstSettlements>>>('GET', pageParam) : firstSettlements(shop, state)),
    getNextPageParam: (last) => last.next || undefined,
  })
const firstSettlements = (shop: string, state: MoneyState) => ok(api.GET('/api/v1/shops/{shop}/settlements', { params: { path: { shop }, query: { state } } }))

/** A shop's claims on carriers, and enquiries with them, in a state; of one carrier or of all. */
export const claims = (shop: string, state: ClaimRow['state'], carrier?: string) =>
  infiniteQueryOptions({
    queryKey: ['shop', shop, 'claims', state, carrier],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<S['ListFlowClaimRow']>('GET', pageParam) : ok(api.GET('/api/v1/shops/{shop}/claims', { params: { path: { shop }, query: { state, carrier } } }))),
    getNextPageParam: (last) => last.next || undefined,
  })
export const enquiries = (shop: string, state: EnquiryRow['state'], carrier?: string) =>
  infiniteQueryOptions({
    queryKey: ['shop', shop, 'enquiries', state, carrier],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<S['ListFlowEnquiryRow']>('GET', pageParam) : ok(api.GET('/api/v1/shops/{shop}/enquiries', { params: { path: { shop }, query: { state, carrier } } }))),
    getNextPageParam: (last) => last.next || undefined,
  })
export type ClaimRow = S['FlowClaimRow']
export type EnquiryRow = S['FlowEnquiryRow']

export const warehouses = (shop: string) => queryOptions({ queryKey: ['lasting', shop, 'warehouses'], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/warehouses', { params: { path: { shop } } })), staleTime: 60_000 })

const itemsOf = <T>(x: T[] | Page<T>): T[] => (Array.isArray(x) ? x : x.items)

export function params(o: Record<string, string | undefined>) {
  const p = new URLSearchParams()
  for (const [k, v] of Object.entries(o)) if (v) p.set(k, v)
  return p.toString()
}
