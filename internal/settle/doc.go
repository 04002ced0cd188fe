// Package settle is money going back to the customer 款项.
//
// A settlement is one amount, one way, by one route, to one payee: the refund of a line's goods to one of the payments
// that bought them, or the reimbursement of freight the customer advanced. Its parts say what the amount is made of.
// It goes computed → awaiting_approval → to_pay → processing → settled (state.go), and is settled only when the money
// is known to have arrived: a provider's answer, or a number, amount and time that a person or an import confirms.
//
// Payments are what the shop captured for an order; fundings say which payment stands behind which order line, split
// once over the lines by largest remainder (funding.go). No payment and no funding ever gives back more than it took:
// pending + refunded ≤ captured, held by the database under the row's version.
//
// Gateways (gateway.go) are the only interface: a provider that pays by itself. Marketplace, bank and cash refunds are
// made by people elsewhere and confirmed here.
//
// Errors: settle.not_now (conflict), settle.not_found, settle.over_refund (conflict), settle.amount_differs,
// settle.time_impossible, settle.number_missing, settle.proof_missing, and db.stale (conflict: somebody else changed the
// row first).
package settle
