import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { drafts, packs, type Draft } from '../../api/studio'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { day } from '../../kit/format'
import { useShortcuts } from '../../kit/keys'
import { Await, Empty, Tag, When } from '../../kit/show'
import { Start } from './Start'
import { Tabs } from './Tabs'

/** 草稿: versions that are being written, proposed, published or let go. */
export function Drafts() {
  const shop = useShop()
  const list = useQuery(drafts(shop.id))
  const own = useQuery(packs(shop.id))
  const go = useNavigate()
  const [at, setAt] = useState(-1)
  const rows = list.data ?? []
  const move = (by: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, at + by))
    setAt(next)
    document.querySelectorAll<HTMLElement>('.draft-list a')[next]?.focus()
  }
  useShortcuts([
    { keys: 'j', label: t('keys.next'), group: t('keys.list'), run: () => move(1) },
    { keys: 'k', label: t('keys.previous'), group: t('keys.list'), run: () => move(-1) },
    { keys: 'Enter', label: t('keys.open'), group: t('keys.list'), run: () => rows[at] && void go({ to: '/s/$shop/studio/drafts/$draft', params: { shop: shop.code, draft: rows[at].id } }) },
  ])
  const titles = new Map((own.data ?? []).map((p) => [p.pack, p.title]))
  const editable = (own.data ?? []).filter((p) => p.editable)
  return (
    <div className="page">
      <Tabs at="drafts" />
      {may(shop, 'policy:write') && editable.length > 0 && (
        <div className="actions">
          {editable.map((p) => (
            <span key={p.pack} className="actions">
              <span className="muted">{p.title}</span> <Start pack={p} />
            </span>
          ))}
        </div>
      )}
      <Await query={list} rows={5}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={t('draft.none')}>{t('draft.none_text')}</Empty>
          ) : (
            <ul className="card policy-versions draft-list">
              {all.map((d) => (
                <li key={d.id}>
                  <Link to="/s/$shop/studio/drafts/$draft" params={{ shop: shop.code, draft: d.id }}>
                    <DraftState d={d} />
                    <b className="grow">{d.title}</b>
                    <span className="muted">
                      {titles.get(d.pack) ?? d.pack} <span className="mono">{d.base_version}</span>
                      {d.version_name && <span className="mono"> → {d.version_name}</span>}
                      {d.effective_from && ` · ${t('version.from', { from: day(d.effective_from) })}`}
                    </span>
                    <span className="muted">
                      {d.made_by} · <When at={d.changed_at} />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </div>
  )
}

const tones: Record<Draft['state'], string> = { draft: 'calm', proposed: 'act', published: 'good', discarded: 'off' }
export const DraftState = ({ d }: { d: Pick<Draft, 'state' | 'reason'> }) => <Tag tone={d.state === 'draft' && d.reason ? 'warn' : tones[d.state]}>{d.state === 'draft' && d.reason ? t('draft_state.returned') : t(`draft_state.${d.state}`)}</Tag>
