import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Evidence } from '../api/types'
import { evidenceOf, shopPath } from '../api/queries'
import type { Shop } from '../api/session'
import { may } from '../app/shop'
import { t } from '../i18n'
import { Await, FaultNote, When } from '../kit/show'
import { send, type Job } from './upload'

interface Props {
  shop: Shop
  caseId: string
  lineId?: string
  parcelId?: string
  waybill?: string
}

/** Photos and films of a case: thumbnails, and a place to drop, paste or choose more. */
export function EvidencePanel({ shop, caseId, lineId, parcelId, waybill }: Props) {
  const list = useQuery({ ...evidenceOf(shop.id, caseId), enabled: may(shop, 'evidence:read') })
  const [jobs, setJobs] = useState<Job[]>([])
  const [over, setOver] = useState(false)
  const [large, setLarge] = useState<Evidence>()
  const input = useRef<HTMLInputElement>(null)
  const queries = useQueryClient()
  if (!may(shop, 'evidence:read')) return null
  const write = may(shop, 'evidence:write')

  const put = (job: Job) => setJobs((old) => [...old.filter((x) => x.id !== job.id), job])
  const add = (files: Iterable<File>) => {
    for (const file of files) void begin({ id: `${file.name} ${file.size} ${file.lastModified}`, file, done: 0 })
  }
  const begin = async (job: Job) => {
    put({ ...job, fault: undefined })
    const end = await send(shop.id, { case_id: caseId, line_id: lineId, parcel_id: parcelId, waybill }, job, put)
    if (end.fault) put(end)
    else {
      setJobs((old) => old.filter((x) => x.id !== job.id))
      void queries.invalidateQueries({ queryKey: ['shop', shop.id, 'case', caseId] })
    }
  }

  return (
    <section
      className={over ? 'evidence over' : 'evidence'}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        add(e.dataTransfer.files)
      }}
      onPaste={(e) => add(e.clipboardData.files)}
    >
      <Await query={list} rows={2}>
        {(items) => (
          <ul className="thumbs">
            {items.map((e) => (
              <li key={e.id}>
                <button type="button" onClick={() => setLarge(e)} title={e.name}>
                  <img src={`${shopPath(shop.id)}/evidence/${e.id}/thumb`} alt={e.name} loading="lazy" />
                  {e.kind === 'film' && <span className="film">▶ {e.seconds ? `${Math.round(e.seconds)}″` : ''}</span>}
                </button>
              </li>
            ))}
            {write && (
              <li>
                <button type="button" className="add" onClick={() => input.current?.click()}>
                  <span aria-hidden>＋</span>
                  {t('evidence.add')}
                </button>
                <input ref={input} type="file" hidden multiple accept="image/jpeg,image/png,image/webp,video/mp4,video/quicktime" aria-label={t('evidence.add')} onChange={(e) => add(e.target.files ?? [])} />
              </li>
            )}
          </ul>
        )}
      </Await>
      {write && <p className="muted small">{t('evidence.hint')}</p>}
      {jobs.map((j) => (
        <div key={j.id} className="upload">
          <span className="ellipsis">{j.file.name}</span>
          {j.fault ? (
            <FaultNote fault={j.fault} compact retry={j.fault.offline || j.fault.status >= 500 ? () => void begin(j) : undefined} />
          ) : (
            <progress max={j.file.size} value={j.done} aria-label={j.file.name} />
          )}
          {j.fault && (
            <button type="button" className="btn small" onClick={() => setJobs((old) => old.filter((x) => x.id !== j.id))}>
              {t('evidence.forget')}
            </button>
          )}
        </div>
      ))}
      {large && (
        <div className="lightbox" role="dialog" aria-modal="true" aria-label={large.name} onClick={() => setLarge(undefined)} onKeyDown={(e) => e.key === 'Escape' && setLarge(undefined)}>
          {large.kind === 'film' ? <video src={`${shopPath(shop.id)}/evidence/${large.id}/view`} controls autoPlay onClick={(e) => e.stopPropagation()} /> : <img src={`${shopPath(shop.id)}/evidence/${large.id}/view`} alt={large.name} />}
          <p>
            {large.name} · {large.by} · <When at={large.at} /> {large.waybill && <span className="mono">· {large.waybill}</span>}
          </p>
          <button type="button" className="btn" autoFocus onClick={() => setLarge(undefined)}>
            {t('close')}
          </button>
        </div>
      )}
    </section>
  )
}
