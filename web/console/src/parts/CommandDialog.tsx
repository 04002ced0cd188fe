import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { asked, type Decision } from '../api/decision'
import type { CasePage, Claim, Enquiry, LineView, Movement, Settlement, View } from '../api/types'
import { call } from '../api/client'
import { casePage, grounds, shopPath } from '../api/queries'
import type { Shop } from '../api/session'
import { t, term, type Key } from '../i18n'
import { useCommand } from '../kit/command'
import { FormDialog } from '../kit/dialog'
import { useDraft } from '../kit/draft'
import { decimal, fromInput, minorOf, money, toInput } from '../kit/format'
import { AreaField, Choice, SelectField, TextField } from '../kit/form'
import { Status } from '../kit/show'
import { asClaimed, ClaimFields, InsuranceField, insured, insuranceSaid, VerdictField } from './ClaimFields'
import { CountField, Extras, extrasDone, type Extra } from './Counting'
import type { Command } from './commands'
import { bearer } from './Decision'
import { FactFields, valuesOf, type Typed } from './FactFields'
import { ExchangeNote, StockNote } from './Exchange'
import { moneyKind } from './MoneyState'
import { noneOurs, SerialFields, serialsDone } from './Serials'
import { ToWarehouse } from './Onward'
import { WaybillFields } from './Waybill'
import { mustBe, type Words } from './words'

export type Target = { on: 'line'; row: LineView } | { on: 'parcel'; row: Movement } | { on: 'money'; row: Settlement } | { on: 'enquiry'; row: Enquiry } | { on: 'claim'; row: Claim }

interface Props {
  shop: Shop
  command: Command
  target: Target
  page: CasePage
  words: Words
  onClose: () => void
  onDone?: (v: View) => void
}

export interface Draft {
  reason: string
  carrier: string
  waybill: string
  freight: string
  payer: string
  party: string
  quantity: string
  restLost: string
  problem: string
  externalNo: string
  amount: string
  at: string
  proof: string
  ground: string
  route: string
  consent: string
  note: string
  wanted: string
  style: string
  price: string
  passed: string
  orderNo: string
  ticket: string
  next: string
  until: string
  facts: Typed
  counts: Record<string, string>
  extras: Extra[]
  serials: string[]
  unread: boolean[]
  verdict: string
  to: string
}

const blank: Draft = { reason: '', carrier: '', waybill: '', freight: '', payer: '', party: '', quantity: '1', restLost: '', problem: '', externalNo: '', amount: '', at: '', proof: '', ground: '', route: '', consent: '', note: '', ticket: '', next: '', wanted: '', style: 'same', price: '', passed: '', orderNo: '', until: '', facts: {}, counts: {}, extras: [], serials: [], unread: [], verdict: '', to: '' }

/** The form behind a button. A row that changed under it is shown beside what one had seen; what was typed stays. */
export function CommandDialog({ shop, command, target, page, words, onClose, onDone }: Props) {
  const line = lineOf(target, page)
  const decision = line?.decision as Decision | undefined
  const currency = target.on === 'money' || target.on === 'claim' ? target.row.currency : (page.orders[0]?.order.currency ?? shop.currency)
  const name = `${command.code}.${target.row.id}`
  const [draft, set, clear] = useDraft<Draft>(name, { ...blank, ...(target.on === 'parcel' ? { counts: Object.fromEntries(target.row.lines.map((l) => [l.case_line_id, String(l.announced)])) } : {}), ...(target.on === 'money' ? { amount: decimal(command.code === 'captured' ? (target.row.taken ?? 0) : target.row.minor, currency), at: toInput(new Date()) } : {}), ...(target.on === 'claim' ? asClaimed(target.row) : {}) })
  const [seen, setSeen] = useState({ version: target.row.version, status: statusOf(target, page) })
  const [asks, setAsks] = useState<string[]>([])
  const queries = useQueryClient()
  const reasons = useQuery({ ...grounds(shop.id), enabled: command.inputs.includes('ground') })

  const run = useCommand<Record<string, unknown>, View>(
    (body, key) => call('POST', command.path.replace('/api/v1/shops/{shop}', shopPath(shop.id)).replace('{id}', target.row.id), { json: body, key }),
    (view) => {
      clear()
      onDone?.(view)
      onClose()
    },
  )
  const fault = run.error
  const stale = fault?.conflict || target.row.version !== seen.version // told by the server, or seen here by a live update
  const field = (path: string) => {
    const detail = fault?.field(path)
    return detail && fault?.problem?.fields?.some((f) => f.path === path && f.key === 'flow.fact_missing') ? t('form.missing') : detail
  }

  // What is sent is for the version one has seen when the form opened, not for what came in behind it since.
  const submit = (version = seen.version) => {
    const body: Record<string, unknown> = { version }
    for (const i of command.inputs) fill[i]?.(body, draft, { currency, words, row: target.row as Settlement, line })
    run.mutate(body, {
      onError: (f) => {
        if (f.conflict) void queries.invalidateQueries(casePage(shop.id, page.view.case.id)).then(() => undefined)
        const missing = f.problem?.fields?.map((x) => /^\/facts\/(.+)$/.exec(x.path)?.[1]?.replaceAll('~1', '/').replaceAll('~0', '~')).filter((x): x is string => !!x)
        if (missing?.length) setAsks((old) => [...new Set([...old, ...missing])])
      },
    })
  }

  const title = labelOf(command, target, line)
  const kind = target.on === 'enquiry' || target.on === 'claim' ? target.on : 'status'
  const sheet = [...new Set([...(decision ? (asked(decision)?.conditions ?? []).map((c) => c.fact) : []), ...(line?.exchange?.deposit ? ['exchange.old_loss'] : []), ...asks])].filter((f) => byPeople(words, f))
  const answers = [...new Set([...(decision?.open ?? []).map((q) => q.fact), ...(decision ? (asked(decision)?.evidence ?? []).map((e) => e.fact) : []), ...(decision ? (asked(decision)?.conditions ?? []).map((c) => c.fact) : []), ...asks])].filter((f) => f !== 'application.ground' && byPeople(words, f))
  const missing = !complete(command, draft, currency, target, sheet, line)

  return (
    <FormDialog title={title} submit={title} busy={run.isPending} danger={command.tone === 'danger'} disabled={missing} fault={stale ? null : fault} wide={command.inputs.includes('sheet')} onSubmit={() => submit()} onClose={onClose}>
      {stale && (
        <div className="note warn" role="alert">
          <b>{t('conflict.title')}</b>
          {fault?.problem && <p>{fault.problem.detail}</p>}
          <div className="versions">
            <div>
              <span className="muted">{t('conflict.seen', { n: seen.version })}</span>
              <Status code={seen.status} of={kind} />
            </div>
            <div>
              <span className="muted">{t('conflict.now', { n: target.row.version })}</span>
              <Status code={statusOf(target, page)} of={kind} />
            </div>
          </div>
          {target.row.allowed.includes(command.code) ? (
            <button type="button" className="btn small" onClick={() => { setSeen({ version: target.row.version, status: statusOf(target, page) }); submit(target.row.version) }}>
              {t('conflict.again')}
            </button>
          ) : (
            <p className="muted">{t('conflict.not_now')}</p>
          )}
        </div>
      )}
      <Facing command={command} target={target} decision={decision} currency={currency} line={line} />
      {command.inputs.includes('sheet') && line?.serials && <SerialFields line={line} serials={draft.serials} unread={draft.unread} set={set} error={field} />}
      {command.inputs.includes('sheet') && !noneOurs(line, draft.serials, draft.unread) && (
        <>
          <div className="actions">
            <span className="muted grow">{t('sheet.text')}</span>
            <button type="button" className="btn small" onClick={() => set({ facts: { ...draft.facts, ...asDeclared(decision) } })}>
              {t('sheet.as_wanted')}
            </button>
          </div>
          <FactFields facts={sheet} words={words} currency={currency} typed={draft.facts} set={(p) => set({ facts: { ...draft.facts, ...p } })} required errors={(f) => field('/facts/' + f)} hints={hints(decision, words)} />
          {line?.sheet && <FactFields facts={line.sheet.filter((f) => !sheet.includes(f))} words={words} currency={currency} typed={draft.facts} set={(p) => set({ facts: { ...draft.facts, ...p } })} errors={(f) => field('/facts/' + f)} />}
          <TextField label={t('field.evidence')} value={draft.note} set={(note) => set({ note })} max={500} placeholder={t('field.evidence_hint')} error={field('/evidence')} />
        </>
      )}
      {command.inputs.includes('ground') && (
        <>
          <SelectField label={t('field.ground')} help={t('field.ground_help')} value={draft.ground} set={(ground) => set({ ground })} required empty={t('apply.choose')} options={(reasons.data ?? []).filter((g) => g.ground !== line?.ground).map((g) => ({ value: g.ground, label: words.ground(g.ground) }))} error={field('/ground')} />
          <TextField label={t('field.evidence')} value={draft.note} set={(note) => set({ note })} max={500} placeholder={t('field.evidence_hint')} error={field('/evidence')} />
        </>
      )}
      {command.inputs.includes('answers') && (
        <>
          <FactFields facts={answers} words={words} currency={currency} typed={draft.facts} set={(p) => set({ facts: { ...draft.facts, ...p } })} errors={(f) => field('/facts/' + f)} />
          <TextField label={t('field.evidence')} value={draft.note} set={(note) => set({ note })} max={500} placeholder={t('field.evidence_hint')} error={field('/evidence')} />
        </>
      )}
      {command.inputs.includes('counts') && target.on === 'parcel' && (
        <div className="counts">
          {target.row.lines.map((l) => (
            <CountField key={l.case_line_id} label={articleOf(page, l.order_line_id)} announced={l.announced} value={draft.counts[l.case_line_id] ?? ''} set={(v) => set({ counts: { ...draft.counts, [l.case_line_id]: v } })} error={field(`/counts/${Object.keys(draft.counts).indexOf(l.case_line_id)}/arrived`)} />
          ))}
          <Extras extras={draft.extras} set={(extras) => set({ extras })} error={field} />
        </div>
      )}
      {command.inputs.includes('problem') && (
        <Choice label={t('receive.problem')} value={draft.problem || 'none'} required set={(v) => set({ problem: v === 'none' ? '' : v })} options={[{ value: 'none', label: t('receive.none') }, { value: 'wrong', label: term('status', 'discrepant.wrong') }, { value: 'damaged', label: term('status', 'discrepant.damaged') }]} />
      )}
      {target.on === 'parcel' && command.inputs.includes('to') && <ToWarehouse shop={shop} parcel={target.row} value={draft.to} set={(to) => set({ to })} error={field('/to')} />}
      {command.inputs.includes('waybill') && <WaybillFields shop={shop} carrier={draft.carrier} waybill={draft.waybill} set={set} required error={field} />}
      {command.inputs.includes('carrier_says') && (
        <>
          <WaybillFields shop={shop} carrier={draft.carrier} waybill={draft.waybill} set={set} error={field} />
          <TextField label={t('field.carrier_says')} value={draft.note} set={(note) => set({ note })} max={500} placeholder={t('field.carrier_says_hint')} error={field('/note')} />
        </>
      )}
      {command.inputs.includes('freight') && (
        <div className="cols">
          <TextField label={t('field.freight')} value={draft.freight} set={(freight) => set({ freight })} inputMode="decimal" max={12} suffix={<span className="muted">{currency}</span>} error={field('/freight') ?? (draft.freight && minorOf(draft.freight, currency) === undefined ? t('form.amount') : undefined)} />
          <SelectField label={t('field.advanced_by')} value={draft.payer} set={(payer) => set({ payer })} empty={t('field.nobody')} options={[{ value: 'customer', label: t('field.by_customer') }, { value: 'shop', label: t('field.by_shop') }]} error={field('/advanced_by')} required={draft.freight !== ''} />
        </div>
      )}
      {command.inputs.includes('own_freight') && <TextField label={t('field.freight')} value={draft.freight} set={(freight) => set({ freight })} inputMode="decimal" max={12} suffix={<span className="muted">{currency}</span>} error={field('/freight') ?? (draft.freight && minorOf(draft.freight, currency) === undefined ? t('form.amount') : undefined)} />}
      {command.inputs.includes('quantity') && <TextField label={t('field.split')} value={draft.quantity} set={(quantity) => set({ quantity })} required inputMode="numeric" max={6} error={field('/quantity')} />}
      {command.inputs.includes('party') && (
        <SelectField label={t('field.party')} value={draft.party || line?.responsible || ''} set={(party) => set({ party })} required options={['shop', 'customer', 'supplier', 'carrier', 'warehouse', 'agent', 'product', 'undetermined'].map((p) => ({ value: p, label: term('party', p) }))} />
      )}
      {command.inputs.includes('until') && <TextField label={t('advance.until')} help={t('advance.until_help')} value={draft.until} set={(until) => set({ until })} required type="date" error={field('/until')} />}
      {command.inputs.includes('claimed') && <TextField label={t('advance.claimed')} help={t('advance.claimed_help')} value={draft.amount} set={(amount) => set({ amount })} required inputMode="decimal" max={14} suffix={<span className="muted">{currency}</span>} error={field('/minor')} />}
      {command.inputs.includes('proof') && <TextField label={t('field.proof')} value={draft.proof} set={(proof) => set({ proof })} required max={500} error={field('/proof')} placeholder={t('field.proof_hint')} />}
      {command.inputs.includes('reason') && <AreaField label={t('field.reason')} value={draft.reason} set={(reason) => set({ reason })} required max={2000} error={field('/reason')} help={t('field.reason_help')} />}
      {command.inputs.includes('rest_lost') && <Choice label={t('field.rest')} value={draft.restLost || 'no'} required set={(restLost) => set({ restLost })} options={[{ value: 'no', label: t('field.rest_customer') }, { value: 'yes', label: t('field.rest_lost') }]} />}
      {command.inputs.includes('paid') && target.on === 'money' && (
        <>
          <TextField label={t(target.row.kind === 'deposit' ? 'advance.capture_no' : 'field.external_no')} value={draft.externalNo} set={(externalNo) => set({ externalNo })} required max={128} mono error={field('/external_no')} />
          <div className="cols">
            <TextField label={t('field.amount')} value={draft.amount} set={(amount) => set({ amount })} required inputMode="decimal" max={14} suffix={<span className="muted">{currency}</span>} error={field('/minor')} />
            <TextField label={t('field.paid_at')} value={draft.at} set={(at) => set({ at })} required type="datetime-local" error={field('/at')} />
          </div>
          <TextField label={t('field.proof')} value={draft.proof} set={(proof) => set({ proof })} required max={500} error={field('/proof')} placeholder={t('field.proof_hint')} />
        </>
      )}
      {command.inputs.includes('wanted') && (
        <>
          <TextField label={t('apply.wanted')} value={draft.wanted} set={(wanted) => set({ wanted })} required max={64} mono error={field('/wanted')} />
          <StockNote shop={shop} sku={draft.wanted.trim()} currency={currency} />
          <Choice label={t('exchange.kind')} value={draft.style} required set={(style) => set({ style })} options={[{ value: 'same', label: t('exchange.same_style') }, { value: 'other', label: t('exchange.other_style') }]} />
          {draft.style === 'other' && <TextField label={t('exchange.price')} help={t('exchange.price_help')} value={draft.price} set={(price) => set({ price })} inputMode="decimal" max={14} suffix={<span className="muted">{currency}</span>} error={field('/price') ?? (draft.price && minorOf(draft.price, currency) === undefined ? t('form.amount') : undefined)} />}
          <AreaField label={t('exchange.said')} value={draft.note} set={(note) => set({ note })} max={2000} error={field('/note')} />
        </>
      )}
      {command.inputs.includes('passed') && (
        <>
          <Choice label={t('check.passed')} help={t('check.help')} value={draft.passed} required set={(passed) => set({ passed })} options={[{ value: 'yes', label: term('inspection', 'passed') }, { value: 'no', label: term('inspection', 'failed') }]} />
          {draft.passed === 'no' && <AreaField label={t('check.found')} value={draft.reason} set={(reason) => set({ reason })} required max={2000} error={field('/note')} help={t('check.found_help')} />}
          <TextField label={t('field.evidence')} value={draft.note} set={(note) => set({ note })} max={500} placeholder={t('field.evidence_hint')} error={field('/evidence')} />
        </>
      )}
      {command.inputs.includes('told') && <AreaField label={t('exchange.said')} value={draft.note} set={(note) => set({ note })} max={2000} error={field('/note')} />}
      {command.inputs.includes('order_no') && <TextField label={t('collect.order_no')} help={t('collect.order_help')} value={draft.orderNo} set={(orderNo) => set({ orderNo })} required max={64} mono error={field('/order_no')} />}
      {command.inputs.includes('receipt') && target.on === 'money' && (
        <>
          <Choice label={t(target.row.kind === 'deposit' ? 'advance.route' : 'collect.route')} value={draft.route || target.row.route} required set={(route) => set({ route })} options={(['marketplace', 'bank', 'cash'] as const).map((r) => ({ value: r, label: t(`collected_by.${r}` as Key) }))} />
          <TextField label={t(target.row.kind === 'deposit' ? 'advance.hold_no' : 'collect.external_no')} value={draft.externalNo} set={(externalNo) => set({ externalNo })} required max={64} mono error={field('/external_no')} />
          <div className="cols">
            <TextField label={t(target.row.kind === 'deposit' ? 'advance.held' : 'collect.amount')} value={draft.amount} set={(amount) => set({ amount })} required inputMode="decimal" max={14} suffix={<span className="muted">{currency}</span>} error={field('/minor')} />
            <TextField label={t(target.row.kind === 'deposit' ? 'advance.held_at' : 'field.paid_at')} value={draft.at} set={(at) => set({ at })} required type="datetime-local" error={field('/at')} />
          </div>
          <TextField label={t('field.proof')} value={draft.proof} set={(proof) => set({ proof })} required max={500} error={field('/proof')} placeholder={t('field.proof_hint')} />
        </>
      )}
      {command.inputs.includes('route') && target.on === 'money' && (
        <>
          <SelectField label={t('field.route')} value={draft.route} set={(route) => set({ route })} empty={t('field.same_route', { route: term('route', target.row.route) })} options={(['bank', 'small_transfer', 'cash'] as const).filter((r) => r !== target.row.route).map((r) => ({ value: r, label: term('route', r) }))} error={field('/route')} />
          {draft.route && <TextField label={t('field.consent')} value={draft.consent} set={(consent) => set({ consent })} required max={500} error={field('/consent')} help={t('field.consent_help')} />}
        </>
      )}
      {target.on === 'claim' && <ClaimFields shop={shop} inputs={command.inputs} draft={draft} set={set} currency={currency} field={field} />}
      {command.inputs.includes('verdict') && <VerdictField draft={draft} set={set} error={field('/verdict')} />}
      {command.inputs.includes('ticket') && <TextField label={t('field.ticket')} value={draft.ticket} set={(ticket) => set({ ticket })} max={60} mono error={field('/ticket')} />}
      {target.on === 'money' && command.inputs.includes('insurance') && <InsuranceField s={target.row} draft={draft} set={set} error={field('/insurance_paid')} />}
      {command.inputs.includes('said') && <AreaField label={t(`said.${command.code}` as Key)} value={draft.note} set={(note) => set({ note })} required max={500} error={field('/text')} />}
      {command.inputs.includes('next_update') && <TextField label={t('field.next_update')} value={draft.next} set={(next) => set({ next })} type="datetime-local" error={field('/next_update')} help={t('field.next_update_help')} />}
    </FormDialog>
  )
}

/** Whether people establish a fact; the rest our own records know, what the opening of the parcel showed among it. */
const byPeople = (words: Words, fact: string) => words.def(fact)?.ask.some((a) => a !== 'system') !== false && words.def(fact)?.stage !== 'receipt'

/** What a command with nothing to type will do, in one sentence. */
function Facing({ command, target, decision, currency, line }: { command: Command; target: Target; decision?: Decision; currency: string; line?: LineView }) {
  if (target.on === 'money')
    return (
      <p>
        {target.row.kind === 'charge' || target.row.kind === 'deposit' ? moneyKind(target.row.kind) : term('route', target.row.route)} · <b>{money(target.row.minor, currency)}</b>{!!target.row.taken && ` · ${t('advance.taken', { amount: money(target.row.taken, currency) })}`} · <span className="mono">{target.row.payout_no}</span>
      </p>
    )
  if (command.code === 'approve' && decision) {
    const b = asked(decision)
    const back = b?.freight?.find((f) => f.leg === 'return')
    return (
      <p>
        {term('remedy', decision.remedy)}
        {b?.refund?.total !== undefined && (
          <>
            {' · '}
            <b>{money(b.refund.total, currency)}</b>
          </>
        )}
        {back && ` · ${term('leg', 'return')}：${bearer(back.value)}`}
        {line?.exchange && <> · <ExchangeNote line={line} currency={currency} /></>}
      </p>
    )
  }
  if (target.on === 'enquiry' || target.on === 'claim')
    return (
      <p className="muted">
        {target.on === 'enquiry' ? term('enquiry_kind', target.row.kind) : term('claim_reason', target.row.reason)} · {target.row.carrier} <span className="mono">{target.row.waybill}</span> <span className="mono">{target.row.ticket}</span>
      </p>
    )
  if (target.on === 'parcel')
    return (
      <p className="muted">
        <span className="mono">{target.row.number}</span> {target.row.carrier} <span className="mono">{target.row.waybill}</span>
      </p>
    )
  return null
}

export function labelOf(c: Command, target: Target, line?: LineView): string {
  if (c.code === 'tell' && target.on === 'parcel' && target.row.purpose === 'return') return t('advance.tell') // of the last day to send, not of a number
  if (c.code === 'approve') return line?.remedy === 'refund_return' ? term('action', 'approve_return') : t('cmd.approve_remedy', { remedy: line ? term('remedy', line.remedy) : '' })
  return term('command', c.code)
}

/** The line a thing is of; enquiries and claims are of the case. */
const lineOf = (x: Target, page: CasePage) =>
  page.view.lines.find((l) => (x.on === 'line' ? l.id === x.row.id : x.on === 'money' ? l.id === x.row.line_id : x.on === 'parcel' && x.row.lines.some((y) => y.case_line_id === l.id)))

const statusOf = (x: Target, page: CasePage): string =>
  x.on === 'line' ? x.row.status : x.on === 'parcel' ? (page.view.lines.find((l) => x.row.lines.some((y) => y.case_line_id === l.id))?.status ?? x.row.state) : x.row.state

export const articleOf = (page: CasePage, orderLine: string) => page.orders.flatMap((o) => o.lines).find((l) => l.id === orderLine)?.title ?? ''

function asDeclared(d?: Decision): Typed {
  const out: Typed = {}
  for (const c of d ? (asked(d)?.conditions ?? []) : []) if (c.must_be === 'true' || c.must_be === 'false') out[c.fact] = c.must_be
  return out
}

function hints(d: Decision | undefined, words: Words): Record<string, string> {
  return Object.fromEntries((d ? (asked(d)?.conditions ?? []) : []).map((c) => [c.fact, t('sheet.wanted', { value: mustBe(words, c.fact, c.must_be) })]))
}

function complete(c: Command, d: Draft, currency: string, target: Target, sheet: string[], line?: LineView): boolean {
  return c.inputs.every((i) => {
    switch (i) {
      case 'reason':
        return d.reason.trim() !== ''
      case 'waybill':
        return d.carrier.trim() !== '' && d.waybill.trim() !== ''
      case 'freight':
        return d.freight === '' || (minorOf(d.freight, currency) !== undefined && d.payer !== '')
      case 'own_freight':
        return d.freight === '' || minorOf(d.freight, currency) !== undefined
      case 'to':
        return d.to !== ''
      case 'ground':
        return d.ground !== ''
      case 'counts':
        return extrasDone(d.extras) && target.on === 'parcel' && target.row.lines.every((l) => /^\d+$/.test(d.counts[l.case_line_id] ?? ''))
      case 'sheet':
        return serialsDone(line, d.serials, d.unread) && (noneOurs(line, d.serials, d.unread) || sheet.some((f) => d.facts[f]))
      case 'answers':
        return Object.values(d.facts).some(Boolean) || d.note.trim() !== ''
      case 'until':
        return d.until !== ''
      case 'claimed':
        return (minorOf(d.amount, currency) ?? 0) > 0
      case 'proof':
        return d.proof.trim() !== ''
      case 'paid':
        return d.externalNo.trim() !== '' && d.proof.trim() !== '' && d.at !== '' && minorOf(d.amount, currency) !== undefined
      case 'wanted':
        return d.wanted.trim() !== '' && (d.style === 'same' || d.price === '' || minorOf(d.price, currency) !== undefined)
      case 'passed':
        return d.passed === 'yes' || (d.passed === 'no' && d.reason.trim() !== '')
      case 'insurance':
        return target.on !== 'money' || insuranceSaid(target.row, d)
      case 'order_no':
        return d.orderNo.trim() !== ''
      case 'receipt':
        return d.externalNo.trim() !== '' && d.proof.trim() !== '' && d.at !== '' && minorOf(d.amount, currency) !== undefined
      case 'quantity':
        return /^[1-9]\d*$/.test(d.quantity)
      case 'said':
        return d.note.trim() !== ''
      case 'filed':
      case 'granted':
        return (minorOf(d.amount, currency) ?? 0) > 0
      case 'taken':
        return (minorOf(d.amount, currency) ?? 0) > 0 && d.externalNo.trim() !== '' && d.at !== ''
      case 'route':
        return d.route === '' || d.consent.trim() !== ''
      default:
        return true
    }
  })
}

const fill: Partial<Record<Command['inputs'][number], (b: Record<string, unknown>, d: Draft, at: { currency: string; words: Words; row: Settlement; line?: LineView }) => void>> = {
  reason: (b, d) => (b.reason = d.reason.trim()),
  waybill: (b, d) => {
    b.carrier = d.carrier.trim()
    b.waybill = d.waybill.trim()
  },
  carrier_says: (b, d) => Object.assign(b, { carrier: d.carrier.trim() || undefined, waybill: d.waybill.trim() || undefined, note: d.note.trim() || undefined }),
  ground: (b, d) => Object.assign(b, { ground: d.ground, facts: {}, evidence: d.note.trim() || undefined }),
  freight: (b, d, { currency }) => {
    const minor = minorOf(d.freight, currency)
    if (minor !== undefined) Object.assign(b, { freight: minor, advanced_by: d.payer })
  },
  own_freight: (b, d, { currency }) => {
    const minor = minorOf(d.freight, currency)
    if (minor !== undefined) b.freight = minor
  },
  to: (b, d) => (b.to = d.to),
  counts: (b, d) => {
    b.counts = Object.entries(d.counts).map(([line_id, n]) => ({ line_id, arrived: Number(n) }))
    if (d.extras.length) b.extras = d.extras.map((x) => ({ what: x.what.trim(), quantity: Number(x.quantity) }))
  },
  problem: (b, d) => d.problem && (b.problem = d.problem),
  sheet: (b, d, at) => Object.assign(b, { facts: valuesOf(d.facts, at.words, at.currency), evidence: d.note.trim() || undefined, ...(at.line?.serials ? { serials: Array.from({ length: at.line.quantity }, (_, i) => (d.unread[i] ? '' : (d.serials[i] ?? '').trim())) } : {}) }),
  answers: (b, d, at) => Object.assign(b, { facts: valuesOf(d.facts, at.words, at.currency), evidence: d.note.trim() || undefined }),
  wanted: (b, d, { currency }) => Object.assign(b, { wanted: d.wanted.trim(), note: d.note.trim() || undefined, ...(d.style === 'same' ? { same_style: true } : d.price !== '' ? { same_style: false, price: minorOf(d.price, currency) } : { same_style: false }) }),
  passed: (b, d) => Object.assign(b, { passed: d.passed === 'yes', note: d.passed === 'no' ? d.reason.trim() : undefined, evidence: d.note.trim() || undefined }),
  told: (b, d) => Object.assign(b, { note: d.note.trim() || undefined }),
  order_no: (b, d) => (b.order_no = d.orderNo.trim()),
  receipt: (b, d, { currency, row }) => Object.assign(b, { route: d.route || row.route, external_no: d.externalNo.trim(), minor: minorOf(d.amount, currency), at: fromInput(d.at), proof: d.proof.trim() }),
  quantity: (b, d) => (b.quantity = Number(d.quantity)),
  party: (b, d) => d.party && (b.party = d.party),
  rest_lost: (b, d) => d.restLost === 'yes' && (b.rest_lost = true),
  paid: (b, d, { currency }) => Object.assign(b, { external_no: d.externalNo.trim(), minor: minorOf(d.amount, currency), at: fromInput(d.at), proof: d.proof.trim() }),
  until: (b, d) => (b.until = d.until),
  claimed: (b, d, { currency }) => (b.minor = minorOf(d.amount, currency)),
  proof: (b, d) => (b.proof = d.proof.trim()),
  said: (b, d) => d.note.trim() && (b.text = d.note.trim()),
  verdict: (b, d) => d.verdict && (b.verdict = d.verdict),
  insurance: (b, d, { row, currency }) => insured(row) && (b.insurance_paid = minorOf(d.price, currency)),
  ticket: (b, d) => d.ticket.trim() && (b.ticket = d.ticket.trim()),
  next_update: (b, d) => d.next && (b.next_update = fromInput(d.next)),
  filed: (b, d, { currency }) => Object.assign(b, { minor: minorOf(d.amount, currency), carrier: d.carrier.trim() || undefined, waybill: d.waybill.trim() || undefined }),
  granted: (b, d, { currency }) => (b.minor = minorOf(d.amount, currency)),
  taken: (b, d, { currency }) => Object.assign(b, { minor: minorOf(d.amount, currency), external_no: d.externalNo.trim(), at: fromInput(d.at) }),
  route: (b, d) => d.route && Object.assign(b, { route: d.route, consent: d.consent.trim() }),
}
