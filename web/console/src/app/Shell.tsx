import { Dropdown } from 'antd'
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { logout } from '../api/queries'
import { session, useSession, type Shop } from '../api/session'
import { callThem, language, languageNames, languages, setLanguage, t } from '../i18n'
import { setZone } from '../kit/format'
import { Keys, useShortcuts } from '../kit/keys'
import { Forbidden } from './Errors'
import { useLive } from './live'
import { firstPlace, places } from './nav'
import { may, useShop } from './shop'
import { mode, setMode, type Mode } from './theme'

const Icon = ({ d }: { d: string }) => (
  <svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
    <path d={d} />
  </svg>
)

export function Shell() {
  const shop = useShop()
  setZone(shop.time_zone)
  callThem(shop.buyer_word)
  const [open, setOpen] = useState(false)
  const at = useLocation({ select: (l) => l.pathname })
  useEffect(() => {
    localStorage.setItem('sanbao.shop', shop.code)
  }, [shop.code])
  useEffect(() => {
    setOpen(false)
  }, [at])
  const mine = places.filter((p) => may(shop, p.scope))
  const closed = places.find((p) => !may(shop, p.scope) && at.startsWith(`/s/${shop.code}/${p.to}`))
  const go = useNavigate()
  useShortcuts(mine.map((p) => ({ keys: p.keys, label: t(p.label), group: t('keys.go'), run: () => void go({ to: `/s/$shop/${p.to}` as '/s/$shop/inbox', params: { shop: shop.code } }) })))
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <Top shop={shop} menu={() => setOpen(!open)} open={open} />
      {shop.simulation && (
        <div className="banner" role="note">
          {t('simulation')}
        </div>
      )}
      <Connection shop={shop} />
      <div className="body">
        <nav className={open ? 'nav open' : 'nav'} aria-label={t('nav')}>
          {mine.map((p) => (
            <Link key={p.to} to={`/s/$shop/${p.to}` as '/s/$shop/inbox'} params={{ shop: shop.code }} className="place" activeProps={{ className: 'place here', 'aria-current': 'page' }}>
              <Icon d={p.icon} />
              <span>{t(p.label)}</span>
              <Keys keys={p.keys} />
            </Link>
          ))}
        </nav>
        {open && <div className="scrim" onClick={() => setOpen(false)} />}
        <main id="main" tabIndex={-1}>
          {closed ? <Forbidden text={t('forbidden.place', { place: t(closed.label) })} /> : <Outlet />}
        </main>
      </div>
    </div>
  )
}

function Top({ shop, menu, open }: { shop: Shop; menu: () => void; open: boolean }) {
  const { me } = useSession()
  const go = useNavigate()
  const queries = useQueryClient()
  const leave = async () => {
    await logout().catch(() => undefined) // the session is forgotten here in any case
    queries.clear()
    session.left()
  }
  return (
    <header className="top">
      <button type="button" className="btn icon only-narrow" aria-label={t('nav')} aria-expanded={open} onClick={menu}>
        <Icon d="M3 5.5h14M3 10h14M3 14.5h14" />
      </button>
      <img src="/mark.svg" width="24" height="24" alt="" className="only-wide" />
      {me && me.shops.length > 1 ? (
        <select className="shop-switch" aria-label={t('shop.switch')} value={shop.code} onChange={(e) => void go({ to: '/s/$shop/$', params: { shop: e.target.value, _splat: firstPlace(me.shops.find((s) => s.code === e.target.value)) } })}>
          {me.shops.map((s) => (
            <option key={s.code} value={s.code}>
              {s.public_name || s.name}
            </option>
          ))}
        </select>
      ) : (
        <strong className="shop-name">{shop.public_name || shop.name}</strong>
      )}
      {may(shop, 'cases:read') ? (
        <>
          <SearchBox shop={shop} />
          <span className="grow only-wide" />
        </>
      ) : (
        <span className="grow" />
      )}
      <button type="button" className="btn icon only-wide" aria-label={t('keys.title')} title={t('keys.title')} onClick={() => window.dispatchEvent(new KeyboardEvent('keydown', { key: '?' }))}>
        ?
      </button>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          selectedKeys: [language(), 'theme-' + mode()],
          items: [
            { type: 'group', label: me?.user.name, children: [{ key: 'password', label: t('me.password') }] },
            { type: 'group', label: t('language'), children: languages.map((l) => ({ key: l, label: languageNames[l] })) },
            { type: 'group', label: t('theme'), children: (['light', 'dark', 'system'] as Mode[]).map((m) => ({ key: 'theme-' + m, label: t(`theme.${m}`) })) },
            { type: 'divider' },
            { key: 'leave', label: t('me.leave') },
          ],
          onClick: ({ key }) => {
            if (key === 'leave') void leave()
            else if (key === 'password') void go({ to: '/s/$shop/settings', params: { shop: shop.code }, search: { tab: 'me' } })
            else if (key.startsWith('theme-')) setMode(key.slice(6) as Mode)
            else void setLanguage(key as (typeof languages)[number])
          },
        }}
      >
        <button type="button" className="btn me" aria-haspopup="menu">
          <span className="avatar" aria-hidden data-initial={(me?.user.name ?? '?').slice(0, 1)} />
          <span className="me-name">{me?.user.name}</span>
        </button>
      </Dropdown>
    </header>
  )
}

function SearchBox({ shop }: { shop: Shop }) {
  const [q, setQ] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const go = useNavigate()
  const search = useLocation({ select: (l) => (l.pathname.endsWith('/search') ? ((l.search as { q?: string }).q ?? '') : undefined) })
  useEffect(() => {
    if (search !== undefined) setQ(search)
  }, [search])
  useShortcuts([{ keys: '/', label: t('search.focus'), group: t('keys.everywhere'), run: () => input.current?.select() }])
  return (
    <form
      role="search"
      className="search"
      onSubmit={(e) => {
        e.preventDefault()
        if (q.trim()) void go({ to: '/s/$shop/search', params: { shop: shop.code }, search: { q: q.trim() } })
      }}
    >
      <Icon d="M9 4a5 5 0 1 1 0 10A5 5 0 0 1 9 4zM13 13l4 4" />
      <input
        ref={input}
        type="search"
        value={q}
        onChange={(e) => setQ(e.target.value)}
        onKeyDown={(e) => e.key === 'Escape' && input.current?.blur()}
        placeholder={t('search.placeholder')}
        aria-label={t('search.label')}
        maxLength={100}
        enterKeyHint="search"
      />
      <Keys keys="/" />
    </form>
  )
}

/** Says that the server does not answer, or that live updates do not come. */
function Connection({ shop }: { shop: Shop }) {
  const { offline } = useSession()
  const live = useLive(may(shop, 'cases:read') ? shop.id : '')
  const queries = useQueryClient()
  if (!offline && live) return null
  return (
    <div className={offline ? 'connection bad' : 'connection'} role="status">
      {offline ? t('offline') : t('not_live')}
      <button type="button" className="btn small" onClick={() => void queries.refetchQueries({ type: 'active' })}>
        {t('retry')}
      </button>
    </div>
  )
}
