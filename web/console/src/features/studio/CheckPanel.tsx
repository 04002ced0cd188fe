import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { draftCheck, type Check, type DraftPage } from '../../api/studio'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { Await, Empty, Tag } from '../../kit/show'

/** 检查: lint, golden cases and what they leave unseen. */
export function CheckPanel({ d }: { d: DraftPage }) {
  const shop = useShop()
  const query = useQuery({ ...draftCheck(shop.id, d), enabled: may(shop, 'policy:write') })
  if (!may(shop, 'policy:write')) return <Empty title={t('check.not_yours')} />
  return (
    <Await query={query} rows={6}>
      {(c) => <Checked c={c} draft={d.id} />}
    </Await>
  )
}

/** What lint and the golden cases say, with links into the draft where there is one. */
export function Checked({ c, draft }: { c: Check; draft?: string }) {
  const share = c.all > 0 ? Math.floor((100 * c.seen) / c.all) : 0
  return (
    <>
      <div className="tiles checks">
        <div className={`tile plain ${c.findings.length ? 'bad' : ''}`}>
          <b className="num">{c.findings.length}</b>
          <span>{t('check.findings')}</span>
        </div>
        <div className={`tile plain ${c.failed.length ? 'bad' : ''}`}>
          <b className="num">
            {c.cases - c.failed.length} / {c.cases}
          </b>
          <span>{t('check.cases')}</span>
        </div>
        <div className={`tile plain ${c.gaps.length ? 'warn' : ''}`}>
          <b className="num">{share} %</b>
          <span>{t('check.coverage', { seen: c.seen, all: c.all })}</span>
        </div>
      </div>
      <p className={c.clean ? 'note good' : 'note warn'}>{c.clean ? t('check.clean') : t('check.not_clean')}</p>
      {c.findings.length > 0 && (
        <Part title={t('check.findings')}>
          {c.findings.map((f, i) => (
            <li key={i}>
              <At draft={draft} file={f.file} line={f.line} />
              <span>{f.text}</span>
            </li>
          ))}
        </Part>
      )}
      {c.failed.length > 0 && (
        <Part title={t('check.failed')}>
          {c.failed.map((f, i) => (
            <li key={i}>
              <At draft={draft} file={f.file} line={f.line} />
              <span>
                <b>{f.name}</b> <span className="mono muted">{(f.cites ?? []).join(' ')}</span>
                <ul>
                  {f.says.map((x, j) => (
                    <li key={j}>{x}</li>
                  ))}
                </ul>
              </span>
            </li>
          ))}
        </Part>
      )}
      {c.gaps.length > 0 && (
        <Part title={t('check.gaps')}>
          {c.gaps.map((g, i) => (
            <li key={i}>
              <At draft={draft} file={g.file} line={g.line} />
              <span>
                <span className="mono">{g.what}</span> <Tag tone="warn">{t(`never.${g.never}`)}</Tag>
              </span>
            </li>
          ))}
        </Part>
      )}
    </>
  )
}

const Part = ({ title, children }: { title: string; children: React.ReactNode }) => (
  <section className="card panel">
    <header>
      <h2>{title}</h2>
    </header>
    <div className="panel-body findings">
      <ul>{children}</ul>
    </div>
  </section>
)

function At({ draft, file, line }: { draft?: string; file?: string; line?: number }) {
  const shop = useShop()
  const place = `${file || 'pack.yaml'}:${line ?? 1}`
  if (!draft) return <span className="mono small">{place}</span>
  return (
    <Link to="/s/$shop/studio/drafts/$draft" params={{ shop: shop.code, draft }} search={{ tab: 'edit', file: file || 'pack.yaml', line: line ? String(line) : undefined }} className="mono small">
      {place}
    </Link>
  )
}
