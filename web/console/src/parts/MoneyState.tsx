import type { Settlement } from '../api/types'
import { Status } from '../kit/show'

/** Where a payment stands; what the marketplace pays is to be done there. */
export const MoneyState = ({ s }: { s: Pick<Settlement, 'state' | 'route'> }) => (s.state === 'to_pay' && s.route === 'marketplace' ? <Status code="on_platform" /> : <Status code={s.state} of="settlement" />)
