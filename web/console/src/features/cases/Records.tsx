import { useQuery } from '@tanstack/react-query'
import type { CasePage, Event } from '../../api/types'
import { timeline } from '../../api/queries'
import type { Shop } from '../../api/session'
import { t, type Key } from '../../i18n'
import { day, money } from '../../kit/format'
import { Await, Money, When } from '../../kit/show'
import { Commands } from '../../parts/Commands'
import { moneyKind, MoneyState, routeOf } from '../../parts/MoneyState'
import type { Words } from '../../parts/words'

/** Money of a case: what goes which way, where it stands, and what it is made of. */
export function Settlements({ page, shop, words }: { page: CasePage; shop: Shop; words: Words }) {
  return (
    <ul className="settlements">
      {page.view.settlements.map((s) => (
        <li key={s.id}>
          <header>
            <b>{moneyKind(s.kind)}</b>
            <b>
              <Money minor={s.minor} currency={s.currency} />
            </b>
            <span className="muted">{routeOf(s)}</span>
            <span className="grow" />
            <MoneyState s={s} />
          </header>
          <p className="muted">
            {s.parts.map((p) => (
              <span key={p.part} className="part">
                {t(`part.${p.part}`)} <Money minor={p.minor} currency={s.currency} />
              </span>
            ))}
            <span className="mono">{s.payout_no}</span>
          </p>
          <p className="muted">
            {s.due_on && s.state !== 'settled' && (s.kind !== 'deposit' || s.state === 'awaiting_hold') && t(s.kind === 'charge' || s.kind === 'deposit' ? 'collect.due' : 'money.due', { day: day(s.due_on) })}
            {!!s.taken && <>{t('advance.taken', { amount: money(s.taken, s.currency) })} </>}
            {s.initiated_at && (
              <>
                {t(s.kind === 'deposit' ? 'advance.placed' : 'money.initiated')} <When at={s.initiated_at} />{' '}
              </>
            )}
            {s.arrived_at && (
              <>
                {t(s.kind === 'deposit' ? 'advance.ended' : 'money.arrived')} <When at={s.arrived_at} />
              </>
            )}
            {s.external_no && <span className="mono select"> {s.external_no}</span>}
          </p>
          {s.last_error && <p className="error">{s.last_error}</p>}
          <Commands shop={shop} page={page} words={words} target={{ on: 'money', row: s }} compact />
        </li>
      ))}
    </ul>
  )
}


/** What happened, oldest first, by whom. */
export function History({ shop, caseId }: { shop: Shop; caseId: string }) {
  const query = useQuery(timeline(shop.id, caseId))
  return (
    <Await query={query}>
      {(list) => (
        <ol className="history">
          {list.items.map((e) => (
            <li key={e.id}>
              <When at={e.at} />
              <span>
                <b>{e.actor === 'system' ? t('history.system') : e.actor}</b> {verb(e)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Await>
  )
}

function verb(e: Event): string {
  const key = `verb.${e.subject}.${e.verb}` as Key
  const said = t(key)
  return said === key ? e.verb : said
}
