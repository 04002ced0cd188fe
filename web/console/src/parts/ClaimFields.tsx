import type { Claim, Settlement } from '../api/types'
import type { Shop } from '../api/session'
import { t, term } from '../i18n'
import { decimal, minorOf, toInput } from '../kit/format'
import { SelectField, TextField } from '../kit/form'
import type { Draft } from './CommandDialog'
import type { Input } from './commands'
import { WaybillFields } from './Waybill'

/** What a step of a claim begins with: what is asked, or what is still to come in. */
export const asClaimed = (c: Claim): Partial<Draft> => ({ amount: amountOf(c), carrier: c.carrier, waybill: c.waybill, at: toInput(new Date()) })

const amountOf = (c: Claim) => {
  const minor = c.state === 'granted' ? c.granted - c.received : c.asked
  return minor > 0 ? decimal(minor, c.currency) : ''
}

const labels = { filed: 'claim.asked', granted: 'claim.granted', taken: 'claim.received' } as const

/** What a step of a claim on a carrier asks for, beside what the carrier said. */
export function ClaimFields({ shop, inputs, draft, set, currency, field }: { shop: Shop; inputs: Input[]; draft: Draft; set: (p: Partial<Draft>) => void; currency: string; field: (path: string) => string | undefined }) {
  const step = (['filed', 'granted', 'taken'] as const).find((x) => inputs.includes(x))
  if (!step) return null
  return (
    <>
      {step === 'filed' && <WaybillFields shop={shop} carrier={draft.carrier} waybill={draft.waybill} set={set} error={field} />}
      <TextField label={t(labels[step])} value={draft.amount} set={(amount) => set({ amount })} required inputMode="decimal" max={14} suffix={<span className="muted">{currency}</span>} error={field('/minor') ?? (draft.amount && minorOf(draft.amount, currency) === undefined ? t('form.amount') : undefined)} help={step === 'filed' ? t('claim.asked_help') : undefined} />
      {step === 'taken' && (
        <div className="cols">
          <TextField label={t('claim.external_no')} value={draft.externalNo} set={(externalNo) => set({ externalNo })} required max={128} mono error={field('/external_no')} />
          <TextField label={t('field.paid_at')} value={draft.at} set={(at) => set({ at })} required type="datetime-local" error={field('/at')} />
        </div>
      )}
    </>
  )
}

/** What a carrier's answer says became of the parcel. */
export const VerdictField = ({ draft, set, error }: { draft: Draft; set: (p: Partial<Draft>) => void; error?: string }) => (
  <SelectField label={t('enquiry.verdict')} value={draft.verdict} set={(verdict) => set({ verdict })} empty={t('enquiry.no_verdict')} options={(['found', 'lost', 'damaged', 'delivered'] as const).map((v) => ({ value: v, label: term('verdict', v) }))} help={draft.verdict === 'lost' ? t('enquiry.lost_help') : undefined} error={error} />
)

/** Freight that is held because the parcel was insured: what the insurer paid is said before it is approved. */
export const insured = (s: Settlement) => s.held === 'insured'

export const insuranceSaid = (s: Settlement, d: Draft) => !insured(s) || minorOf(d.price, s.currency) !== undefined

export function InsuranceField({ s, draft, set, error }: { s: Settlement; draft: Draft; set: (p: Partial<Draft>) => void; error?: string }) {
  if (!insured(s)) return null
  return <TextField label={t('money.insurance_paid')} help={t('money.insurance_help')} value={draft.price} set={(price) => set({ price })} required inputMode="decimal" max={12} suffix={<span className="muted">{s.currency}</span>} error={error ?? (draft.price && !insuranceSaid(s, draft) ? t('form.amount') : undefined)} />
}
