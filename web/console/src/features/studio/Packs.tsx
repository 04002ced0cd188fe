import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { packs, type Layer, type PackInfo, type VersionInfo } from '../../api/studio'
import { may, useShop } from '../../app/shop'
import { t, type Key } from '../../i18n'
import { day } from '../../kit/format'
import { Await, Empty, Tag, When } from '../../kit/show'
import { Start } from './Start'
import { Tabs } from './Tabs'

const layers: Layer[] = ['law', 'marketplace', 'shop']

/** 规则包: what the shop decides by, the law's beneath, its own on top, with every version. */
export function Packs() {
  const shop = useShop()
  const query = useQuery(packs(shop.id))
  return (
    <div className="page">
      <Tabs at="packs" />
      <Await query={query} rows={8}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('studio.no_packs')}>{t('studio.no_packs_text')}</Empty>
          ) : (
            layers
              .filter((l) => list.some((p) => p.layer === l))
              .map((l) => (
                <section key={l} className="layer">
                  <header>
                    <h2>{t(`layer.${l}`)}</h2>
                    <p className="muted">{t(`layer.${l}_text`)}</p>
                  </header>
                  <div className="stack">
                    {list
                      .filter((p) => p.layer === l)
                      .map((p) => (
                        <Pack key={p.pack} pack={p} />
                      ))}
                  </div>
                </section>
              ))
          )
        }
      </Await>
    </div>
  )
}

function Pack({ pack: p }: { pack: PackInfo }) {
  const shop = useShop()
  return (
    <article className="card panel flush">
      <header>
        <h3>
          {p.title} <span className="mono muted">{p.pack}</span>
        </h3>
        {p.editable && may(shop, 'policy:write') && <Start pack={p} />}
      </header>
      <ul className="policy-versions">
        {p.versions.map((v) => (
          <li key={v.version}>
            <Link to="/s/$shop/studio/packs/$pack/$version" params={{ shop: shop.code, pack: p.pack, version: v.version }}>
              <b className="mono">{v.version}</b>
              <VersionStatus status={v.status} />
              <span>{span(v)}</span>
              <span className="muted grow">
                {v.built_in ? t('version.built_in') : v.published_by ? t('version.published_by', { who: v.published_by }) : ''} {v.published_at && <When at={v.published_at} />}
                {v.notes && <span className="notes">{v.notes}</span>}
              </span>
              <span className="mono muted only-wide" title={v.hash}>
                {v.hash.slice(0, 8)}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </article>
  )
}

export const span = (v: Pick<VersionInfo, 'from' | 'to'>) => (v.to ? t('version.from_to', { from: day(v.from), to: day(v.to) }) : t('version.from', { from: day(v.from) }))

const tones: Record<string, string> = { in_force: 'good', coming: 'act', past: 'off', unused: 'off' }
export const VersionStatus = ({ status }: { status: string }) => <Tag tone={tones[status] ?? 'off'}>{t(`version.${status}` as Key)}</Tag>
