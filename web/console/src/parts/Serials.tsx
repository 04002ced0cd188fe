import type { LineView } from '../api/types'
import { t } from '../i18n'
import { TextField } from '../kit/form'
import { When } from '../kit/show'

/** What was scanned, as the server writes numbers. */
const clean = (s: string) => s.replace(/\s+/g, '').toUpperCase()

/** Whether a number is one that was sold, or that a supervisor let through. */
const ours = (line: LineView, scanned: string) => !!line.serials && (line.serials.sold.includes(clean(scanned)) || line.serials.scanned.some((s) => s.state === 'released' && s.serial === clean(scanned)))

/** One number for each unit, or that it cannot be read. */
export const serialsDone = (line: LineView | undefined, serials: string[], unread: boolean[]) => !line?.serials || Array.from({ length: line.quantity }).every((_, i) => unread[i] || clean(serials[i] ?? '') !== '')

/** Whether every unit is another one than was sold: then nothing else is looked at. */
export const noneOurs = (line: LineView | undefined, serials: string[], unread: boolean[]) => !!line?.serials && serialsDone(line, serials, unread) && Array.from({ length: line.quantity }).every((_, i) => unread[i] || !ours(line, serials[i] ?? ''))

/** 序列号: a scanner types each number and presses Enter, which leads to the next field. */
export function SerialFields({ line, serials, unread, set, error }: { line: LineView; serials: string[]; unread: boolean[]; set: (p: { serials?: string[]; unread?: boolean[] }) => void; error: (path: string) => string | undefined }) {
  const put = <T,>(list: T[], i: number, v: T) => Object.assign([...list], { [i]: v }) as T[]
  return (
    <div className="serials">
      {Array.from({ length: line.quantity }).map((_, i) => {
        const no = serials[i] ?? ''
        const other = unread[i] || (clean(no).length > 2 && !ours(line, no))
        return (
          <div
            key={i}
            onKeyDown={(e) => {
              if (e.key !== 'Enter' || e.ctrlKey || e.metaKey || !(e.target instanceof HTMLInputElement) || e.target.type !== 'text') return
              e.preventDefault()
              const form = e.target.form
              const fields = form ? [...form.querySelectorAll<HTMLElement>('.serials input[type=text]'), ...form.querySelectorAll<HTMLElement>('.facts input')] : []
              fields[fields.indexOf(e.target) + 1]?.focus()
            }}
          >
            {unread[i] ? null : <TextField label={line.quantity > 1 ? t('serial.of', { n: i + 1 }) : t('serial.one')} value={no} set={(v) => set({ serials: put(serials, i, v) })} required mono max={64} placeholder={t('serial.hint')} error={error(`/serials/${i}`) ?? (i === 0 ? error('/serials') : undefined)} />}
            <label className="check">
              <input type="checkbox" checked={unread[i] ?? false} onChange={(e) => set({ unread: put(unread, i, e.target.checked) })} /> {line.quantity > 1 ? t('serial.unread_of', { n: i + 1 }) : t('serial.unread')}
            </label>
            {other && (
              <p className="note bad" role="alert">
                {t('serial.other', { sold: line.serials!.sold.join('、') })}
              </p>
            )}
          </div>
        )
      })}
    </div>
  )
}

/** Both numbers of what is kept apart, for whoever decides. */
export function SerialNote({ line }: { line: LineView }) {
  const apart = line.serials?.scanned.filter((s) => s.state === 'quarantined') ?? []
  if (apart.length === 0) return null
  return (
    <div className="note bad serial-note">
      <b>{t('serial.apart')}</b>
      <dl>
        <dt>{t('serial.sold')}</dt>
        <dd className="mono">{line.serials!.sold.join('、')}</dd>
        <dt>{t('serial.scanned')}</dt>
        {apart.map((s, i) => (
          <dd key={i}>
            <span className="mono">{s.serial || t('serial.none')}</span>{' '}
            <span className="muted">
              {s.by} <When at={s.scanned_at} />
            </span>
          </dd>
        ))}
      </dl>
    </div>
  )
}
