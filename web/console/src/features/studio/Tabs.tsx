import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'

/** The rooms of the studio. Drafts and runs are for those who write policy or let it come into force. */
export function Tabs({ at, children }: { at: 'packs' | 'sandbox' | 'drafts' | 'runs'; children?: ReactNode }) {
  const shop = useShop()
  const makes = may(shop, 'policy:write') || may(shop, 'policy:publish')
  const rooms = ['packs', 'sandbox', ...(makes ? ['drafts', 'runs'] : [])] as const
  return (
    <>
      <div className="page-head">
        <h1 className="page-title">{t('nav.studio')}</h1>
        {children}
      </div>
      <nav className="views" aria-label={t('nav.studio')}>
        {rooms.map((r) => (
          <Link key={r} to={`/s/$shop/studio${r === 'packs' ? '' : '/' + r}` as '/s/$shop/studio'} params={{ shop: shop.code }} className={r === at ? 'view on' : 'view'} aria-current={r === at ? 'page' : undefined}>
            {t(`studio.${r as 'packs'}`)}
          </Link>
        ))}
      </nav>
    </>
  )
}
