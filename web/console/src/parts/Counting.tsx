import { t } from '../i18n'
import { Field, TextField } from '../kit/form'

export interface Extra {
  what: string
  quantity: string
}

/** How many came, with one thumb: minus, number, plus. */
export function CountField({ label, announced, value, set, error }: { label: string; announced: number; value: string; set: (v: string) => void; error?: string }) {
  const n = /^\d+$/.test(value) ? Number(value) : 0
  const more = n - announced
  return (
    <div>
      <Field label={label} help={t('receive.announced', { n: announced })} error={error} required>
        {(p) => (
          <div className="stepper">
            <button type="button" className="btn" aria-label={t('receive.less', { article: label })} disabled={n === 0} onClick={() => set(String(n - 1))}>
              −
            </button>
            <input {...p} className="input mono" inputMode="numeric" maxLength={6} value={value} onChange={(e) => set(e.target.value)} autoComplete="off" />
            <button type="button" className="btn" aria-label={t('receive.plus', { article: label })} onClick={() => set(String(n + 1))}>
              +
            </button>
          </div>
        )}
      </Field>
      {more > 0 && (
        <p className="note warn" role="status">
          {t('receive.surplus', { n: more })}
        </p>
      )}
    </div>
  )
}

/** What else was in the parcel. */
export function Extras({ extras, set, error }: { extras: Extra[]; set: (x: Extra[]) => void; error: (path: string) => string | undefined }) {
  const put = (i: number, p: Partial<Extra>) => set(extras.map((x, k) => (k === i ? { ...x, ...p } : x)))
  return (
    <div className="stack">
      {extras.map((x, i) => (
        <div key={i} className="extra">
          <TextField label={t('receive.extra_what')} value={x.what} set={(what) => put(i, { what })} required max={200} placeholder={t('receive.extra_hint')} error={error(`/extras/${i}/what`)} />
          <TextField label={t('receive.extra_units')} value={x.quantity} set={(quantity) => put(i, { quantity })} required inputMode="numeric" max={2} error={error(`/extras/${i}/quantity`)} />
          <button type="button" className="btn" onClick={() => set(extras.filter((_, k) => k !== i))}>
            {t('remove')}
          </button>
        </div>
      ))}
      {extras.length < 20 && (
        <button type="button" className="btn start" onClick={() => set([...extras, { what: '', quantity: '1' }])}>
          + {t('receive.extra')}
        </button>
      )}
    </div>
  )
}

export const extrasDone = (extras: Extra[]) => extras.every((x) => x.what.trim() !== '' && /^[1-9]\d?$/.test(x.quantity))
