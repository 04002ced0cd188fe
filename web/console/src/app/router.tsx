import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Navigate, Outlet } from '@tanstack/react-router'
import { useSession } from '../api/session'
import { t } from '../i18n'
import { Crash, NotFound } from './Errors'
import { firstPlace } from './nav'
import { Shell } from './Shell'

const Missing = () => <NotFound />
const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet, notFoundComponent: Missing, errorComponent: Crash })

/** Which shop somebody worked in last, else the first of his. */
function Home() {
  const { me } = useSession()
  const last = localStorage.getItem('sanbao.shop')
  const shop = me?.shops.find((s) => s.code === last) ?? me?.shops[0]
  if (!shop) return <NotFound title={t('noshop.title')} text={t('noshop.text')} />
  return <Navigate to="/s/$shop/$" params={{ shop: shop.code, _splat: firstPlace(shop) }} replace />
}

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home })
const shop = createRoute({ getParentRoute: () => root, path: '/s/$shop', component: Shell, errorComponent: Crash })

const text = (v: unknown) => (typeof v === 'string' && v !== '' ? v : typeof v === 'number' ? String(v) : undefined)
/** The search parameters a page knows; others are dropped. */
const only =
  <K extends string>(...names: K[]) =>
  (s: Record<string, unknown>) =>
    Object.fromEntries(names.flatMap((n) => (text(s[n]) ? [[n, text(s[n])]] : []))) as Partial<Record<K, string>>

const under = { getParentRoute: () => shop, notFoundComponent: Missing, errorComponent: Crash }

export const inboxRoute = createRoute({ ...under, path: 'inbox', validateSearch: only('view', 'status', 'assignee'), component: lazyRouteComponent(() => import('../features/inbox/Inbox'), 'Inbox') })
export const caseRoute = createRoute({ ...under, path: 'cases/$case', validateSearch: only('line', 'tab'), component: lazyRouteComponent(() => import('../features/cases/CasePage'), 'CasePageView') })
export const recordRoute = createRoute({ ...under, path: 'cases/$case/record/$decision', component: lazyRouteComponent(() => import('../features/cases/Record'), 'DecisionRecordPage') })
export const applyRoute = createRoute({ ...under, path: 'apply', validateSearch: only('order', 'no', 'platform'), component: lazyRouteComponent(() => import('../features/apply/Apply'), 'Apply') })
const bulk = createRoute({ ...under, path: 'apply/bulk', component: lazyRouteComponent(() => import('../features/apply/Bulk'), 'Bulk') })
export const receivingRoute = createRoute({ ...under, path: 'receiving', validateSearch: only('room', 'waybill', 'case', 'stray'), component: lazyRouteComponent(() => import('../features/receiving/Receiving'), 'Receiving') })
export const carriersRoute = createRoute({ ...under, path: 'carriers', validateSearch: only('state', 'carrier', 'id'), component: lazyRouteComponent(() => import('../features/carriers/Carriers'), 'Carriers') })
export const cashierRoute = createRoute({ ...under, path: 'cashier', validateSearch: only('state', 'id'), component: lazyRouteComponent(() => import('../features/cashier/Cashier'), 'Cashier') })
export const booksRoute = createRoute({ ...under, path: 'books', validateSearch: only('tab'), component: lazyRouteComponent(() => import('../features/books/Books'), 'Books') })
const stock = createRoute({ ...under, path: 'stock', component: lazyRouteComponent(() => import('../features/stock/Stock'), 'Stock') })
export const todayRoute = createRoute({ ...under, path: 'today', validateSearch: only('of'), component: lazyRouteComponent(() => import('../features/today/Today'), 'Today') })
const imports = createRoute({ ...under, path: 'imports', component: lazyRouteComponent(() => import('../features/imports/Imports'), 'Imports') })
export const settingsRoute = createRoute({ ...under, path: 'settings', validateSearch: only('tab', 'user'), component: lazyRouteComponent(() => import('../features/settings/Settings'), 'Settings') })
export const searchRoute = createRoute({ ...under, path: 'search', validateSearch: only('q'), component: lazyRouteComponent(() => import('../features/inbox/Search'), 'Search') })
export const packsRoute = createRoute({ ...under, path: 'studio', component: lazyRouteComponent(() => import('../features/studio/Packs'), 'Packs') })
export const versionRoute = createRoute({ ...under, path: 'studio/packs/$pack/$version', validateSearch: only('tab', 'ground', 'q', 'file', 'line'), component: lazyRouteComponent(() => import('../features/studio/Version'), 'Version') })
const sandbox = createRoute({ ...under, path: 'studio/sandbox', component: lazyRouteComponent(() => import('../features/studio/Sandbox'), 'Sandbox') })
const drafts = createRoute({ ...under, path: 'studio/drafts', component: lazyRouteComponent(() => import('../features/studio/Drafts'), 'Drafts') })
export const draftRoute = createRoute({ ...under, path: 'studio/drafts/$draft', validateSearch: only('tab', 'file', 'line'), component: lazyRouteComponent(() => import('../features/studio/Draft'), 'DraftPageView') })
const runs = createRoute({ ...under, path: 'studio/runs', component: lazyRouteComponent(() => import('../features/studio/RunList'), 'Runs') })
export const runRoute = createRoute({ ...under, path: 'studio/runs/$run', component: lazyRouteComponent(() => import('../features/studio/Run'), 'RunPage') })
const nowhere = createRoute({ ...under, path: '$', component: Missing })
const start = createRoute({ ...under, path: '/', component: () => <Home /> })

const tree = root.addChildren([home, shop.addChildren([start, todayRoute, inboxRoute, caseRoute, recordRoute, applyRoute, bulk, receivingRoute, stock, carriersRoute, cashierRoute, booksRoute, imports, settingsRoute, searchRoute, packsRoute, versionRoute, sandbox, drafts, draftRoute, runs, runRoute, nowhere])])

export const makeRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: Crash,
    defaultNotFoundComponent: Missing,
    // Search parameters are plain text: what a person types into the address works.
    parseSearch: (s) => Object.fromEntries(new URLSearchParams(s)),
    stringifySearch: (o) => {
      const p = new URLSearchParams(Object.entries(o as Record<string, string>).filter(([, v]) => v !== undefined && v !== ''))
      const s = p.toString()
      return s ? '?' + s : ''
    },
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
