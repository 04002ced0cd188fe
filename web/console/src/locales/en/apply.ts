// The words of applications.
import type { apply as zh } from '../zh-CN/apply'

export const apply: Record<keyof typeof zh, string> = {
  'bulk.title': 'Many orders',
  'bulk.text': 'For one matter with many orders: paste their numbers, see what each comes to, and send once. Every order is a case of its own; one that cannot be keeps no other back.',
  'bulk.numbers': 'Order numbers',
  'bulk.numbers_hint': 'one a line, or with commas or blanks between',
  'bulk.count': '{n} orders, at most 200',
  'bulk.too_many': 'At most 200 orders at a time; send them in several goes.',
  'bulk.platform': 'Platform',
  'bulk.agree': 'Agree along with it',
  'bulk.agree_help': 'Only to what is within your authority; the rest waits for the supervisor as usual.',
  'bulk.preview': 'Look first',
  'bulk.apply': 'Send {n}',
  'bulk.would': '{opened} can be done, {failed} cannot',
  'bulk.done': '{opened} opened, {failed} not done',
  'bulk.more': 'Another batch',

}
