import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, call, ok } from '../../api/client'
import type { components } from '../../api/schema'
import { useSession } from '../../api/session'
import { language, languageNames, languages, t, term } from '../../i18n'
import { useCommand } from '../../kit/command'
import { FormDialog } from '../../kit/dialog'
import { Choice, SelectField, TextField } from '../../kit/form'
import { aside, list } from '../../kit/format'
import { Await, FaultNote, Tag, When } from '../../kit/show'

type User = components['schemas']['AuthUser']
type Grant = components['schemas']['AuthGrant']
type Role = Grant['role']
const roles: Role[] = ['agent', 'clerk', 'warehouse', 'appraiser', 'repairer', 'vendor', 'finance', 'supervisor', 'store_manager', 'membership_reviewer', 'marketing', 'shipping', 'quality_reviewer', 'policy_admin', 'admin']

export function People() {
  const { me } = useSession()
  const found = useInfiniteQuery({
    queryKey: ['users'],
    initialPageParam: '',
    queryFn: ({ pageParam }) => (pageParam ? call<components['schemas']['ListAuthUser']>('GET', pageParam) : ok(api.GET('/api/v1/users', {}))),
    getNextPageParam: (last) => last.next || undefined,
  })
  const [open, setOpen] = useState<User | 'new'>()
  const [secret, setSecret] = useState<{ login: string; password: string }>()
  const users = found.data?.pages.flatMap((p) => p.items) ?? []
  const shopName = (id?: string) => (id ? (me?.shops.find((s) => s.id === id)?.name ?? id) : t('people.all_shops'))
  return (
    <section className="card panel flush">
      <header>
        <h2>{t('settings.people')}</h2>
        <button type="button" className="btn primary small" onClick={() => setOpen('new')}>
          {t('people.add')}
        </button>
      </header>
      {secret && (
        <p className="note good" role="status">
          {t('people.secret', { login: secret.login })} <b className="mono select">{secret.password}</b>
        </p>
      )}
      <Await query={{ ...found, data: found.data && users }}>
        {(rows) => (
          <ul className="picks">
            {rows.map((u) => (
              <li key={u.id}>
                <button type="button" onClick={() => setOpen(u)}>
                  <span className="grow">
                    <b>{u.name}</b> <span className="mono muted">{u.login}</span>
                    <br />
                    <span className="muted small">{list(u.roles.map((r) => term('role', r.role) + aside(shopName(r.shop)))) || t('people.no_roles')}</span>
                  </span>
                  {!u.active && <Tag tone="bad">{t('people.inactive')}</Tag>}
                  <span className="muted small">{u.last_login_at ? <When at={u.last_login_at} /> : t('people.never')}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </Await>
      {open && <Person key={open === 'new' ? 'new' : open.id} user={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} onSecret={setSecret} />}
    </section>
  )
}

function Person({ user, onClose, onSecret }: { user?: User; onClose: () => void; onSecret: (s: { login: string; password: string }) => void }) {
  const { me } = useSession()
  const [login, setLogin] = useState(user?.login ?? '')
  const [name, setName] = useState(user?.name ?? '')
  const [lang, setLang] = useState<User['language']>(user?.language ?? language())
  const [active, setActive] = useState(user?.active ?? true)
  const [grants, setGrants] = useState<Grant[]>(user?.roles ?? [])
  const save = useCommand<object, void>(
    async (_, key) => {
      if (!user) {
        const made = await ok(api.POST('/api/v1/users', { params: { header: { 'Idempotency-Key': key } }, body: { login: login.trim(), name: name.trim(), language: lang, roles: grants } }))
        if (made.password) onSecret({ login: made.login, password: made.password })
        return
      }
      const path = { user: user.id }
      let version = user.version
      if (name !== user.name || lang !== user.language || active !== user.active) version = (await ok(api.PUT('/api/v1/users/{user}', { params: { path }, body: { name: name.trim(), language: lang, active, version } }))).version
      if (JSON.stringify(grants) !== JSON.stringify(user.roles)) await ok(api.PUT('/api/v1/users/{user}/roles', { params: { path }, body: { roles: grants, version } }))
    },
    onClose,
  )
  const reset = useCommand<object, void>(async (_, key) => {
    if (!user) return
    const r = (await ok(api.POST('/api/v1/users/{user}/reset-password', { params: { path: { user: user.id }, header: { 'Idempotency-Key': key } } }))) as { password?: string }
    if (r.password) onSecret({ login: user.login, password: r.password })
    onClose()
  })
  const about = { login, name, lang, active, grants }
  return (
    <FormDialog wide title={user ? user.name : t('people.add')} submit={t('save')} busy={save.isPending} disabled={!name.trim() || !login.trim()} fault={save.error ?? reset.error} onSubmit={() => save.mutate(about)} onClose={onClose}>
      <div className="cols">
        <TextField label={t('people.login')} value={login} set={(v) => !user && setLogin(v)} required max={64} mono error={save.error?.field('/login')} />
        <TextField label={t('people.name')} value={name} set={setName} required max={64} error={save.error?.field('/name')} />
        <SelectField label={t('language')} value={lang} set={(l) => setLang(l as User['language'])} required options={languages.map((l) => ({ value: l, label: languageNames[l] }))} />
      </div>
      <fieldset className="field">
        <legend>{t('people.roles')}</legend>
        {grants.map((g, i) => (
          <div key={i} className="input-row">
            <select className="input" aria-label={t('people.role')} value={g.role} onChange={(e) => setGrants(grants.map((x, j) => (i === j ? { ...x, role: e.target.value as Role } : x)))}>
              {roles.map((r) => (
                <option key={r} value={r}>
                  {term('role', r)}
                </option>
              ))}
            </select>
            <select className="input" aria-label={t('people.where')} value={g.shop ?? ''} onChange={(e) => setGrants(grants.map((x, j) => (i === j ? { role: x.role, ...(e.target.value ? { shop: e.target.value } : {}) } : x)))}>
              <option value="">{t('people.all_shops')}</option>
              {me?.shops.map((s) => (
                <option key={s.id} value={s.id}>
                  {s.name}
                </option>
              ))}
            </select>
            <button type="button" className="btn small" onClick={() => setGrants(grants.filter((_, j) => j !== i))}>
              {t('remove')}
            </button>
          </div>
        ))}
        <button type="button" className="btn small" onClick={() => setGrants([...grants, { role: 'agent' }])}>
          {t('people.add_role')}
        </button>
      </fieldset>
      {user && (
        <>
          <Choice label={t('people.state')} value={active ? 'yes' : 'no'} required set={(v) => setActive(v === 'yes')} options={[{ value: 'yes', label: t('people.active') }, { value: 'no', label: t('people.inactive') }]} />
          <div className="actions">
            <button type="button" className="btn small" disabled={reset.isPending} onClick={() => reset.mutate({ reset: user.id })}>
              {t('people.reset')}
            </button>
          </div>
        </>
      )}
      {save.error?.conflict && <FaultNote fault={save.error} compact />}
    </FormDialog>
  )
}
