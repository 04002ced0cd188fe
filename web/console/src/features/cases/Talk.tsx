import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, call, ok } from '../../api/client'
import type { CasePage, Message, View } from '../../api/types'
import { caseReply, shopPath } from '../../api/queries'
import type { Shop } from '../../api/session'
import { may } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { useDraft } from '../../kit/draft'
import { Keys, useShortcuts } from '../../kit/keys'
import { FaultNote, When } from '../../kit/show'

/** The conversation and the notes of a case, in one order of time; below it what one writes. */
export function Talk({ page, shop }: { page: CasePage; shop: Shop }) {
  const id = page.view.case.id
  const [draft, set, clear] = useDraft(`talk.${id}`, { text: '', note: false, from: 'staff' as 'staff' | 'customer' })
  const [all, setAll] = useState(false)
  const log = useRef<HTMLDivElement>(null)
  const box = useRef<HTMLTextAreaElement>(null)
  const items = [
    ...page.messages.map((m) => ({ id: m.id, at: m.at ?? '', kind: m.from as Message['from'] | 'note', author: m.author ?? '', text: m.text, progress: '' })),
    ...page.notes.map((n) => ({ id: n.id, at: n.at ?? '', kind: 'note' as const, author: n.author, text: n.text, progress: n.progress ?? '' })),
  ].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1))
  const shown = all ? items : items.slice(-12)
  useEffect(() => {
    if (log.current) log.current.scrollTop = log.current.scrollHeight
  }, [items.length])

  const send = useCommand<{ text: string; note: boolean; from: string }, unknown>(
    (x, key) =>
      x.note
        ? ok<View>(api.POST('/api/v1/shops/{shop}/cases/{id}/notes', { params: { path: { shop: shop.id, id }, header: { 'Idempotency-Key': key } }, body: { text: x.text } }))
        : call('POST', `${shopPath(shop.id)}/cases/${id}/messages`, { json: { from: x.from, text: x.text, channel: page.view.case.channel }, key }),
    () => clear(),
  )
  const offered = useQuery({ ...caseReply(shop.id, id, page.view.case.version), enabled: may(shop, 'cases:write') }).data?.text ?? ''
  const offer = !draft.note && draft.from === 'staff' && draft.text === '' && !page.messages.some((m) => m.text === offered) ? offered : ''
  const take = () => {
    set({ text: offer })
    box.current?.focus()
  }
  const submit = () => draft.text.trim() && !send.isPending && send.mutate({ text: draft.text.trim(), note: draft.note, from: draft.from })
  useShortcuts([
    { keys: 'e', label: t('talk.write'), group: t('keys.case'), run: () => { set({ note: false }); box.current?.focus() } },
    ...(offer ? [{ keys: 'q', label: t('talk.take_offer'), group: t('keys.case'), run: take }] : []),
    { keys: 'z', label: t('talk.note'), group: t('keys.case'), run: () => { set({ note: true }); box.current?.focus() } },
  ])
  return (
    <div className="talk">
      <div className="bubbles" ref={log} tabIndex={0} role="log" aria-label={t('case.talk')}>
        {items.length > shown.length && (
          <button type="button" className="btn small" onClick={() => setAll(true)}>
            {t('talk.earlier', { n: items.length - shown.length })}
          </button>
        )}
        {items.length === 0 && <p className="muted center-text">{t('talk.empty')}</p>}
        {shown.map((m) => (
          <div key={m.id} className={`bubble ${m.kind}`}>
            <p dir="auto">{m.text}</p>
            <footer>
              {m.kind === 'note' && <b>{t('talk.note_tag')}</b>} {m.kind === 'customer' ? '' : m.author} {m.progress && `· ${m.progress}`} <When at={m.at} />
            </footer>
          </div>
        ))}
      </div>
      {may(shop, 'cases:write') && (
        <form
          className="write"
          onSubmit={(e) => {
            e.preventDefault()
            submit()
          }}
        >
          <div className="segments" role="group" aria-label={t('talk.kind')}>
            <button type="button" className={!draft.note && draft.from === 'staff' ? 'on' : ''} aria-pressed={!draft.note && draft.from === 'staff'} onClick={() => set({ note: false, from: 'staff' })}>
              {t('talk.reply')}
            </button>
            <button type="button" className={!draft.note && draft.from === 'customer' ? 'on' : ''} aria-pressed={!draft.note && draft.from === 'customer'} onClick={() => set({ note: false, from: 'customer' })}>
              {t('talk.heard')}
            </button>
            <button type="button" className={draft.note ? 'on note' : ''} aria-pressed={draft.note} onClick={() => set({ note: true })}>
              {t('talk.note')}
            </button>
          </div>
          {offer && (
            <button type="button" className="offer" onClick={take}>
              <b>
                {t('talk.offer')} <Keys keys="q" />
              </b>
              <span>{offer}</span>
            </button>
          )}
          <textarea
            ref={box}
            className="input"
            rows={2}
            dir="auto"
            maxLength={2000}
            value={draft.text}
            aria-label={draft.note ? t('talk.note') : t('talk.write')}
            placeholder={draft.note ? t('talk.note_hint') : draft.from === 'staff' ? t('talk.reply_hint') : t('talk.heard_hint')}
            onChange={(e) => set({ text: e.target.value })}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
                e.preventDefault()
                submit()
              }
              if (e.key === 'Escape') box.current?.blur()
            }}
          />
          {send.error && <FaultNote fault={send.error} compact />}
          <div className="actions end">
            <span className="muted small grow">{draft.note ? t('talk.note_help') : t('talk.reply_help')}</span>
            <button type="submit" className="btn primary small" disabled={send.isPending || !draft.text.trim()}>
              {send.isPending ? t('sending') : draft.note ? t('talk.add_note') : t('talk.record')} <Keys keys="mod+Enter" />
            </button>
          </div>
        </form>
      )}
    </div>
  )
}
