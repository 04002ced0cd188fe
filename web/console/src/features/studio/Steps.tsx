import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { draftCommand, draftDiff, goingOn, run, runs, type Draft, type DraftPage, type Proof } from '../../api/studio'
import type { Fault } from '../../api/fault'
import { useSession } from '../../api/session'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { FormDialog } from '../../kit/dialog'
import { day, toInput } from '../../kit/format'
import { AreaField, TextField } from '../../kit/form'
import { Keys, useShortcuts } from '../../kit/keys'
import { ChangeList } from './Changes'

type Verb = 'propose' | 'return' | 'publish' | 'discard'

/** What can be done with a draft now, and why not what cannot. */
export function Steps({ d }: { d: DraftPage }) {
  const shop = useShop()
  const { me } = useSession()
  const [open, setOpen] = useState<Verb>()
  const writes = may(shop, 'policy:write')
  const edited = d.editors.some((p) => p.id === me?.user.id)
  const publishes = may(shop, 'policy:publish')
  const can: Verb[] = [...(d.state === 'draft' && writes ? (['propose', 'discard'] as const) : []), ...(d.state === 'proposed' && publishes && !edited ? (['publish'] as const) : []), ...(d.state === 'proposed' && (publishes || edited) ? (['return'] as const) : [])]
  const proof = useProof(d)
  const why = d.state !== 'proposed' ? undefined : !publishes ? t('publish.no_scope') : edited ? t('publish.edited') : undefined
  const ready = d.state !== 'proposed' || proof.found === 0
  useShortcuts([
    ...(can.includes('propose') ? [{ keys: 'p', label: t('step.propose'), group: t('nav.studio'), run: () => setOpen('propose') }] : []),
    ...(can.includes('publish') ? [{ keys: 'p', label: t('step.publish'), group: t('nav.studio'), run: () => ready && setOpen('publish') }] : []),
  ])
  const main = can.find((v) => v === 'propose' || v === 'publish')
  return (
    <>
      {main && (
        <button type="button" className="btn small primary" disabled={d.faulty || !ready} title={d.faulty ? t('publish.faulty') : undefined} onClick={() => setOpen(main)}>
          {t(`step.${main}`)} <Keys keys="p" />
        </button>
      )}
      {can
        .filter((v) => v !== main)
        .map((v) => (
          <button key={v} type="button" className="btn small" onClick={() => setOpen(v)}>
            {t(`step.${v}`)}
          </button>
        ))}
      {d.state === 'proposed' && <ProofNote {...proof} />}
      {why && <span className="muted small why-not">{why}</span>}
      {open === 'propose' && <Propose d={d} close={() => setOpen(undefined)} />}
      {open === 'publish' && <Publish d={d} close={() => setOpen(undefined)} />}
      {open === 'return' && <Because d={d} verb="return" close={() => setOpen(undefined)} />}
      {open === 'discard' && <Because d={d} verb="discard" close={() => setOpen(undefined)} />}
    </>
  )
}

/** The proof of exactly what was proposed: publishing waits for it. */
function useProof(d: DraftPage) {
  const shop = useShop()
  const proposed = d.state === 'proposed'
  const list = useQuery({ ...runs(shop.id), enabled: proposed })
  const last = list.data?.find((r) => r.kind === 'verify' && r.draft_id === d.id && r.content_hash === d.content_hash)
  const full = useQuery({ ...run(shop.id, last?.id ?? ''), enabled: proposed && last?.state === 'done' })
  return { id: last?.id, live: !!last && goingOn(last), found: last?.state === 'done' ? (full.data?.result as Proof | undefined)?.found : undefined }
}

function ProofNote({ id, live, found }: ReturnType<typeof useProof>) {
  const shop = useShop()
  const text = found === 0 ? t('publish.proven') : found !== undefined ? t('publish.refuted', { n: found }) : live ? t('publish.proving') : t('publish.unproven')
  const tone = found === 0 ? 'good-text' : found !== undefined ? 'bad-text' : 'muted'
  return (
    <span className={`small why-not ${tone}`} role="status">
      {id ? (
        <Link to="/s/$shop/studio/runs/$run" params={{ shop: shop.code, run: id }} className={tone}>
          {text}
        </Link>
      ) : (
        text
      )}
    </span>
  )
}

interface Props {
  d: DraftPage
  close: () => void
}

const useStep = (d: DraftPage, verb: Verb, close: () => void) => {
  const shop = useShop()
  return useCommand<Record<string, unknown>, Draft>((body, key) => draftCommand(shop.id, d.id, verb, { ...body, version: d.version }, key), close)
}

const tomorrow = () => toInput(new Date(Date.now() + 86_400_000)).slice(0, 10)

function Propose({ d, close }: Props) {
  const [x, set] = useState({ version_name: d.version_name ?? tomorrow().slice(0, 7), effective_from: d.effective_from ?? tomorrow(), notes: d.notes ?? '' })
  const step = useStep(d, 'propose', close)
  return (
    <FormDialog title={t('step.propose')} submit={t('step.propose')} busy={step.isPending} disabled={!x.version_name.trim() || !x.effective_from} fault={step.error} onSubmit={() => step.mutate({ ...x, version_name: x.version_name.trim(), notes: x.notes.trim() })} onClose={close}>
      <p className="muted">{t('propose.text')}</p>
      <div className="cols">
        <TextField label={t('propose.name')} value={x.version_name} set={(version_name) => set({ ...x, version_name })} required mono max={40} error={step.error?.field('/version_name')} help={t('propose.name_help')} />
        <TextField label={t('propose.from')} value={x.effective_from} set={(effective_from) => set({ ...x, effective_from })} required type="date" error={step.error?.field('/effective_from')} help={t('propose.from_help')} />
      </div>
      <AreaField label={t('draft.notes')} value={x.notes} set={(notes) => set({ ...x, notes })} max={2000} help={t('propose.notes_help')} error={step.error?.field('/notes')} />
    </FormDialog>
  )
}

function Publish({ d, close }: Props) {
  const shop = useShop()
  const step = useStep(d, 'publish', close)
  const diff = useQuery(draftDiff(shop.id, d))
  return (
    <FormDialog title={t('publish.title', { version: d.version_name ?? '' })} submit={t('step.publish')} busy={step.isPending} fault={step.error as Fault | null} onSubmit={() => step.mutate({})} onClose={close} wide>
      <p>{t('publish.text', { day: day(d.effective_from) })}</p>
      {diff.data && diff.data.length > 0 && (
        <div className="changes-box" tabIndex={0} role="region" aria-label={t('diff.words')}>
          <ChangeList list={diff.data} />
        </div>
      )}
      <p className="muted">{t('publish.needs')}</p>
    </FormDialog>
  )
}

function Because({ d, verb, close }: Props & { verb: 'return' | 'discard' }) {
  const [reason, setReason] = useState('')
  const step = useStep(d, verb, close)
  const needs = verb === 'return'
  return (
    <FormDialog title={t(`step.${verb}`)} submit={t(`step.${verb}`)} danger={verb === 'discard'} busy={step.isPending} disabled={needs && !reason.trim()} fault={step.error} onSubmit={() => step.mutate(needs ? { reason: reason.trim() } : {})} onClose={close}>
      {needs ? <AreaField label={t('field.reason')} value={reason} set={setReason} required max={500} autoFocus error={step.error?.field('/reason')} /> : <p>{t('step.discard_text')}</p>}
    </FormDialog>
  )
}
