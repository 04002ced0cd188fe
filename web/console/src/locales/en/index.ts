// The console in English. The types hold that no key is missing.
import { apply } from './apply'
import { cases } from './cases'
import { imports } from './imports'
import { money } from './money'
import { receiving } from './receiving'
import { settings } from './settings'
import { shared } from './shared'
import { studio } from './studio'

export const en = { ...apply, ...cases, ...imports, ...money, ...receiving, ...settings, ...shared, ...studio }
