// The points of an answer and what stands in them, as people read them: "freight.return" and "shop", "table.approval.authority".
import { t, term, type Key } from '../../i18n'
import { list } from '../../kit/format'
import type { Words } from '../../parts/words'

const known = ['outcome', 'reason', 'clause', 'right', 'refund', 'amount', 'authority', 'last_day', 'due', 'send_by', 'edition', 'deduct', 'evidence', 'conditions', 'open', 'overridden', 'alternatives']

/** What a point is called. */
export function pointLabel(what: string): string {
  const [head = '', ...rest] = what.split('.')
  if (head === 'freight') return term('leg', rest.join('.'))
  if (head === 'winner') return t('point.winner', { point: pointLabel(rest.join('.')) })
  if (head === 'table') return t('point.table', { table: rest[0] ?? '', column: rest[1] ?? '' })
  return known.includes(what) ? t(`point.${what}` as Key) : what
}

const rights = ['as_of_right', 'offer', 'review']
const outcomes = ['approve', 'offer', 'need_facts', 'need_evidence', 'manual_review', 'reject']

/** Another way: a ground and a remedy, or a code of the packs. */
const alternative = (words: Words) => (code: string) => {
  const [ground, remedy] = code.split('/')
  return remedy ? `${words.ground(ground ?? '')} · ${term('remedy', remedy)}` : words.alternative(code)
}

/** What stands in a point; nothing is said too. */
export function pointText(what: string, value: string, words: Words): string {
  if (value === '') return t('point.nothing')
  const head = what.split('.')[0]
  if (['conditions', 'open', 'evidence'].includes(what)) return list(value.split(' ').map(words.label))
  if (['deduct', 'overridden'].includes(what)) return list(value.split(' '))
  if (head === 'freight' && (value === 'kept' || value === 'refunded')) return t(`freight.${value}`)
  if (head === 'freight') return t('freight.borne', { party: term('party', value) })
  if (what === 'outcome' && outcomes.includes(value)) return t(`outcome.${value}` as Key)
  if (what === 'right' && rights.includes(value)) return t(`right.${value}` as Key)
  if (what === 'reason') return words.reason(value)
  if (what === 'alternatives') return list(value.split(' ').map(alternative(words)))
  if (value === 'unknown') return t('unknown')
  return value
}

/** What one side of a proof gives: an outcome, a right, a bearer of freight, or a sum or day as it is. */
export const answerText = (point: string, value: string, words: Words) =>
  point.startsWith('freight.') ? pointText(point, value, words) : rights.includes(value) && value !== 'offer' ? pointText('right', value, words) : outcomes.includes(value) ? pointText('outcome', value, words) : value
