import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { cancelRun, drafts, goingOn, packs, runs, startRun, type Draft, type Run, type RunBody } from '../../api/studio'
import { may, useShop } from '../../app/shop'
import { t } from '../../i18n'
import { useCommand } from '../../kit/command'
import { FormDialog } from '../../kit/dialog'
import { aside, day } from '../../kit/format'
import { SelectField, TextField } from '../../kit/form'
import { Keys, useShortcuts } from '../../kit/keys'
import { Await, Empty, FaultNote, Tag, When } from '../../kit/show'
import { Tabs } from './Tabs'

/** 验证与回测: what was run, and how far it has come. */
export function Runs() {
  return (
    <div className="page">
      <Tabs at="runs" />
      <RunList />
    </div>
  )
}

/** The runs, of one draft or of all. */
export function RunList({ draft }: { draft?: Draft }) {
  const shop = useShop()
  const list = useQuery(runs(shop.id))
  const known = useQuery(drafts(shop.id))
  const [open, setOpen] = useState<Run['kind']>()
  const writes = may(shop, 'policy:write')
  const shown = (list.data ?? []).filter((r) => !draft || r.draft_id === draft.id)
  useShortcuts(
    writes
      ? [
          { keys: 'v', label: t('run.start_verify'), group: t('nav.studio'), run: () => setOpen('verify') },
          { keys: 'b', label: t('run.start_backtest'), group: t('nav.studio'), run: () => setOpen('backtest') },
        ]
      : [],
  )
  return (
    <>
      {writes && (
        <div className="actions">
          <button type="button" className="btn primary" onClick={() => setOpen('verify')}>
            {t('run.start_verify')} <Keys keys="v" />
          </button>
          <button type="button" className="btn primary" onClick={() => setOpen('backtest')}>
            {t('run.start_backtest')} <Keys keys="b" />
          </button>
          <button type="button" className="btn" onClick={() => setOpen('cases')}>
            {t('run.start_cases')}
          </button>
        </div>
      )}
      {open && <StartRun kind={open} draft={draft} close={() => setOpen(undefined)} />}
      <Await query={list} rows={4}>
        {() =>
          shown.length === 0 ? (
            <Empty title={t('run.none')}>{t('run.none_text')}</Empty>
          ) : (
            <ul className="card runs">
              {shown.map((r) => (
                <li key={r.id}>
                  <RunState r={r} />
                  <Link to="/s/$shop/studio/runs/$run" params={{ shop: shop.code, run: r.id }} className="grow">
                    <b>{t(`run.${r.kind}`)}</b> {runOf(r, known.data)}
                    <br />
                    <span className="muted">
                      {r.asked_by} · <When at={r.asked_at} />
                      {r.from && r.to && aside(t('version.from_to', { from: day(r.from), to: day(r.to) }))}
                    </span>
                  </Link>
                  <Progress r={r} />
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </>
  )
}

export const runOf = (r: Run, known?: Draft[]) => (r.draft_id ? (known?.find((d) => d.id === r.draft_id)?.title ?? t('draft_state.draft')) : `${r.pack} ${r.version ?? ''}`)

const tones: Record<Run['state'], string> = { queued: 'off', running: 'act', done: 'good', cancelled: 'off', failed: 'bad' }
export const RunState = ({ r }: { r: Pick<Run, 'state'> }) => <Tag tone={tones[r.state]}>{t(`run_state.${r.state}`)}</Tag>

/** How far a run has come, and the way to stop it. */
export function Progress({ r }: { r: Run }) {
  const shop = useShop()
  const cancel = useCommand<string, Run>((id, key) => cancelRun(shop.id, id, key))
  if (!goingOn(r)) return null
  return (
    <span className="actions progress">
      <progress max={r.total || 1} value={r.total ? r.done : undefined} aria-label={t('run.progress')} />
      <span className="num muted">{r.total > 0 ? `${r.done} / ${r.total}` : t('run_state.queued')}</span>
      {may(shop, 'policy:write') && (
        <button type="button" className="btn small" disabled={cancel.isPending} onClick={() => cancel.mutate(r.id)}>
          {t('run.cancel')}
        </button>
      )}
      {cancel.error && <FaultNote fault={cancel.error} compact />}
    </span>
  )
}

function StartRun({ kind, draft, close }: { kind: Run['kind']; draft?: Draft; close: () => void }) {
  const shop = useShop()
  const go = useNavigate()
  const known = useQuery(drafts(shop.id))
  const own = useQuery(packs(shop.id))
  const [of, setOf] = useState(draft ? 'd:' + draft.id : '')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const start = useCommand<RunBody, Run>((body, key) => startRun(shop.id, body, key), (r) => void go({ to: '/s/$shop/studio/runs/$run', params: { shop: shop.code, run: r.id } }))
  const options = [
    ...(known.data ?? []).filter((d) => d.state === 'draft' || d.state === 'proposed' || d.id === draft?.id).map((d) => ({ value: 'd:' + d.id, label: t('trial.by_draft', { title: d.title }) })),
    ...(own.data ?? []).filter((p) => p.layer !== 'law').flatMap((p) => p.versions.map((v) => ({ value: `v:${p.pack}:${v.version}`, label: `${p.title} ${v.version}` }))),
  ]
  const what = (): Partial<RunBody> => {
    const [sort, a = '', ...b] = of.split(':')
    return sort === 'd' ? { draft: a } : { pack: a, version: b.join(':') }
  }
  return (
    <FormDialog title={t(`run.${kind}`)} submit={t('run.start')} busy={start.isPending} disabled={of === ''} fault={start.error} onSubmit={() => start.mutate({ kind, ...what(), from: from || undefined, to: to || undefined })} onClose={close}>
      <p className="muted">{t(`run.${kind}_text`)}</p>
      <SelectField label={t('run.of')} value={of} set={setOf} required empty={t('apply.choose')} options={options} error={start.error?.field('/draft') ?? start.error?.field('/version')} />
      {kind === 'backtest' && (
        <div className="cols">
          <TextField label={t('run.from')} value={from} set={setFrom} type="date" help={t('run.from_help')} error={start.error?.field('/from')} />
          <TextField label={t('run.to')} value={to} set={setTo} type="date" error={start.error?.field('/to')} />
        </div>
      )}
    </FormDialog>
  )
}
