import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Movement } from '../../api/types'
import { casePage, inbox, parcels, shopPath, strays } from '../../api/queries'
import type { Shop } from '../../api/session'
import { receivingRoute } from '../../app/router'
import { may, useShop } from '../../app/shop'
import { t, term } from '../../i18n'
import { day, toInput } from '../../kit/format'
import { busy, useShortcuts } from '../../kit/keys'
import { Await, Due, Empty, More, Status, When } from '../../kit/show'
import { Commands } from '../../parts/Commands'
import { articleOf } from '../../parts/CommandDialog'
import { asked, type Decision } from '../../api/decision'
import { EvidencePanel } from '../../parts/Evidence'
import { GoesTo, OnTheRoad } from '../../parts/Onward'
import { SerialNote } from '../../parts/Serials'
import { Suppliers } from '../../parts/Suppliers'
import { mustBe, useWords } from '../../parts/words'
import { Door, PutOnShelf } from './Door'
import { Shelf } from './Shelf'

const rooms = ['open', 'door', 'shelf', 'supplier'] as const

/** 收货验货: parcels are taken in as they come, opened and inspected, or lie on the shelf while nobody knows whose they are; some go back to suppliers. */
export function Receiving() {
  const shop = useShop()
  const search = receivingRoute.useSearch()
  const room = rooms.find((r) => r === search.room) ?? 'open'
  const go = useNavigate()
  const first = useInfiniteQuery(strays(shop.id)).data?.pages[0]
  const shelf = first?.items.length ?? 0
  const turn = (by: number) => enter(rooms[(rooms.indexOf(room) + by + rooms.length) % rooms.length] ?? 'open')
  const enter = (r: (typeof rooms)[number]) => void go({ to: '/s/$shop/receiving', params: { shop: shop.code }, search: { room: r === 'open' ? undefined : r } })
  useShortcuts([
    { keys: ']', label: t('keys.next_view'), group: t('keys.list'), run: () => turn(1) },
    { keys: '[', label: t('keys.previous_view'), group: t('keys.list'), run: () => turn(-1) },
  ])
  return (
    <div className="page wide">
      <h1 className="page-title">{t('nav.receiving')}</h1>
      <div className="views" role="tablist" aria-label={t('views')}>
        {rooms.map((r) => (
          <button key={r} type="button" role="tab" aria-selected={r === room} className={r === room ? 'view on' : 'view'} onClick={() => enter(r)}>
            {r === 'shelf' ? term('status', 'unclaimed_parcel') : t(`receiving.room.${r}`)} {r === 'shelf' && shelf > 0 && <span className="count">{first?.next ? t('stray.more', { n: shelf }) : shelf}</span>}
          </button>
        ))}
      </div>
      {room === 'open' && <Opening shop={shop} />}
      {room === 'door' && <Door shop={shop} />}
      {room === 'shelf' && <Shelf shop={shop} />}
      {room === 'supplier' && <Suppliers shop={shop} />}
    </div>
  )
}

/**
 * 开箱验货: scan a waybill, see what was announced, count it, look at it. A scanner types and presses Enter: the parcel it
 * found takes the cursor, so that the next key is a command and not a letter in the field; the next scan takes it back.
 */
function Opening({ shop }: { shop: Shop }) {
  const { waybill = '', case: chosen } = receivingRoute.useSearch()
  const go = useNavigate()
  const [text, setText] = useState(waybill)
  const input = useRef<HTMLInputElement>(null)
  const table = useRef<HTMLDivElement>(null)
  const found = useQuery(parcels(shop.id, waybill))
  const onTable = Boolean(chosen) || (waybill !== '' && (found.data?.length ?? 0) > 0)
  useEffect(() => setText(waybill), [waybill])
  useEffect(() => {
    if (onTable) table.current?.focus()
    else {
      input.current?.focus()
      input.current?.select()
    }
  }, [waybill, onTable])
  useScanner(input)
  useShortcuts([{ keys: 'g w', label: t('receiving.scan'), group: t('keys.case'), run: () => input.current?.select() }])
  const open = (id?: string) => void go({ to: '/s/$shop/receiving', params: { shop: shop.code }, search: { waybill: waybill || undefined, case: id } })
  return (
    <>
      <form
        className="card scan"
        role="search"
        onSubmit={(e) => {
          e.preventDefault()
          const clean = text.replace(/\s+/g, '')
          if (clean) void go({ to: '/s/$shop/receiving', params: { shop: shop.code }, search: { waybill: clean } })
        }}
      >
        <label htmlFor="scan">{t('receiving.scan')}</label>
        <div className="input-row">
          <input id="scan" ref={input} className="input big mono" value={text} onChange={(e) => setText(e.target.value)} placeholder={t('receiving.scan_hint')} maxLength={60} autoComplete="off" enterKeyHint="search" />
          <button type="submit" className="btn primary big">
            {term('action', 'scan_in')}
          </button>
        </div>
      </form>
      {waybill !== '' && !chosen && (
        <Await query={found} rows={2}>
          {(list) =>
            list.length === 0 ? (
              <Empty title={t('receiving.unknown', { waybill })}>
                <p>{t('receiving.unknown_text')}</p>
                <PutOnShelf shop={shop} waybill={waybill} />
                <Link to="/s/$shop/search" params={{ shop: shop.code }} search={{ q: waybill }} className="btn">
                  {t('receiving.search')}
                </Link>
              </Empty>
            ) : (
              <div ref={table} tabIndex={-1} className="stack">
                {list.map((m) => (
                  <Parcel key={m.id} shop={shop} caseId={m.case_id} parcelId={m.id} />
                ))}
              </div>
            )
          }
        </Await>
      )}
      {chosen && (
        <div ref={table} tabIndex={-1} className="stack">
          <button type="button" className="btn small start" onClick={() => open()}>
            ← {t('back')}
          </button>
          <Parcel shop={shop} caseId={chosen} />
        </div>
      )}
      {waybill === '' && !chosen && <Waiting shop={shop} open={open} />}
    </>
  )
}

/** Capitals and digits that nobody types into a field are a scanner's: waybills begin with them, commands do not. */
function useScanner(input: RefObject<HTMLInputElement | null>) {
  useEffect(() => {
    const scan = (e: KeyboardEvent) => {
      if (!/^[A-Z0-9]$/.test(e.key) || e.ctrlKey || e.metaKey || e.altKey || busy(e)) return
      input.current?.focus()
      input.current?.select()
    }
    window.addEventListener('keydown', scan)
    return () => window.removeEventListener('keydown', scan)
  }, [input])
}

/** What is expected or lies unopened, most pressing first. */
function Waiting({ shop, open }: { shop: Shop; open: (id: string) => void }) {
  const list = useInfiniteQuery(inbox(shop.id, { view: 'to_receive' }))
  const items = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <section className="card panel flush">
      <header>
        <h2>{term('view', 'to_receive')}</h2>
        {may(shop, 'goods:receive') && (
          <a className="btn small" href={`${shopPath(shop.id)}/restock/export?from=${toInput(new Date()).slice(0, 10)}`} download>
            {t('receiving.restock')}
          </a>
        )}
      </header>
      <Await query={{ ...list, data: list.data && items }} rows={4}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t('receiving.empty')}>{t('receiving.empty_text')}</Empty>
          ) : (
            <ul className="picks">
              {rows.map((i) => (
                <li key={i.case.id}>
                  <button type="button" onClick={() => open(i.case.id)}>
                    {i.case.due_at && <Due at={i.case.due_at} />}
                    <span className="grow ellipsis">
                      <b>{i.article}</b> {(i.quantity ?? 1) > 1 && `×${i.quantity}`} <span className="muted">{i.customer?.nick || i.customer?.name}</span>
                    </span>
                    {i.line_status && <Status code={i.line_status} />}
                  </button>
                </li>
              ))}
              <More list={list} />
            </ul>
          )
        }
      </Await>
    </section>
  )
}

/** One parcel on the table: announced against arrived, what to look for, what to do. */
function Parcel({ shop, caseId, parcelId }: { shop: Shop; caseId: string; parcelId?: string }) {
  const query = useQuery(casePage(shop.id, caseId))
  const words = useWords(shop.id, shop.currency)
  return (
    <Await query={query}>
      {(page) => {
        const moves = page.view.movements.filter((m) => (parcelId ? m.id === parcelId : (m.purpose === 'return' || m.purpose === 'intercept') && m.state !== 'cancelled'))
        return (
          <>
            {moves.length === 0 && <Empty title={t('receiving.no_parcel')} />}
            {moves.map((m) => (
              <section key={m.id} className="card panel parcel">
                <header>
                  <h2>
                    <span className="mono">{m.number}</span> <span className="muted">{m.carrier}</span> <span className="mono muted">{m.waybill}</span>
                  </h2>
                  <Link to="/s/$shop/cases/$case" params={{ shop: shop.code, case: page.view.case.id }} className="btn small">
                    {page.view.case.number}
                  </Link>
                </header>
                <div className="panel-body stack">
                  {m.purpose === 'transfer' ? <GoesTo shop={shop} parcel={m} /> : <OnTheRoad shop={shop} page={page} parcel={m} />}
                  <p className="muted">
                    {page.customer?.nick || page.customer?.name} {page.customer?.phone} {m.signed_at && <>· {t('step.signed')} <When at={m.signed_at} /></>} {!!m.surplus && <span className="tag warn">{t('receiving.surplus', { n: m.surplus })}</span>} {m.send_by && m.state === 'announced' && `· ${t('goods.send_by', { day: day(m.send_by) })}`}
                  </p>
                  <div className="table-scroll">
                    <table className="counts-table">
                      <thead>
                        <tr>
                          <th scope="col">{t('receiving.article')}</th>
                          <th scope="col" className="end">
                            {t('receiving.announced')}
                          </th>
                          <th scope="col" className="end">
                            {t('receiving.arrived')}
                          </th>
                          <th scope="col">{t('col.status')}</th>
                        </tr>
                      </thead>
                      <tbody>
                        {m.lines.map((l) => {
                          const line = page.view.lines.find((x) => x.id === l.case_line_id)
                          return (
                            <tr key={l.case_line_id}>
                              <td>
                                <b>{articleOf(page, l.order_line_id)}</b>
                                <br />
                                <span className="muted">
                                  {line && `${term('remedy', line.remedy)} · ${words.ground(line.ground)}`}
                                </span>
                              </td>
                              <td className="end num big">{l.announced}</td>
                              <td className={`end num big ${l.arrived !== undefined && l.arrived !== l.announced ? 'bad-text' : ''}`}>{l.arrived ?? '—'}</td>
                              <td>{line && <Status code={line.status} />}</td>
                            </tr>
                          )
                        })}
                      </tbody>
                    </table>
                  </div>
                  {page.view.lines
                    .filter((l) => m.lines.some((x) => x.case_line_id === l.id))
                    .map((l) => (
                      <div key={l.id} className="stack">
                        <SerialNote line={l} />
                        {l.allowed.includes('inspect') || m.received_at === undefined ? <LookFor decision={l.decision as Decision | undefined} words={words} /> : null}
                        <Commands shop={shop} page={page} words={words} line={l} only={['line', 'parcel']} keys={moves.length === 1 && m.lines.length === 1} />
                      </div>
                    ))}
                  <EvidencePanel shop={shop} caseId={page.view.case.id} parcelId={m.id} waybill={m.waybill} />
                </div>
              </section>
            ))}
          </>
        )
      }}
    </Await>
  )
}

/** What the decision presumes about the goods, so that one knows before opening. */
function LookFor({ decision, words }: { decision?: Decision; words: ReturnType<typeof useWords> }) {
  const conditions = decision ? (asked(decision)?.conditions ?? []) : []
  if (conditions.length === 0) return null
  return (
    <div className="conditions">
      <h3>{t('bundle.conditions')}</h3>
      <ul>
        {conditions.map((c) => (
          <li key={c.fact + c.clause}>
            <span>{words.label(c.fact)}</span>
            <b>{mustBe(words, c.fact, c.must_be)}</b>
          </li>
        ))}
      </ul>
    </div>
  )
}

export type { Movement }
