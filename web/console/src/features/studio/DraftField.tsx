import { useQuery } from '@tanstack/react-query'
import type { Shop } from '../../api/session'
import { drafts } from '../../api/studio'
import { may } from '../../app/shop'
import { t } from '../../i18n'
import { SelectField } from '../../kit/form'

/** Whether the trial is decided by what is in force, or by a draft in the place of its pack. */
export function DraftField({ shop, value, set, error }: { shop: Shop; value: string; set: (v: string) => void; error?: string }) {
  const list = useQuery({ ...drafts(shop.id), enabled: may(shop, 'policy:write') || may(shop, 'policy:publish') || value !== '' })
  const open = (list.data ?? []).filter((d) => d.state === 'draft' || d.state === 'proposed' || d.id === value)
  return <SelectField label={t('trial.by')} value={value} set={set} required empty={t('trial.by_force')} options={open.map((d) => ({ value: d.id, label: t('trial.by_draft', { title: d.title }) }))} error={error} />
}
