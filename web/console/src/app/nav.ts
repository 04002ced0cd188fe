import type { Shop } from '../api/session'
import type { Key } from '../i18n'
import { may } from './shop'

export interface Place {
  to: string
  label: Key
  scope: string
  keys: string
  icon: string // path of a 20×20 drawing
}

/** The desks, in the order of a case's life. A person sees those he has a scope for. */
export const places: Place[] = [
  { to: 'today', label: 'nav.today', scope: 'cases:read', keys: 'g t', icon: 'M3 5.5h14M3 10h14M3 14.5h8' },
  { to: 'inbox', label: 'nav.inbox', scope: 'cases:read', keys: 'g i', icon: 'M3 11h4l1.5 2.5h3L13 11h4M3 11l2-7h10l2 7v5H3z' },
  { to: 'apply', label: 'nav.apply', scope: 'cases:write', keys: 'n', icon: 'M10 4v12M4 10h12' },
  { to: 'receiving', label: 'nav.receiving', scope: 'goods:receive', keys: 'g r', icon: 'M3 6.5 10 3l7 3.5v7L10 17l-7-3.5zM3 6.5l7 3.5 7-3.5M10 10v7' },
  { to: 'stock', label: 'nav.stock', scope: 'shop:read', keys: 'g k', icon: 'M3 4h6v6H3zM11 4h6v6h-6zM3 12h6v5H3zM11 12h6v5h-6z' },
  { to: 'carriers', label: 'nav.carriers', scope: 'cases:read', keys: 'g e', icon: 'M2.5 5.5h9v8h-9zM11.5 8.5h3.5l2.5 2.5v2.5h-6M6 15.5a1.5 1.5 0 1 0 0-.01M14 15.5a1.5 1.5 0 1 0 0-.01' },
  { to: 'cashier', label: 'nav.cashier', scope: 'money:read', keys: 'g c', icon: 'M3 5h14v10H3zM3 8.5h14M6 12h3' },
  { to: 'books', label: 'nav.books', scope: 'money:read', keys: 'g b', icon: 'M4 3.5h9l3 3v10H4zM7 8h6M7 11h6M7 14h3' },
  { to: 'imports', label: 'nav.imports', scope: 'orders:import', keys: 'g d', icon: 'M10 3v9M6.5 8.5 10 12l3.5-3.5M4 16h12' },
  { to: 'studio', label: 'nav.studio', scope: 'policy:read', keys: 'g p', icon: 'M5 3h7l3 3v11H5zM12 3v3h3M7.5 11.5l2 2 3.5-4' },
  { to: 'settings', label: 'nav.settings', scope: 'shop:read', keys: 'g s', icon: 'M4 6h7M15 6h1M4 14h1M9 14h7M13 4v4M7 12v4' },
]

/** The first desk a person has in a shop. */
export const firstPlace = (shop?: Shop) => (shop && places.find((p) => may(shop, p.scope))?.to) ?? 'today'
