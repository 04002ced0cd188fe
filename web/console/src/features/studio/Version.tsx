import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { packs, policyPage, policyVersion, type PackInfo, type PolicyVersion } from '../../api/studio'
import { versionRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { language, t } from '../../i18n'
import { toInput } from '../../kit/format'
import { useShortcuts } from '../../kit/keys'
import { Await } from '../../kit/show'
import { blank, toHash } from '../../parts/trial'
import { Clauses, useReader } from './Clauses'
import { CodeFile } from './CodeFile'
import { Markdown } from './Markdown'
import { span, VersionStatus } from './Packs'
import { Start } from './Start'
import { GroundList, ParamList, TableList } from './Tables'
import { Tabs } from './Tabs'

const tabs = ['clauses', 'params', 'grounds', 'tables', 'page', 'files'] as const
type Tab = (typeof tabs)[number]

/** One version of a pack: its clauses beside their text and requirement, its numbers, tables and files. */
export function Version() {
  const shop = useShop()
  const { pack, version } = versionRoute.useParams()
  const search = versionRoute.useSearch()
  const go = useNavigate()
  const list = useQuery(packs(shop.id))
  const query = useQuery(policyVersion(shop.id, pack, version))
  const of = list.data?.find((p) => p.pack === pack)
  const tab: Tab = tabs.find((x) => x === search.tab) ?? 'clauses'
  const turn = (tab: Tab) => void go({ to: '/s/$shop/studio/packs/$pack/$version', params: { shop: shop.code, pack, version }, search: { tab } })
  const here = tabs.indexOf(tab)
  useShortcuts([
    { keys: ']', label: t('keys.next_view'), group: t('keys.list'), run: () => turn(tabs[(here + 1) % tabs.length]!) },
    { keys: '[', label: t('keys.previous_view'), group: t('keys.list'), run: () => turn(tabs[(here + tabs.length - 1) % tabs.length]!) },
    { keys: '/', label: t('clause.find'), group: t('keys.list'), run: () => document.querySelector<HTMLInputElement>('#clause-find')?.focus() },
  ])
  return (
    <div className="page wide">
      <Tabs at="packs" />
      <Await query={query} rows={10}>
        {(v) => (
          <>
            <Head v={v} of={of} />
            <div className="views" role="tablist" aria-label={t('version.parts')}>
              {tabs.map((x) => (
                <button key={x} type="button" role="tab" aria-selected={x === tab} className={x === tab ? 'view on' : 'view'} onClick={() => turn(x)}>
                  {t(`version.${x}`)} {count(v, x) !== undefined && <span className="count">{count(v, x)}</span>}
                </button>
              ))}
            </div>
            {tab === 'clauses' && <Clauses v={v} />}
            {tab === 'params' && <ParamList params={v.params} />}
            {tab === 'grounds' && <GroundList grounds={v.grounds} />}
            {tab === 'tables' && <Tables v={v} />}
            {tab === 'page' && <CustomerPage pack={pack} version={version} />}
            {tab === 'files' && <Files v={v} file={search.file} line={search.line} />}
          </>
        )}
      </Await>
    </div>
  )
}

/** The day a version is tried on: its first day, or today where that has been. */
const later = (from: string) => (from > toInput(new Date()).slice(0, 10) ? from : '')

const count = (v: PolicyVersion, tab: Tab) => ({ clauses: v.claims.length, params: v.params.length, grounds: v.grounds.length, tables: v.tables.length, page: undefined, files: v.files.length })[tab]

function Head({ v, of }: { v: PolicyVersion; of?: PackInfo }) {
  const shop = useShop()
  const go = useNavigate()
  const info = v.row
  return (
    <header className="case-head">
      <div className="case-title">
        <Link to="/s/$shop/studio" params={{ shop: shop.code }} className="btn icon" aria-label={t('version.back')} title={t('version.back')}>
          ←
        </Link>
        <h2 className="title">{v.title}</h2>
        <VersionStatus status={info.status} />
      </div>
      <div className="case-tools">
        {of && of.versions.length > 1 && (
          <select className="input small" aria-label={t('version.other')} value={v.version} onChange={(e) => void go({ to: '/s/$shop/studio/packs/$pack/$version', params: { shop: shop.code, pack: v.pack, version: e.target.value } })}>
            {of.versions.map((x) => (
              <option key={x.version} value={x.version}>
                {x.version}
              </option>
            ))}
          </select>
        )}
        {v.layer === 'shop' && (
          <Link to="/s/$shop/studio/sandbox" params={{ shop: shop.code }} hash={toHash({ ...blank, on: info.status === 'in_force' ? '' : v.from, at: info.status === 'in_force' ? '' : later(v.from) })} className="btn small">
            {t('version.try')}
          </Link>
        )}
        {of?.editable && may(shop, 'policy:write') && <Start pack={of} from={v.version} />}
      </div>
      <p className="muted version-facts">
        <span>{t(`layer.${v.layer}`)}</span>
        <span className="mono">
          {v.pack} {v.version}
        </span>
        <span>{span(info)}</span>
        {v.source && <span>{t('version.source', { source: v.source })}</span>}
        <span className="mono" title={v.hash}>
          {t('version.hash', { hash: v.hash.slice(0, 12) })}
        </span>
      </p>
      {info.notes && <p className="note">{info.notes}</p>}
    </header>
  )
}

const Tables = ({ v }: { v: PolicyVersion }) => <TableList tables={v.tables} read={useReader(v)} />

function CustomerPage({ pack, version }: { pack: string; version: string }) {
  const shop = useShop()
  const query = useQuery(policyPage(shop.id, pack, version))
  return (
    <section className="card panel">
      <header>
        <h2>{t('version.page_title')}</h2>
        <span className="muted grow">{t('version.page_text')}</span>
        <a href={`/p/${shop.code}/policy`} target="_blank" rel="noreferrer">
          {t('version.page_public')}
        </a>
      </header>
      <div className="panel-body policy-page" lang={language()}>
        <Await query={query} rows={12}>
          {(text) => <Markdown text={text} />}
        </Await>
      </div>
    </section>
  )
}

function Files({ v, file, line }: { v: PolicyVersion; file?: string; line?: string }) {
  const shop = useShop()
  const at = v.files.find((f) => f.name === file)?.name ?? v.files.find((f) => f.name === 'pack.yaml')?.name ?? v.files[0]?.name
  return (
    <div className="file-split">
      <ul className="card file-list" aria-label={t('version.files')}>
        {v.files.map((f) => (
          <li key={f.name} className={f.name === at ? 'on' : ''}>
            <Link to="/s/$shop/studio/packs/$pack/$version" params={{ shop: shop.code, pack: v.pack, version: v.version }} search={{ tab: 'files', file: f.name }} aria-current={f.name === at ? 'true' : undefined}>
              <span className="mono">{f.name}</span> <span className="muted num">{(f.bytes / 1024).toFixed(1)} KB</span>
            </Link>
          </li>
        ))}
      </ul>
      {at && <CodeFile key={at} pack={v.pack} version={v.version} file={at} line={Number(line) || undefined} />}
    </div>
  )
}
