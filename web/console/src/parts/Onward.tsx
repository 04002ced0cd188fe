import { useQuery } from '@tanstack/react-query'
import type { CasePage, Movement } from '../api/types'
import { warehouses } from '../api/queries'
import { may } from '../app/shop'
import type { Shop } from '../api/session'
import { t, term } from '../i18n'
import { SelectField } from '../kit/form'
import { Status } from '../kit/show'

const usePlaces = (shop: Shop) => useQuery({ ...warehouses(shop.id), enabled: may(shop, 'shop:read') }).data ?? []

/** Which other warehouse a parcel goes on to 转仓. */
export function ToWarehouse({ shop, parcel, value, set, error }: { shop: Shop; parcel: Movement; value: string; set: (code: string) => void; error?: string }) {
  return (
    <SelectField
      label={t('forward.to')}
      help={t('forward.help')}
      value={value}
      set={set}
      required
      empty={t('apply.choose')}
      options={usePlaces(shop)
        .filter((w) => w.id !== parcel.warehouse_id)
        .map((w) => ({ value: w.code, label: w.name }))}
      error={error}
    />
  )
}

/** The warehouse a parcel between warehouses goes to. */
export function GoesTo({ shop, parcel }: { shop: Shop; parcel: Movement }) {
  const to = usePlaces(shop).find((w) => w.id === parcel.warehouse_id)
  return to ? <p className="muted">{t('forward.goes_to', { warehouse: to.name })}</p> : null
}

/** The parcel in which a return went on to another warehouse and has not come there. */
export function OnTheRoad({ shop, page, parcel }: { shop: Shop; page: CasePage; parcel: Movement }) {
  const on = page.view.movements.find((m) => m.purpose === 'transfer' && m.state !== 'received' && m.id !== parcel.id && m.lines.some((l) => parcel.lines.some((x) => x.case_line_id === l.case_line_id)))
  if (!on) return null
  return (
    <div className="note" role="status">
      <b>{term('purpose', 'transfer')}</b> <Status code={on.state} of="movement" /> <span className="muted">{on.carrier}</span> <span className="mono select">{on.waybill}</span>
      <GoesTo shop={shop} parcel={on} />
    </div>
  )
}
