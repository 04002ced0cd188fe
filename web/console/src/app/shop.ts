import { useParams } from '@tanstack/react-router'
import { useSession, type Shop } from '../api/session'

/** The shop of the address, as the person who is logged in may see it. */
export function useShop(): Shop {
  const { shop: code } = useParams({ strict: false }) as { shop?: string }
  const { me } = useSession()
  const shop = me?.shops.find((s) => s.code === code)
  if (!shop) throw new NoShop(code ?? '')
  return shop
}

/** Whether the person may do what needs this scope in this shop. The server decides; this only spares a dead button. */
export const may = (shop: Shop, scope: string) => shop.scopes.includes(scope) || shop.scopes.includes('admin')

export class NoShop extends Error {
  readonly code: string
  constructor(code: string) {
    super('no shop ' + code)
    this.code = code
  }
}
