import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, ok } from '../../api/client'
import { session, useSession } from '../../api/session'
import { Password } from '../../app/Password'
import { settingsRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { FaultNote } from '../../kit/show'
import { People } from './People'
import { ShopSettings } from './ShopSettings'

/** People and shop: who may do what, what customers are told, where parcels go. */
export function Settings() {
  const shop = useShop()
  const { me } = useSession()
  const { tab } = settingsRoute.useSearch()
  const go = useNavigate()
  const tabs = [...(may(shop, 'shop:read') ? (['shop'] as const) : []), ...(me?.installation.includes('admin') || me?.installation.includes('users:write') ? (['people'] as const) : []), 'me' as const]
  const at = tabs.find((x) => x === tab) ?? tabs[0] ?? 'me'
  return (
    <div className="page">
      <h1 className="page-title">{t('nav.settings')}</h1>
      <div className="views" role="tablist" aria-label={t('nav.settings')}>
        {tabs.map((x) => (
          <button key={x} type="button" role="tab" aria-selected={x === at} className={x === at ? 'view on' : 'view'} onClick={() => void go({ to: '/s/$shop/settings', params: { shop: shop.code }, search: { tab: x } })}>
            {t(`settings.${x}`)}
          </button>
        ))}
      </div>
      {at === 'shop' && <ShopSettings shop={shop} />}
      {at === 'people' && <People />}
      {at === 'me' && <Mine />}
    </div>
  )
}

function Mine() {
  const [fault, setFault] = useState<unknown>()
  return (
    <section className="card panel">
      <header>
        <h2>{t('me.password')}</h2>
      </header>
      <div className="panel-body stack limit">
        <Password />
        <hr />
        <p className="muted">{t('me.everywhere_text')}</p>
        <div className="actions">
          <button type="button" className="btn" onClick={() => ok(api.POST('/api/v1/logout-everywhere')).then(() => session.left(), setFault)}>
            {t('me.everywhere')}
          </button>
        </div>
        {fault !== undefined && <FaultNote fault={fault} compact />}
        <p>
          <a href="/licences.txt" target="_blank" rel="noreferrer">
            {t('me.licences')}
          </a>
        </p>
      </div>
    </section>
  )
}
