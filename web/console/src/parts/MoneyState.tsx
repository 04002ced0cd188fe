import type { Settlement } from '../api/types'
import { hasTerm, t, term, type Key } from '../i18n'
import { Status } from '../kit/show'

/** Where a payment stands; what the marketplace pays is to be done there. */
export const MoneyState = ({ s }: { s: Pick<Settlement, 'state' | 'route'> }) => (s.state === 'to_pay' && s.route === 'marketplace' ? <Status code="on_platform" /> : <Status code={s.state} of="settlement" />)

/** What a payment is: a refund, a reimbursement, or a remedy that is an amount. */
export const moneyKind = (kind: string) => (hasTerm('remedy', kind) ? term('remedy', kind) : t(`money.${kind}` as Key))

/** By which way a payment goes, or comes in. */
export const routeOf = (s: Pick<Settlement, 'kind' | 'route'>) => (s.kind === 'charge' || s.kind === 'deposit' ? t(`collected_by.${s.route}` as Key) : term('route', s.route))
