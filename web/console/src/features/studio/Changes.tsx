import { useQueries, useQuery } from '@tanstack/react-query'
import { draftDiff, policyFile, type DraftPage, type RuleChange } from '../../api/studio'
import { useShop } from '../../app/shop'
import { t, type Key } from '../../i18n'
import { Await, Empty } from '../../kit/show'
import { DiffLines } from './DiffLines'
import { lineDiff } from './lines'

/** What a draft changes: in words first, then in the files. */
export function Changes({ d }: { d: DraftPage }) {
  const shop = useShop()
  const query = useQuery({ ...draftDiff(shop.id, d), enabled: !d.faulty })
  return (
    <>
      <section className="card panel">
        <header>
          <h2>{t('diff.words')}</h2>
          <span className="muted">{t('diff.against', { version: d.base_version })}</span>
        </header>
        <div className="panel-body">{d.faulty ? <p className="note warn">{t('diff.faulty')}</p> : <Await query={query} rows={4}>{(list) => (list.length === 0 ? <Empty title={t('diff.none')} /> : <ChangeList list={list} />)}</Await>}</div>
      </section>
      <Texts d={d} />
    </>
  )
}

export function ChangeList({ list }: { list: RuleChange[] }) {
  const kinds = [...new Set(list.map((c) => c.what))]
  return (
    <div className="stack">
      {kinds.map((kind) => (
        <section key={kind}>
          <h3 className="section-title">{t(`change.${kind}` as Key)}</h3>
          <ul className="changes">
            {list
              .filter((c) => c.what === kind)
              .map((c, i) => (
                <li key={i}>
                  <p>{c.text}</p>
                  {!said(c) && (
                    <p className="from-to">
                      {c.before && <del>{c.before}</del>} {c.before && c.after && <span aria-hidden>→</span>} {c.after && <ins>{c.after}</ins>}
                    </p>
                  )}
                  <p className="muted small">
                    <span className="mono">{c.id}</span> {(c.cites ?? []).join(' ')}
                  </p>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

/** Whether the sentence holds both values already. */
const said = (c: RuleChange) => (!c.before || c.text.includes(c.before)) && (!c.after || c.text.includes(c.after))

function Texts({ d }: { d: DraftPage }) {
  const shop = useShop()
  const changed = d.files.filter((f) => f.changed)
  const bases = useQueries({ queries: changed.map((f) => ({ ...policyFile(shop.id, d.pack, d.base_version, f.name), retry: false })) })
  if (changed.length === 0) return null
  return (
    <section className="card panel">
      <header>
        <h2>{t('diff.files')}</h2>
      </header>
      <div className="panel-body stack">
        {changed.map((f, i) => (
          <div key={f.name}>
            <h3 className="mono">{f.name}</h3>
            {bases[i]?.isPending ? <p className="muted">{t('loading')}</p> : <DiffLines lines={lineDiff(bases[i]?.data ?? '', f.text)} before={d.base_version} after={t('diff.draft')} />}
          </div>
        ))}
      </div>
    </section>
  )
}
