import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, ok } from '../../api/client'
import type { components } from '../../api/schema'
import { warehouses } from '../../api/queries'
import type { Shop } from '../../api/session'
import { may } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { FormDialog } from '../../kit/dialog'
import { Choice, TextField } from '../../kit/form'
import { Await, FaultNote } from '../../kit/show'

type Profile = components['schemas']['ShopToldProfile']
type House = components['schemas']['ShopWarehouse']

export function ShopSettings({ shop }: { shop: Shop }) {
  const profile = useQuery({ queryKey: ['lasting', shop.id, 'profile'], queryFn: () => ok(api.GET('/api/v1/shops/{shop}/profile', { params: { path: { shop: shop.id } } })) })
  const houses = useQuery(warehouses(shop.id))
  const [open, setOpen] = useState<House | 'new'>()
  const write = may(shop, 'shop:write')
  return (
    <>
      <section className="card panel">
        <header>
          <h2>{t('shop.profile')}</h2>
        </header>
        <div className="panel-body">
          <Await query={profile} rows={3}>
            {(p) => <ProfileForm key={p.version} profile={p} shop={shop} write={write} />}
          </Await>
        </div>
      </section>
      <section className="card panel">
        <header>
          <h2>{t('shop.policy_page')}</h2>
        </header>
        <div className="panel-body policy-page">
          <img src={`/p/${shop.code}/policy/qr`} alt={t('shop.policy_qr')} width="120" height="120" />
          <div className="stack">
            <p className="muted">{t('shop.policy_help')}</p>
            <p>
              <a className="btn" href={`/p/${shop.code}/policy`} target="_blank" rel="noopener">
                {t('shop.policy_open')}
              </a>{' '}
              <a className="btn" href={`/p/${shop.code}/policy/qr?format=png`} download={`${shop.code}-policy.png`}>
                {t('shop.policy_png')}
              </a>
            </p>
          </div>
        </div>
      </section>
      <section className="card panel flush">
        <header>
          <h2>{t('shop.warehouses')}</h2>
          {write && (
            <button type="button" className="btn small" onClick={() => setOpen('new')}>
              {t('shop.add_warehouse')}
            </button>
          )}
        </header>
        <Await query={houses} rows={2}>
          {(list) => (
            <ul className="picks">
              {list.map((w) => (
                <li key={w.id}>
                  <button type="button" disabled={!write} onClick={() => setOpen(w)}>
                    <span className="grow">
                      <b>{w.public_name || w.name}</b> <span className="mono muted">{w.code}</span>
                      <br />
                      <span className="muted">
                        {w.contact} {w.phone} {w.address}
                      </span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Await>
      </section>
      {open && <HouseForm key={open === 'new' ? 'new' : open.id} house={open === 'new' ? undefined : open} shop={shop} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function ProfileForm({ profile, shop, write }: { profile: Profile; shop: Shop; write: boolean }) {
  const [p, set] = useState(profile)
  const save = useCommand<Profile, unknown>((x) => {
    const { public_name, hotline, link, buyer_word, owner, rating, version } = x
    return ok(api.PUT('/api/v1/shops/{shop}/profile', { params: { path: { shop: shop.id } }, body: { public_name, hotline, link, buyer_word, owner, rating, version } }))
  })
  const edit = (patch: Partial<Profile>) => set({ ...p, ...patch })
  return (
    <form
      className="stack limit"
      onSubmit={(e) => {
        e.preventDefault()
        save.mutate(p)
      }}
    >
      <fieldset disabled={!write} className="plain stack">
        <TextField label={t('shop.public_name')} value={p.public_name} set={(public_name) => edit({ public_name })} max={80} error={save.error?.field('/public_name')} help={t('shop.public_name_help')} />
        <div className="cols">
          <TextField label={t('shop.hotline')} value={p.hotline} set={(hotline) => edit({ hotline })} max={40} error={save.error?.field('/hotline')} />
          <TextField label={t('shop.link')} value={p.link} set={(link) => edit({ link })} max={500} error={save.error?.field('/link')} />
        </div>
        <Choice label={t('shop.buyer_word')} value={p.buyer_word} required set={(w) => edit({ buyer_word: w as Profile['buyer_word'] })} options={[{ value: '顾客', label: t('shop.customer') }, { value: '买家', label: t('shop.buyer') }]} />
        <p className="muted">{p.simulation ? t('simulation') : t('shop.real')}</p>
        {save.error && <FaultNote fault={save.error} compact />}
        {write && (
          <div className="actions">
            <button type="submit" className="btn primary" disabled={save.isPending}>
              {t('save')}
            </button>
            {save.isSuccess && <span className="muted" role="status">{t('saved')}</span>}
          </div>
        )}
      </fieldset>
    </form>
  )
}

function HouseForm({ house, shop, onClose }: { house?: House; shop: Shop; onClose: () => void }) {
  const [h, set] = useState({ code: house?.code ?? '', name: house?.name ?? '', public_name: house?.public_name ?? '', contact: house?.contact ?? '', phone: house?.phone ?? '', address: house?.address ?? '', hotline: house?.hotline ?? '', link: house?.link ?? '', carriers: house?.carriers ?? [] })
  const save = useCommand<typeof h, unknown>(
    (body, key) =>
      house
        ? ok(api.PUT('/api/v1/shops/{shop}/warehouses/{warehouse}', { params: { path: { shop: shop.id, warehouse: house.id } }, body: { ...body, version: house.version } }))
        : ok(api.POST('/api/v1/shops/{shop}/warehouses', { params: { path: { shop: shop.id }, header: { 'Idempotency-Key': key } }, body })),
    onClose,
  )
  const edit = (patch: Partial<typeof h>) => set({ ...h, ...patch })
  const e = (f: string) => save.error?.field('/' + f)
  return (
    <FormDialog title={house?.name ?? t('shop.add_warehouse')} submit={t('save')} busy={save.isPending} disabled={!h.code || !h.name || !h.address} fault={save.error} onSubmit={() => save.mutate(h)} onClose={onClose}>
      <div className="cols">
        <TextField label={t('shop.code')} value={h.code} set={(code) => edit({ code })} required max={40} mono error={e('code')} />
        <TextField label={t('shop.house_name')} value={h.name} set={(name) => edit({ name })} required max={80} error={e('name')} />
        <TextField label={t('shop.public_name')} value={h.public_name} set={(public_name) => edit({ public_name })} max={80} error={e('public_name')} />
      </div>
      <div className="cols">
        <TextField label={t('shop.contact')} value={h.contact} set={(contact) => edit({ contact })} required max={40} error={e('contact')} />
        <TextField label={t('shop.phone')} value={h.phone} set={(phone) => edit({ phone })} required max={40} inputMode="tel" error={e('phone')} />
      </div>
      <TextField label={t('shop.address')} value={h.address} set={(address) => edit({ address })} required max={300} error={e('address')} />
      <TextField label={t('shop.carriers')} value={h.carriers.join('、')} set={(c) => edit({ carriers: c.split(/[、,，]\s*/).map((x) => x.trim()).filter(Boolean) })} max={300} help={t('shop.carriers_help')} error={e('carriers')} />
    </FormDialog>
  )
}
