import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { acceptCases, draftCheck, vocabulary, type CaseResult, type Check, type Draft, type DraftPage } from '../../api/studio'
import { wording } from '../../api/queries'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { FormDialog } from '../../kit/dialog'
import { Await, Empty, FaultNote, Tag } from '../../kit/show'
import { wordsOf } from '../../parts/words'
import { pointLabel, pointText } from './points'

/** 检查: lint, golden cases and what they leave unseen. */
export function CheckPanel({ d }: { d: DraftPage }) {
  const shop = useShop()
  const query = useQuery({ ...draftCheck(shop.id, d), enabled: may(shop, 'policy:write') })
  if (!may(shop, 'policy:write')) return <Empty title={t('check.not_yours')} />
  return (
    <Await query={query} rows={6}>
      {(c) => <Checked c={c} draft={d.id} accepts={d.state === 'draft' ? d : undefined} />}
    </Await>
  )
}

/** What lint and the golden cases say, with links into the draft where there is one; accepts is a draft whose cases may be changed here. */
export function Checked({ c, draft, accepts }: { c: Check; draft?: string; accepts?: Draft }) {
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
      {c.failed.length > 0 && <Failed failed={c.failed} draft={draft} accepts={accepts} />}
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

/** The cases that come out otherwise: what was expected and what comes, and the press with which somebody who has read it accepts it. */
function Failed({ failed, draft, accepts }: { failed: CaseResult[]; draft?: string; accepts?: Draft }) {
  const shop = useShop()
  const defs = useQuery(vocabulary(shop.id))
  const worded = useQuery(wording(shop.id))
  const words = wordsOf(defs.data, worded.data, () => undefined, shop.currency)
  const [all, setAll] = useState(false)
  const open = failed.filter((f) => f.differs.length > 0)
  const accept = useCommand<CaseResult[], Draft>((cases, key) => acceptCases(shop.id, accepts!.id, { version: accepts!.version, cases: cases.map(({ file, line, name }) => ({ file, line, name })) }, key), () => setAll(false))
  return (
    <Part
      title={t('check.failed')}
      tools={
        accepts &&
        open.length > 1 && (
          <button type="button" className="btn small" onClick={() => setAll(true)}>
            {t('accept.all', { n: open.length })}
          </button>
        )
      }
    >
      {accept.error && !all && <FaultNote fault={accept.error} compact />}
      {failed.map((f) => (
        <li key={`${f.file}:${f.line}`}>
          <At draft={draft} file={f.file} line={f.line} />
          <div className="grow">
            <b>{f.name}</b> <span className="mono muted">{(f.cites ?? []).join(' ')}</span>
            {f.differs.length === 0 ? (
              <ul>
                {f.says.map((x, j) => (
                  <li key={j}>{x}</li>
                ))}
              </ul>
            ) : (
              <dl className="differs">
                {f.differs.map((m) => (
                  <div key={m.what}>
                    <dt>{pointLabel(m.what)}</dt>
                    <dd>
                      <span className="visually-hidden">{t('accept.want')}</span>
                      <s className="muted">{pointText(m.what, m.want, words)}</s> <span aria-hidden>→</span> <span className="visually-hidden">{t('accept.got')}</span>
                      <b>{pointText(m.what, m.got, words)}</b>
                    </dd>
                  </div>
                ))}
              </dl>
            )}
          </div>
          {accepts && f.differs.length > 0 && (
            <button type="button" className="btn small" disabled={accept.isPending} aria-label={t('accept.one_of', { name: f.name })} onClick={() => accept.mutate([f])}>
              {t('accept.one')}
            </button>
          )}
        </li>
      ))}
      {all && (
        <FormDialog title={t('accept.all', { n: open.length })} submit={t('accept.submit')} busy={accept.isPending} fault={accept.error} onSubmit={() => accept.mutate(open.slice(0, 200))} onClose={() => setAll(false)}>
          <p>{t('accept.text')}</p>
        </FormDialog>
      )}
    </Part>
  )
}

const Part = ({ title, tools, children }: { title: string; tools?: React.ReactNode; children: React.ReactNode }) => (
  <section className="card panel">
    <header>
      <h2>{title}</h2>
      {tools}
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
