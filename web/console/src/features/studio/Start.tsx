import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { startDraft, type Draft, type PackInfo } from '../../api/studio'
import { useShop } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { FormDialog } from '../../kit/dialog'
import { AreaField, SelectField, TextField } from '../../kit/form'
import { Keys, useShortcuts } from '../../kit/keys'

/** 起草: a new version begins from an older one. */
export function Start({ pack, from }: { pack: PackInfo; from?: string }) {
  const shop = useShop()
  const go = useNavigate()
  const [open, setOpen] = useState(false)
  const [d, set] = useState({ from_version: from ?? pack.versions.find((v) => v.status === 'in_force')?.version ?? pack.versions[0]?.version ?? '', title: '', notes: '' })
  const start = useCommand<typeof d, Draft>(
    ({ from_version, title, notes }, key) => startDraft(shop.id, pack.pack, { from_version, title: title.trim(), notes: notes.trim() || undefined }, key),
    (made) => void go({ to: '/s/$shop/studio/drafts/$draft', params: { shop: shop.code, draft: made.id } }),
  )
  useShortcuts(from === undefined ? [] : [{ keys: 'd', label: t('draft.start'), group: t('nav.studio'), run: () => setOpen(true) }])
  return (
    <>
      <button type="button" className="btn small" onClick={() => setOpen(true)}>
        {t('draft.start')} {from !== undefined && <Keys keys="d" />}
      </button>
      {open && (
        <FormDialog title={t('draft.start_title', { pack: pack.title })} submit={t('draft.start')} busy={start.isPending} disabled={d.title.trim() === ''} fault={start.error} onSubmit={() => start.mutate(d)} onClose={() => setOpen(false)}>
          <TextField label={t('draft.title')} value={d.title} set={(title) => set({ ...d, title })} required max={100} placeholder={t('draft.title_hint')} error={start.error?.field('/title')} />
          <SelectField label={t('draft.from')} value={d.from_version} set={(from_version) => set({ ...d, from_version })} required options={pack.versions.map((v) => ({ value: v.version, label: `${v.version} · ${t(`version.${v.status}`)}` }))} error={start.error?.field('/from_version')} />
          <AreaField label={t('draft.notes')} value={d.notes} set={(notes) => set({ ...d, notes })} max={2000} error={start.error?.field('/notes')} />
        </FormDialog>
      )}
    </>
  )
}
