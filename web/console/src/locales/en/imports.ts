// The words of imports.
import type { imports as zh } from '../zh-CN/imports'

export const imports: Record<keyof typeof zh, string> = {
  'difference.amount': 'Amount',
  'difference.status': 'Status',
  'difference.deadline': 'Deadline',
  'difference.refund': 'Refund to confirm',
  'difference.case': 'No case',
  'mapping.title': 'Which column is what',
  'mapping.name': 'Name',
  'mapping.platform': 'Platform code',
  'mapping.kind': 'The file is',
  'mapping.orders': 'Orders',
  'mapping.after_sale': 'After-sale list',
  'mapping.none': 'No such column',
  'mapping.save': 'Save and use',
}
