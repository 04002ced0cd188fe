import { useNavigate } from '@tanstack/react-router'
import type { Shop } from '../../api/session'
import { booksRoute } from '../../app/router'
import { useShop } from '../../app/shop'
import { t, type Key } from '../../i18n'
import { Suppliers } from '../../parts/Suppliers'
import { Month } from './Month'
import { RedLetters } from './RedLetters'
import { Statements } from './Statements'

const tabs = { statements: Statements, letters: RedLetters, suppliers: Suppliers, month: Month } satisfies Record<string, (p: { shop: Shop }) => React.ReactNode>
type Tab = keyof typeof tabs

/** 账务: statements held against the books, red letters to issue, what went back to suppliers, and who bears a month's payments. */
export function Books() {
  const shop = useShop()
  const go = useNavigate()
  const { tab: wanted } = booksRoute.useSearch()
  const tab: Tab = wanted && wanted in tabs ? (wanted as Tab) : 'statements'
  const Part = tabs[tab]
  return (
    <div className="page">
      <h1 className="page-title">{t('nav.books')}</h1>
      <div className="views" role="tablist" aria-label={t('views')}>
        {(Object.keys(tabs) as Tab[]).map((k) => (
          <button key={k} type="button" role="tab" aria-selected={k === tab} className={k === tab ? 'view on' : 'view'} onClick={() => void go({ to: '/s/$shop/books', params: { shop: shop.code }, search: { tab: k } })}>
            {t(`books.${k}` as Key)}
          </button>
        ))}
      </div>
      <Part shop={shop} />
    </div>
  )
}
