package books

// check is a sum that has to be zero for each row it is about, and each part of it.
type check struct{ name, sum string }

// checks are all of them. Each reads the rows of shop $1 as about, part, n.
var checks = []check{
	{"entry", `select entry_id as about, currency as part, amount as n from ledger_posting where shop_id = $1`},

	// What the books say of each settlement and claim is what it has come to.
	{"account", `
		select e.ref_id as about, p.account || ' ' || p.currency as part, p.amount as n from ledger_posting p join ledger_entry e on e.id = p.entry_id where p.shop_id = $1
		union all select id, 'owed:customers ' || currency, amount from settlement where shop_id = $1 and state in ('to_pay', 'processing', 'failed')
		union all select id, 'paid:' || route || ' ' || currency, amount from settlement where shop_id = $1 and state = 'settled' and kind <> 'charge'
		union all select id, 'received:' || route || ' ' || currency, -amount from settlement where shop_id = $1 and state = 'settled' and kind = 'charge'
		union all select id, 'charges:customers ' || currency, amount from settlement where shop_id = $1 and state = 'settled' and kind = 'charge'
		union all select id, 'received:' || route || ' ' || currency, -taken from settlement where shop_id = $1 and state = 'captured'
		union all select id, 'deposits:customers ' || currency, taken from settlement where shop_id = $1 and state = 'captured'
		union all select id, case kind when 'refund' then 'refunds:' when 'reimbursement' then 'freight:' else kind || ':' end || responsible || ' ' || currency, -amount
			from settlement where shop_id = $1 and state in ('to_pay', 'processing', 'failed', 'settled') and kind <> 'charge'
		union all select id, 'due:carriers ' || currency, received - granted from carrier_claim where shop_id = $1 and state = 'granted'
		union all select id, 'recovered:carriers ' || currency, case state when 'granted' then granted else received end from carrier_claim where shop_id = $1
		union all select id, 'received:carriers ' || currency, -received from carrier_claim where shop_id = $1
		union all select id, 'due:suppliers ' || currency, received - granted from supplier_return where shop_id = $1 and state = 'granted'
		union all select id, 'recovered:suppliers ' || currency, case state when 'granted' then granted else received end from supplier_return where shop_id = $1
		union all select id, 'received:suppliers ' || currency, -received from supplier_return where shop_id = $1`},

	{"settlement_amount", `select id as about, '' as part, amount as n from settlement where shop_id = $1
		union all select settlement_id, '', -amount from settlement_part where shop_id = $1`},
	{"settlement_arrival", `select id as about, '' as part, amount as n from settlement where shop_id = $1 and kind <> 'deposit' and (state = 'settled') <> (arrived_at is not null)`},
	{"deposit_captured", `select id as about, '' as part, taken as n from settlement where shop_id = $1 and state = 'captured'
		union all select s.id, '', -p.captured from settlement s join payment p on p.charge_id = s.id where s.shop_id = $1 and s.kind = 'deposit'`},

	// No payment and no share of one gives back what it does not have, and each knows what it gave.
	{"payment_pending", `select id as about, '' as part, pending as n from payment where shop_id = $1
		union all select payment_id, '', -amount from settlement where shop_id = $1 and payment_id is not null and kind <> 'charge' and state not in ('settled', 'voided')`},
	{"payment_refunded", `select id as about, '' as part, refunded as n from payment where shop_id = $1
		union all select payment_id, '', -amount from settlement where shop_id = $1 and payment_id is not null and kind <> 'charge' and state = 'settled'`},
	{"payment_points", `select id as about, '' as part, points_back as n from payment where shop_id = $1
		union all select payment_id, '', -points from settlement where shop_id = $1 and payment_id is not null and state <> 'voided'`},
	{"payment_over", `select id as about, '' as part, pending + refunded - captured as n from payment where shop_id = $1 and pending + refunded > captured`},
	{"payment_shares", `select f.payment_id as about, '' as part, f.shares - p.captured as n from
		(select payment_id, cast(sum(amount) as bigint) as shares from funding where shop_id = $1 group by payment_id) f join payment p on p.id = f.payment_id where f.shares > p.captured`},
	{"share_pending", `select id as about, '' as part, pending as n from funding where shop_id = $1
		union all select p.funding_id, '', -p.amount from settlement_part p join settlement s on s.id = p.settlement_id
			where p.shop_id = $1 and p.funding_id is not null and s.state not in ('settled', 'voided')`},
	{"share_refunded", `select id as about, '' as part, refunded as n from funding where shop_id = $1
		union all select p.funding_id, '', -p.amount from settlement_part p join settlement s on s.id = p.settlement_id
			where p.shop_id = $1 and p.funding_id is not null and s.state = 'settled'`},

	// What was sold: how much of it is claimed, paid for, and with whom.
	{"units_paid_for", `select id as about, '' as part, allocated_units as n from order_line where shop_id = $1
		union all select l.order_line_id, '', -p.units from case_line l join settlement s on s.case_line_id = l.id join settlement_part p on p.settlement_id = s.id
			where l.shop_id = $1 and s.state <> 'voided'
		union all select from_line_id, '', -moved_units from order_line where shop_id = $1 and from_line_id is not null`},
	{"price_paid_for", `select id as about, '' as part, allocated_minor as n from order_line where shop_id = $1
		union all select l.order_line_id, '', -p.price from case_line l join settlement s on s.case_line_id = l.id join settlement_part p on p.settlement_id = s.id
			where l.shop_id = $1 and s.state <> 'voided'
		union all select from_line_id, '', -moved_minor from order_line where shop_id = $1 and from_line_id is not null`},
	{"units_claimed", `select id as about, '' as part, claimed as n from order_line where shop_id = $1
		union all select order_line_id, '', -quantity from case_line where shop_id = $1 and state not in ('rejected', 'cancelled', 'expired')
			and remedy in ('refund_return', 'refund_only', 'exchange', 'interception')`},
	{"units_held", `select order_line_id as about, '' as part, quantity as n from holding where shop_id = $1
		union all select id, '', -quantity from order_line where shop_id = $1 and exists (select 1 from holding h where h.order_line_id = order_line.id)`},
	// All of a line's units were with whoever gave first: the customer, or the carrier of a parcel that was stopped.
	{"custody", `select order_line_id as about, holder as part, quantity as n from holding where shop_id = $1
		union all select order_line_id, to_holder, -quantity from custody where shop_id = $1
		union all select order_line_id, from_holder, quantity from custody where shop_id = $1
		union all select c.order_line_id, c.from_holder, -o.quantity from custody c join order_line o on o.id = c.order_line_id
			where c.shop_id = $1 and not exists (select 1 from custody b where b.order_line_id = c.order_line_id and b.id < c.id)`},
	{"supplier_sent", `select c.movement_id as about, c.to_holder as part, c.quantity as n from custody c where c.shop_id = $1 and c.to_holder = 'supplier'
		union all select movement_id, 'supplier', -quantity from supplier_return_line where shop_id = $1`},

	{"stock_held", `select id as about, '' as part, held as n from stock where shop_id = $1
		union all select stock_id, '', -quantity from stock_hold where shop_id = $1 and state = 'held'`},
	{"stock_idle", `select h.id as about, '' as part, h.quantity as n from stock_hold h join case_line l on l.id = h.case_line_id
		where h.shop_id = $1 and h.state = 'held' and (l.state in ('rejected', 'cancelled', 'expired') or l.remedy <> 'exchange' or l.quantity <> h.quantity)`},

	{"invoice_reversed", `select id as about, '' as part, reversed as n from invoice where shop_id = $1
		union all select invoice_id, '', -amount from red_letter where shop_id = $1`},
	{"statement_line", `select l.id as about, '' as part, l.amount - s.amount as n from statement_line l join settlement s on s.id = l.settlement_id where l.shop_id = $1`},
}
