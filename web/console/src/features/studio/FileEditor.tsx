import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../../api/client'
import { asFault, type Fault } from '../../api/fault'
import { shopPath } from '../../api/queries'
import { deleteFile, draft as draftQuery, saveFile, type DraftPage } from '../../api/studio'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { Keys, useShortcuts } from '../../kit/keys'
import { FaultNote } from '../../kit/show'
import { DiffLines } from './DiffLines'
import { Editor } from './Editor'
import { readKept, useKept } from './kept'
import { lineDiff } from './lines'

/** The files of a draft and the one that is being edited. */
export function FileEditor({ d, file, line }: { d: DraftPage; file?: string; line?: number }) {
  const shop = useShop()
  const go = useNavigate()
  const names = d.files.map((f) => f.name)
  const at = names.find((n) => n === file) ?? names.find((n) => n === 'pack.yaml') ?? names[0] ?? ''
  const faults = (name: string) => d.findings.filter((f) => (f.file || 'pack.yaml') === name).length
  const open = (name: string, line?: number) => void go({ to: '/s/$shop/studio/drafts/$draft', params: { shop: shop.code, draft: d.id }, search: { tab: 'edit', file: name, line: line ? String(line) : undefined }, replace: true })
  const editable = d.state === 'draft' && may(shop, 'policy:write')
  const unsaved = (name: string) => {
    const kept = readKept(keptName(shop.id, d.id, name))
    return kept !== undefined && kept.text !== d.files.find((f) => f.name === name)?.text
  }
  return (
    <div className="file-split">
      <nav className="card file-list" aria-label={t('version.files')}>
        <select className="input only-narrow" aria-label={t('version.files')} value={at} onChange={(e) => open(e.target.value)}>
          {names.map((n) => (
            <option key={n} value={n}>
              {n}
            </option>
          ))}
        </select>
        <ul className="only-wide">
          {d.files.map((f) => (
            <li key={f.name} className={f.name === at ? 'on' : ''}>
              <button type="button" onClick={() => open(f.name)} aria-current={f.name === at ? 'true' : undefined}>
                <span className="mono grow">{f.name}</span>
                {unsaved(f.name) ? <span className="dot" title={t('editor.unsaved')} /> : f.changed && <span className="muted small">{t('editor.changed')}</span>}
                {faults(f.name) > 0 && <span className="count bad">{faults(f.name)}</span>}
              </button>
            </li>
          ))}
        </ul>
        {editable && <NewFile d={d} open={open} />}
      </nav>
      {at && <OneFile key={at} d={d} name={at} line={line} open={open} />}
    </div>
  )
}

/** Adds a file: rules beside the others, or cases below cases/. */
function NewFile({ d, open }: { d: DraftPage; open: (name: string) => void }) {
  const shop = useShop()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const add = useCommand<{ version: number; text: string; name: string }, DraftPage>(
    ({ name, ...body }, key) => saveFile(shop.id, d.id, name, body, key),
    (page, sent) => {
      queries.setQueryData(draftQuery(shop.id, d.id).queryKey, page)
      setName('')
      open(sent.name)
    },
  )
  const wanted = name.trim()
  return (
    <form
      className="new-file"
      onSubmit={(e) => {
        e.preventDefault()
        if (wanted && !d.files.some((f) => f.name === wanted)) add.mutate({ version: d.version, name: wanted, text: wanted.startsWith('cases/') ? 'calendar: CN\ncases:\n' : '# \n' })
      }}
    >
      <div className="input-row">
        <input className="input small mono" value={name} onChange={(e) => setName(e.target.value)} placeholder="cases/new.yaml" aria-label={t('editor.new_file')} maxLength={70} />
        <button type="submit" className="btn small" disabled={!wanted || d.files.some((f) => f.name === wanted) || add.isPending}>
          {t('editor.add_file')}
        </button>
      </div>
      {add.error && <FaultNote fault={add.error} compact />}
    </form>
  )
}

const keptName = (shop: string, draft: string, file: string) => `${shop}.${draft}.${file}`

function OneFile({ d, name, line, open }: { d: DraftPage; name: string; line?: number; open: (name: string, line?: number) => void }) {
  const shop = useShop()
  const queries = useQueryClient()
  const server = d.files.find((f) => f.name === name)?.text ?? ''
  const kept = useKept(keptName(shop.id, d.id, name), server)
  const [jump, setJump] = useState({ line: line ?? 0, n: line ? 1 : 0 })
  const editable = d.state === 'draft' && may(shop, 'policy:write')
  const take = (page: DraftPage) => queries.setQueryData(draftQuery(shop.id, d.id).queryKey, page)
  const save = useCommand<{ version: number; text: string }, DraftPage>(
    async (body, key) => {
      try {
        return await saveFile(shop.id, d.id, name, body, key)
      } catch (e) {
        const fault = asFault(e)
        if (!fault.conflict) throw fault
        // The draft moved on. Where this file did not, what was typed still stands on the file as it is: it is saved on that.
        const now = await call<DraftPage>('GET', `${shopPath(shop.id)}/policies/drafts/${d.id}`)
        take(now)
        if (now.state !== 'draft' || now.files.find((f) => f.name === name)?.text !== kept.base) throw fault
        return await saveFile(shop.id, d.id, name, { ...body, version: now.version }, key + '2')
      }
    },
    (page, sent) => {
      take(page)
      kept.saved(sent.text)
    },
  )
  const drop = useCommand<number, DraftPage>(
    (version) => deleteFile(shop.id, d.id, name, version),
    (page) => {
      kept.forget()
      take(page)
      open('pack.yaml')
    },
  )
  const fault = (save.error ?? drop.error) as Fault | null
  const moved = kept.unsaved && kept.base !== server // somebody else saved this file meanwhile
  const send = () => editable && kept.unsaved && !moved && !save.isPending && save.mutate({ version: d.version, text: kept.text })
  useShortcuts(editable ? [{ keys: 'mod+s', label: t('editor.save'), group: t('keys.form'), run: send, inForms: true }] : [])
  const here = d.findings.filter((f) => (f.file || 'pack.yaml') === name)
  const elsewhere = d.findings.filter((f) => !here.includes(f))
  return (
    <section className="card panel flush">
      <header>
        <h3 className="mono">{name}</h3>
        <span className="actions">
          <span className="muted small" role="status">
            {save.isPending ? t('sending') : kept.unsaved ? t('editor.unsaved') : save.isSuccess ? t('saved') : ''}
          </span>
          {editable && (
            <button type="button" className="btn primary small" onClick={send} disabled={!kept.unsaved || moved || save.isPending}>
              {t('save')} <Keys keys="mod+s" />
            </button>
          )}
          {kept.unsaved && !moved && (
            <button type="button" className="btn small" onClick={() => window.confirm(t('editor.forget_sure')) && kept.forget()}>
              {t('editor.forget')}
            </button>
          )}
          {editable && name !== 'pack.yaml' && (
            <button type="button" className="btn small" disabled={drop.isPending} onClick={() => window.confirm(t('editor.delete_sure', { file: name })) && drop.mutate(d.version)}>
              {t('editor.delete')}
            </button>
          )}
        </span>
      </header>
      {kept.full && <p className="note warn">{t('editor.full')}</p>}
      {fault && !moved && <FaultNote fault={fault} retry={send} compact />}
      {moved && (
        <div className="note warn stack" role="alert">
          <b>{t('editor.conflict')}</b>
          <p>{t('editor.conflict_text')}</p>
          <DiffLines lines={lineDiff(server, kept.text)} before={t('editor.theirs')} after={t('editor.mine')} />
          <div className="actions">
            <button type="button" className="btn primary" disabled={save.isPending} onClick={() => save.mutate({ version: d.version, text: kept.text })}>
              {t('editor.keep_mine')}
            </button>
            <button type="button" className="btn" onClick={() => kept.forget()}>
              {t('editor.take_theirs')}
            </button>
          </div>
        </div>
      )}
      {!editable && <p className="note">{d.state === 'draft' ? t('editor.read_only') : t('editor.not_now')}</p>}
      <Editor name={name} text={kept.text} set={kept.set} findings={kept.unsaved ? [] : here} readOnly={!editable} go={jump.n ? jump : undefined} />
      <div className="panel-body findings">
        {here.length === 0 && elsewhere.length === 0 && !kept.unsaved && <p className="good-text">{t('editor.clean')}</p>}
        {kept.unsaved && <p className="muted">{t('editor.checked_on_save')}</p>}
        {[...here, ...elsewhere].length > 0 && (
          <ul>
            {[...here, ...elsewhere].map((f, i) => (
              <li key={i}>
                <button type="button" className="btn link small mono" onClick={() => ((f.file || 'pack.yaml') === name ? setJump((j) => ({ line: f.line ?? 1, n: j.n + 1 })) : open(f.file || 'pack.yaml', f.line))}>
                  {f.file || 'pack.yaml'}:{f.line ?? 1}
                </button>
                <span>{f.text}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}
