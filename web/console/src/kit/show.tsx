import { useEffect, useState, type ReactNode } from 'react'
import { asFault, type Fault } from '../api/fault'
import { t, term } from '../i18n'
import { fullTime, left, money, when } from './format'

export const Money = ({ minor, currency, sign }: { minor: number; currency: string; sign?: boolean }) => (
  <span className="num">
    {sign && minor > 0 ? '+' : ''}
    {money(minor, currency)}
  </span>
)

export const When = ({ at }: { at: string | null | undefined }) =>
  at ? (
    <time dateTime={at} title={fullTime(at)} className="num">
      {when(at)}
    </time>
  ) : null

let minute = Date.now()
const clocks = new Set<(n: number) => void>()
let ticking = 0

/** The time, once a minute, for everything that counts down. */
export function useMinute() {
  const [n, set] = useState(minute)
  useEffect(() => {
    clocks.add(set)
    if (!ticking) {
      ticking = window.setInterval(() => {
        minute = Date.now()
        for (const c of clocks) c(minute)
      }, 30_000)
    }
    return () => void clocks.delete(set)
  }, [])
  return Math.max(n, minute)
}

/** A due clock: amber in its last four hours, red when it has run out. */
export function Due({ at, kind }: { at?: string | null; kind?: string }) {
  const now = useMinute()
  if (!at) return <span className="muted">—</span>
  const l = left(at, now)
  const tone = l.over ? 'bad' : l.minutes < 240 ? 'warn' : 'calm'
  return (
    <time dateTime={at} title={(kind ? kind + ' · ' : '') + fullTime(at)} className={`due ${tone}`}>
      {l.over ? t('time.over', { left: l.text }) : t('time.left', { left: l.text })}
    </time>
  )
}

const tones: Record<string, string> = {
  requested: 'act', needs_facts: 'wait', needs_evidence: 'wait', awaiting_approval: 'act', offered: 'wait', approved: 'calm', rejected: 'off', cancelled: 'off', expired: 'off', disputed: 'bad',
  awaiting: 'wait', announced: 'wait', in_transit: 'move', forwarded: 'move', signed_for: 'act', received: 'act', lost: 'bad', refused_parcel: 'bad', refused: 'bad', to_ship: 'act', shipped: 'move', delivered: 'good',
  'discrepant.short': 'bad', 'discrepant.wrong': 'bad', 'discrepant.damaged': 'bad', quarantined: 'bad', discrepant: 'bad', failed: 'bad', settled: 'good', 'awaiting_approval.money': 'act', approved_to_pay: 'act', to_pay: 'act',
  on_platform: 'act', processing: 'move', computed: 'calm', voided: 'off', unassigned: 'act', ours: 'act', customer: 'wait', carrier: 'move', vendor: 'move', approval: 'act', money: 'act', closed: 'off',
  asked: 'move', answered: 'act', to_file: 'act', filed: 'move', granted: 'move', dropped: 'off',
}

/** A status in its one word. The colour repeats who must move; it never says more than the word. */
export const Status = ({ code, of = 'status' }: { code: string; of?: 'status' | 'case' | 'movement' | 'settlement' | 'enquiry' | 'claim' }) => <span className={`status ${tones[code] ?? 'calm'}`}>{term(of, code)}</span>

export const Tag = ({ children, tone = 'calm' }: { children: ReactNode; tone?: string }) => <span className={`tag ${tone}`}>{children}</span>

export const Empty = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="empty">
    <svg width="40" height="40" viewBox="0 0 40 40" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden>
      <path d="M6 15 20 7l14 8v13l-14 7-14-7zM6 15l14 7 14-7M20 22v13" />
    </svg>
    <p>{title}</p>
    {children && <div className="muted">{children}</div>}
  </div>
)

export const Loading = ({ rows = 6 }: { rows?: number }) => (
  <div className="skeleton" role="status" aria-label={t('loading')}>
    {Array.from({ length: rows }, (_, i) => (
      <i key={i} style={{ width: `${92 - ((i * 17) % 38)}%` }} />
    ))}
  </div>
)

/** What went wrong, in words, and what can be done about it. */
export function FaultNote({ fault: f, retry, compact }: { fault: unknown; retry?: () => void; compact?: boolean }) {
  const fault: Fault = asFault(f)
  const loose = fault.loose.map((x) => (/\.yaml:\d/.test(x.path) ? `${x.path} ${x.detail}` : x.detail)) // a place in a file is worth naming
  return (
    <div className={`fault ${compact ? 'compact' : ''}`} role="alert">
      <p>{fault.offline ? t('fault.offline') : fault.problem ? fault.problem.detail : t('fault.unknown', { status: String(fault.status) })}</p>
      {loose.length > 0 && (
        <ul>
          {loose.map((x, i) => (
            <li key={i}>{x}</li>
          ))}
        </ul>
      )}
      {fault.status >= 500 && fault.problem?.request_id && <p className="muted">{t('fault.request', { id: fault.problem.request_id })}</p>}
      {retry && (
        <button type="button" className="btn" onClick={retry}>
          {t('retry')}
        </button>
      )}
    </div>
  )
}

/** Waits for a query, shows its fault, or its data. */
/** The last row of a list that has a further page. */
export const More = ({ list }: { list: { hasNextPage: boolean; fetchNextPage: () => unknown } }) =>
  list.hasNextPage ? (
    <li>
      <button type="button" className="btn more" onClick={() => void list.fetchNextPage()}>
        {t('more')}
      </button>
    </li>
  ) : null

export function Await<T>({ query, rows, children }: { query: { data?: T; error: unknown; isPending: boolean; refetch: () => unknown }; rows?: number; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data)
  if (query.isPending) return <Loading rows={rows} />
  return <FaultNote fault={query.error} retry={() => void query.refetch()} />
}
