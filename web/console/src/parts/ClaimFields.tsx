import type { Claim } from '../api/types'
import type { Shop } from '../api/session'
import { t } from '../i18n'
import { decimal, minorOf, toInput } from '../kit/format'
import { TextField } from '../kit/form'
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
