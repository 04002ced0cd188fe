// The manuscript: what the console says in zh-CN, by desk. zh-TW is made from it by errs/zh-tw.txt. Words for statuses,
// remedies, reasons and desks stand in i18n/terms.ts.
import { apply } from './apply'
import { cases } from './cases'
import { imports } from './imports'
import { money } from './money'
import { receiving } from './receiving'
import { settings } from './settings'
import { shared } from './shared'
import { studio } from './studio'

export const zhCN = { ...apply, ...cases, ...imports, ...money, ...receiving, ...settings, ...shared, ...studio }
