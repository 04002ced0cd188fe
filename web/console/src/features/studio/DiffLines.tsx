import { t } from '../../i18n'
import { hunks, type Line } from './lines'

/** Lines that changed, with a few around them. */
export function DiffLines({ lines, before, after }: { lines: Line[]; before: string; after: string }) {
  const shown = hunks(lines)
  const sign = { same: ' ', out: '−', in: '+' }
  return (
    <div className="diff" tabIndex={0} role="region" aria-label={`${before} / ${after}`}>
      <p className="small muted">
        <span className="out">− {before}</span> <span className="in">+ {after}</span>
      </p>
      <pre>
        {shown.map((l, i) =>
          l === null ? (
            <span key={i} className="gap">
              {'⋯\n'}
            </span>
          ) : (
            <span key={i} className={l.kind}>
              <i aria-hidden>{String(l.b ?? l.a).padStart(4)}</i> <span className="visually-hidden">{l.kind === 'out' ? t('diff.out') : l.kind === 'in' ? t('diff.in') : ''}</span>
              {sign[l.kind]} {l.text}
              {'\n'}
            </span>
          ),
        )}
      </pre>
    </div>
  )
}
