import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { draft, type DraftPage } from '../../api/studio'
import { draftRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { day } from '../../kit/format'
import { useShortcuts } from '../../kit/keys'
import { Await, When } from '../../kit/show'
import { Changes } from './Changes'
import { CheckPanel } from './CheckPanel'
import { DraftState } from './Drafts'
import { FileEditor } from './FileEditor'
import { RunList } from './RunList'
import { Steps } from './Steps'
import { Tabs } from './Tabs'

const tabs = ['edit', 'changes', 'check', 'runs'] as const

/** One draft: edited, compared, checked, proven, and handed on to the one who publishes it. */
export function DraftPageView() {
  const shop = useShop()
  const { draft: id } = draftRoute.useParams()
  const search = draftRoute.useSearch()
  const go = useNavigate()
  const query = useQuery(draft(shop.id, id))
  const tab = tabs.find((x) => x === search.tab) ?? (query.data && query.data.state !== 'draft' ? 'changes' : 'edit')
  const turn = (tab: string) => void go({ to: '/s/$shop/studio/drafts/$draft', params: { shop: shop.code, draft: id }, search: { tab } })
  const here = tabs.indexOf(tab)
  useShortcuts([
    { keys: ']', label: t('keys.next_view'), group: t('keys.list'), run: () => turn(tabs[(here + 1) % tabs.length]!) },
    { keys: '[', label: t('keys.previous_view'), group: t('keys.list'), run: () => turn(tabs[(here + tabs.length - 1) % tabs.length]!) },
  ])
  return (
    <div className="page wide">
      <Tabs at="drafts" />
      <Await query={query} rows={10}>
        {(d) => (
          <>
            <Head d={d} />
            <div className="views" role="tablist" aria-label={t('draft.parts')}>
              {tabs.map((x) => (
                <button key={x} type="button" role="tab" aria-selected={x === tab} className={x === tab ? 'view on' : 'view'} onClick={() => turn(x)}>
                  {t(`draft_tab.${x}`)} {x === 'edit' && d.findings.length > 0 && <span className="count bad">{d.findings.length}</span>}
                </button>
              ))}
            </div>
            {tab === 'edit' && <FileEditor d={d} file={search.file} line={Number(search.line) || undefined} />}
            {tab === 'changes' && <Changes d={d} />}
            {tab === 'check' && <CheckPanel d={d} />}
            {tab === 'runs' && <RunList draft={d} />}
          </>
        )}
      </Await>
    </div>
  )
}

function Head({ d }: { d: DraftPage }) {
  const shop = useShop()
  return (
    <header className="case-head">
      <div className="case-title">
        <Link to="/s/$shop/studio/drafts" params={{ shop: shop.code }} className="btn icon" aria-label={t('draft.back')} title={t('draft.back')}>
          ←
        </Link>
        <h2 className="title">{d.title}</h2>
        <DraftState d={d} />
      </div>
      <div className="case-tools">
        {!d.faulty && d.state !== 'discarded' && (
          <Link to="/s/$shop/studio/sandbox" params={{ shop: shop.code }} hash={`draft=${d.id}`} className="btn small">
            {t('version.try')}
          </Link>
        )}
        {(may(shop, 'policy:write') || may(shop, 'policy:publish')) && <Steps d={d} />}
      </div>
      <p className="muted version-facts">
        <span className="mono">{d.pack}</span>
        <span>{t('draft.based_on', { version: d.base_version })}</span>
        {d.version_name && d.effective_from && <span>{t('draft.will_be', { version: d.version_name, day: day(d.effective_from) })}</span>}
        <span>
          {t('draft.editors', { who: [...new Set(d.editors.map((p) => p.name))].join(t('studio.comma')) })} · <When at={d.changed_at} />
        </span>
        {d.proposed_by && <span>{t('draft.proposed_by', { who: d.proposed_by })}</span>}
      </p>
      {d.reason && d.state === 'draft' && <p className="note warn">{t('draft.returned_because', { reason: d.reason })}</p>}
      {d.notes && <p className="note">{d.notes}</p>}
    </header>
  )
}
