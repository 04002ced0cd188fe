import { useState } from 'react'
import { api, ok } from '../../api/client'
import type { Shop } from '../../api/session'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { Choice, SelectField, TextField } from '../../kit/form'
import { FaultNote } from '../../kit/show'
import type { Layouts, Mapping, Sniffed } from './Imports'

/** A mapping has its name in the address; here it always has one. */
export type Named = Mapping & { name: string }

interface Props {
  shop: Shop
  start: Named
  sniffed: Sniffed
  layouts: Layouts
  done: (name: string) => void
}

/** Which column is which field; kept under a name for the next file of the same make. */
export function MappingForm({ shop, start, sniffed, layouts, done }: Props) {
  const [m, set] = useState(start)
  const save = useCommand<Named, unknown>(
    ({ name, kind, platform, columns, per_row, header_row }) => ok(api.PUT('/api/v1/shops/{shop}/import-mappings/{name}', { params: { path: { shop: shop.id, name } }, body: { kind, platform, columns, per_row, header_row } })),
    (_, sent) => done(sent.name),
  )
  const fields = layouts.fields[m.kind] ?? []
  const titles = [...new Set(sniffed.columns.map((c) => c.title).filter(Boolean))]
  const edit = (patch: Partial<Named>) => set({ ...m, ...patch })
  const pick = (field: string, title: string) => {
    const columns = { ...m.columns, [field]: title }
    if (title === '') delete columns[field]
    edit({ columns })
  }
  return (
    <form
      className="note stack"
      onSubmit={(e) => {
        e.preventDefault()
        save.mutate(m)
      }}
    >
      <b>{t('mapping.title')}</b>
      <div className="cols">
        <TextField label={t('mapping.name')} value={m.name ?? ''} set={(name) => edit({ name })} required max={64} error={save.error?.field('/name')} />
        <TextField label={t('mapping.platform')} value={m.platform} set={(platform) => edit({ platform })} required max={40} mono error={save.error?.field('/platform')} />
        <Choice label={t('mapping.kind')} value={m.kind} required set={(kind) => edit({ kind: kind as Mapping['kind'] })} options={[{ value: 'orders', label: t('mapping.orders') }, { value: 'after_sale', label: t('mapping.after_sale') }]} />
      </div>
      <div className="facts">
        {fields.map((f) => (
          <SelectField
            key={f.name}
            label={f.label}
            value={m.columns[f.name] ?? ''}
            set={(title) => pick(f.name, title)}
            required={f.required}
            empty={t('mapping.none')}
            options={titles.map((x) => ({ value: x, label: x }))}
            help={sniffed.columns.find((c) => c.title === m.columns[f.name])?.samples.slice(0, 2).join(' · ') || undefined}
            error={save.error?.field('/columns/' + f.name)}
          />
        ))}
      </div>
      {save.error && <FaultNote fault={save.error} compact />}
      <div className="actions">
        <button type="submit" className="btn primary" disabled={save.isPending || !m.name?.trim() || !m.platform.trim()}>
          {t('mapping.save')}
        </button>
      </div>
    </form>
  )
}
