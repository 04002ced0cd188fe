import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { whoseWaybill } from '../api/queries'
import type { Shop } from '../api/session'
import { t, term } from '../i18n'
import { TextField } from '../kit/form'

interface Props {
  shop: Shop
  carrier: string
  waybill: string
  set: (p: { carrier?: string; waybill?: string }) => void
  required?: boolean
  error?: (path: string) => string | undefined
}

/** A waybill and whose it is. The carrier is filled in where the number leaves no doubt; else those it may be of are one click away. */
export function WaybillFields({ shop, carrier, waybill, set, required, error }: Props) {
  const typed = useSettled(waybill.replace(/\s+/g, ''))
  const known = useQuery(whoseWaybill(shop.id, typed))
  const candidates = typed === waybill.replace(/\s+/g, '') ? (known.data ?? []) : []
  const certain = candidates.find((c) => c.certain)
  const empty = carrier.trim() === ''
  useEffect(() => {
    if (certain && empty) set({ carrier: certain.name })
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once per number; a name that was taken out stays out
  }, [certain?.code, typed])
  const same = (name: string) => !empty && (name.includes(carrier.trim()) || carrier.trim().includes(name))
  const other = certain && !empty && !same(certain.name) ? certain : undefined
  return (
    <>
      <div className="cols">
        <TextField label={t('field.carrier')} value={carrier} set={(v) => set({ carrier: v })} required={required} max={40} error={error?.('/carrier')} placeholder={t('field.carrier_hint')} />
        <TextField label={term('thing', 'waybill')} value={waybill} set={(v) => set({ waybill: v })} required={required} max={60} mono error={error?.('/waybill')} />
      </div>
      {other ? (
        <p className="note warn" role="status">
          {t('waybill.looks_like', { carrier: other.name })}{' '}
          <button type="button" className="btn small" onClick={() => set({ carrier: other.name })}>
            {t('waybill.take', { carrier: other.name })}
          </button>
        </p>
      ) : (
        empty &&
        !certain &&
        candidates.length > 0 && (
          <div className="actions compact" role="group" aria-label={t('waybill.may_be')}>
            <span className="muted">{t('waybill.may_be')}</span>
            {candidates.map((c) => (
              <button key={c.code} type="button" className="btn small" onClick={() => set({ carrier: c.name })}>
                {c.name}
              </button>
            ))}
          </div>
        )
      )}
    </>
  )
}

/** A text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, set] = useState(text)
  useEffect(() => {
    const timer = window.setTimeout(() => set(text), 300)
    return () => window.clearTimeout(timer)
  }, [text])
  return settled
}
