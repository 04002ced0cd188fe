package flow_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/sanbao/sanbao/internal/books"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/rule"
)

func gatewayOf(g settle.Gateway) func(shop.Shop, string) settle.Gateway {
	return func(shop.Shop, string) settle.Gateway { return g }
}

// broken holds one case and the orders it is about to what must be true at any time.
func broken(d *dealt) error {
	orders := map[id.ID]bool{}
	for _, l := range d.v.Lines {
		orders[l.OrderID] = true
	}
	return errors.Join(standing(d.ctx(), d.k.f, d.k.shop.ID, d.v.Case.ID), kept(d.ctx(), d.k.f.DB, d.k.shop.ID, slices.Collect(maps.Keys(orders))...))
}

// standing recomputes a case's projection: what is stored is what follows from line, parcel and money, and the case is
// closed exactly when nobody has to move.
func standing(ctx context.Context, f *flow.Flow, shopID, caseID id.ID) error {
	s, err := f.Standing(ctx, shopID, caseID)
	if err != nil {
		return err
	}
	var wrong []error
	closed := true
	for _, l := range s.View.Lines {
		now := s.Situations[l.ID]
		if l.Status != now.Status() {
			wrong = append(wrong, fmt.Errorf("line %s shows %s, and is %s", l.ID, l.Status, now.Status()))
		}
		shared := slices.ContainsFunc(s.View.Lines, func(o flow.LineView) bool { return o.ID != l.ID && o.DecisionID == l.DecisionID })
		if d, err := rule.ParseDecision(l.Decision); err != nil || !shared && !reflect.DeepEqual(d.Gives(), l.Gives) || shared && l.Gives != nil {
			wrong = append(wrong, fmt.Errorf("line %s does not show what its decision gives: %v", l.ID, err))
		}
		closed = closed && now.Mover() == cases.Closed
	}
	for _, e := range s.View.Enquiries {
		closed = closed && e.State == carrier.Closed
	}
	for _, c := range s.View.Claims {
		closed = closed && !c.Open()
	}
	if s.View.Case.Status != s.Case {
		wrong = append(wrong, fmt.Errorf("the case shows %s, and is %s", s.View.Case.Status, s.Case))
	}
	if s.Due.Differs(s.View.Case) || s.View.Case.DueKind != s.Due.DueKind {
		wrong = append(wrong, fmt.Errorf("the case is due %v %s with work %+v, and should be %v %s with %+v", s.View.Case.DueAt, s.View.Case.DueKind,
			s.View.Case.Work, s.Due.DueAt, s.Due.DueKind, s.Due.Work))
	}
	if is := s.View.Case.ClosedAt != nil; is != closed || is != (s.View.Case.Status == cases.Closed) {
		wrong = append(wrong, fmt.Errorf("the case is closed %v at %v; every line is over %v", s.View.Case.Status, s.View.Case.ClosedAt, closed))
	}
	return errors.Join(wrong...)
}

// sums reads one number per id.
type sums map[id.ID]int64

func sum(tx *db.Tx, q string, args ...any) (sums, error) {
	type row struct {
		of id.ID
		n  int64
	}
	rows, err := db.Collect(tx, func(r *db.Rows) (row, error) {
		var x row
		return x, r.Scan(&x.of, &x.n)
	}, q, args...)
	out := sums{}
	for _, x := range rows {
		out[x.of] += x.n
	}
	return out, err
}

// compare lists where two sums differ.
func compare(what string, is, should sums) (wrong []error) {
	for _, of := range slices.Sorted(maps.Keys(is)) {
		if is[of] != should[of] {
			wrong = append(wrong, fmt.Errorf("%s of %s is %d, and should be %d", what, of, is[of], should[of]))
		}
	}
	for of, n := range should {
		if _, known := is[of]; !known && n != 0 {
			wrong = append(wrong, fmt.Errorf("%s of %s is missing, and should be %d", what, of, n))
		}
	}
	return wrong
}

// under is one sum kept in a column, and the statement that adds the same up from what happened.
type under struct{ what, kept, from string }

// per order: both statements are read for one order of a shop.
var kinds = []under{
	{"pending of payment", `select id, pending from payment where order_id = $1 and shop_id = $2`,
		`select s.payment_id, cast(sum(s.amount) as bigint) from settlement s join payment p on p.id = s.payment_id
		where p.order_id = $1 and s.shop_id = $2 and s.kind <> 'charge' and s.state not in ('settled', 'voided') group by s.payment_id`},
	{"refunded of payment", `select id, refunded from payment where order_id = $1 and shop_id = $2`,
		`select s.payment_id, cast(sum(s.amount) as bigint) from settlement s join payment p on p.id = s.payment_id
		where p.order_id = $1 and s.shop_id = $2 and s.state = 'settled' group by s.payment_id`},
	{"points given back of payment", `select id, points_back from payment where order_id = $1 and shop_id = $2`,
		`select s.payment_id, cast(sum(s.points) as bigint) from settlement s join payment p on p.id = s.payment_id
		where p.order_id = $1 and s.shop_id = $2 and s.state <> 'voided' group by s.payment_id`},
	{"pending of funding", `select id, pending from funding where order_id = $1 and shop_id = $2`,
		`select f.id, cast(sum(p.amount) as bigint) from funding f join settlement_part p on p.funding_id = f.id join settlement s on s.id = p.settlement_id
		where f.order_id = $1 and f.shop_id = $2 and s.state not in ('settled', 'voided') group by f.id`},
	{"refunded of funding", `select id, refunded from funding where order_id = $1 and shop_id = $2`,
		`select f.id, cast(sum(p.amount) as bigint) from funding f join settlement_part p on p.funding_id = f.id join settlement s on s.id = p.settlement_id
		where f.order_id = $1 and f.shop_id = $2 and s.state = 'settled' group by f.id`},
	{"units allocated", `select id, allocated_units from order_line where order_id = $1 and shop_id = $2`,
		`select l.order_line_id, cast(sum(p.units) as bigint) from case_line l join settlement s on s.case_line_id = l.id join settlement_part p on p.settlement_id = s.id
		where l.order_id = $1 and l.shop_id = $2 and s.state <> 'voided' group by l.order_line_id
		union all select from_line_id, moved_units from order_line where order_id = $1 and shop_id = $2 and from_line_id is not null`},
	{"price allocated", `select id, allocated_minor from order_line where order_id = $1 and shop_id = $2`,
		`select l.order_line_id, cast(sum(p.price) as bigint) from case_line l join settlement s on s.case_line_id = l.id join settlement_part p on p.settlement_id = s.id
		where l.order_id = $1 and l.shop_id = $2 and s.state <> 'voided' group by l.order_line_id
		union all select from_line_id, moved_minor from order_line where order_id = $1 and shop_id = $2 and from_line_id is not null`},
	{"units claimed", `select id, claimed from order_line where order_id = $1 and shop_id = $2`,
		`select order_line_id, cast(sum(quantity) as bigint) from case_line
		where order_id = $1 and shop_id = $2 and state not in ('rejected', 'cancelled', 'expired') and remedy in ('refund_return', 'refund_only', 'exchange', 'interception') group by order_line_id`},
	{"amount of settlement", `select s.id, s.amount from settlement s join case_line l on l.id = s.case_line_id where l.order_id = $1 and s.shop_id = $2`,
		`select s.id, cast(sum(p.amount) as bigint) from settlement s join settlement_part p on p.settlement_id = s.id join case_line l on l.id = s.case_line_id
		where l.order_id = $1 and s.shop_id = $2 group by s.id`},
	{"units held", `select h.order_line_id, cast(sum(h.quantity) as bigint) from holding h join order_line o on o.id = h.order_line_id
		where o.order_id = $1 and h.shop_id = $2 group by h.order_line_id`,
		`select distinct o.id, o.quantity from order_line o join holding h on h.order_line_id = o.id where o.order_id = $1 and o.shop_id = $2`},
}

// kept holds orders to their sums: what columns keep is what happened.
func kept(ctx context.Context, d *db.DB, shopID id.ID, orders ...id.ID) error {
	var wrong []error
	err := d.Read(ctx, func(tx *db.Tx) error {
		for _, o := range orders {
			for _, k := range kinds {
				is, err := sum(tx, k.kept, o, shopID)
				if err != nil {
					return err
				}
				should, err := sum(tx, k.from, o, shopID)
				if err != nil {
					return err
				}
				wrong = append(wrong, compare(k.what, is, should)...)
			}
			within, err := captured(tx, shopID, o)
			if err != nil {
				return err
			}
			custody, err := replayed(tx, shopID, o)
			if err != nil {
				return err
			}
			wrong = append(append(wrong, within...), custody...)
		}
		return nil
	})
	return errors.Join(append(wrong, err)...)
}

// captured holds payments and their shares to what was captured.
func captured(tx *db.Tx, shopID, orderID id.ID) (wrong []error, err error) {
	payments, err := settle.Payments(tx, shopID, orderID)
	if err != nil {
		return nil, err
	}
	fundings, err := settle.Fundings(tx, shopID, orderID)
	if err != nil {
		return nil, err
	}
	shares := sums{}
	for _, f := range fundings {
		shares[f.PaymentID] += f.Minor
		if f.Left() < 0 {
			wrong = append(wrong, fmt.Errorf("funding %s of %d: %d pending and %d refunded", f.ID, f.Minor, f.Pending, f.Refunded))
		}
	}
	for _, p := range payments {
		if p.Pending+p.Refunded > p.Captured || shares[p.ID] > p.Captured {
			wrong = append(wrong, fmt.Errorf("payment %s of %d: %d pending, %d refunded, %d in shares", p.ID, p.Captured, p.Pending, p.Refunded, shares[p.ID]))
		}
	}
	return wrong, nil
}

// replayed hands the units of an order over again and compares who holds them. All of a line's units were with whoever gave
// first: the customer, or the carrier of a parcel that was stopped.
func replayed(tx *db.Tx, shopID, orderID id.ID) (wrong []error, err error) {
	type step struct {
		line     id.ID
		from, to string
		n        int64
	}
	steps, err := db.Collect(tx, func(r *db.Rows) (step, error) {
		var x step
		return x, r.Scan(&x.line, &x.from, &x.to, &x.n)
	}, `select c.order_line_id, c.from_holder, c.to_holder, c.quantity from custody c join order_line o on o.id = c.order_line_id
		where o.order_id = $1 and c.shop_id = $2 order by c.id`, orderID, shopID)
	if err != nil {
		return nil, err
	}
	sold, err := sum(tx, `select id, quantity from order_line where order_id = $1 and shop_id = $2`, orderID, shopID)
	if err != nil {
		return nil, err
	}
	held := map[string]int64{}
	begun := map[id.ID]bool{}
	for _, s := range steps {
		if !begun[s.line] {
			begun[s.line], held[s.line.String()+" "+s.from] = true, sold[s.line]
		}
		held[s.line.String()+" "+s.from] -= s.n
		held[s.line.String()+" "+s.to] += s.n
	}
	type holding struct {
		line   id.ID
		holder string
		n      int64
	}
	now, err := db.Collect(tx, func(r *db.Rows) (holding, error) {
		var x holding
		return x, r.Scan(&x.line, &x.holder, &x.n)
	}, `select h.order_line_id, h.holder, h.quantity from holding h join order_line o on o.id = h.order_line_id where o.order_id = $1 and h.shop_id = $2`, orderID, shopID)
	for _, h := range now {
		k := h.line.String() + " " + h.holder
		if held[k] != h.n {
			wrong = append(wrong, fmt.Errorf("%s holds %d, and by the handovers %d", k, h.n, held[k]))
		}
		delete(held, k)
	}
	for k, n := range held {
		if n != 0 {
			wrong = append(wrong, fmt.Errorf("%s holds nothing, and by the handovers %d", k, n))
		}
	}
	return wrong, err
}

// balanced holds a shop's books: every entry sums to zero, what is owed is what is approved and not yet paid, what was
// paid is what is settled, and each cost account is what its settlements say.
func balanced(ctx context.Context, d *db.DB, shopID id.ID) error {
	var wrong []error
	err := d.Read(ctx, func(tx *db.Tx) error {
		entries, err := sum(tx, `select entry_id, cast(sum(amount) as bigint) from ledger_posting where shop_id = $1 group by entry_id`, shopID)
		if err != nil {
			return err
		}
		for of, n := range entries {
			if n != 0 {
				wrong = append(wrong, fmt.Errorf("entry %s sums to %d", of, n))
			}
		}
		type account struct {
			name string
			n    int64
		}
		read := func(r *db.Rows) (account, error) {
			var a account
			return a, r.Scan(&a.name, &a.n)
		}
		is, err := db.Collect(tx, read, `select account, cast(sum(amount) as bigint) from ledger_posting where shop_id = $1 group by account`, shopID)
		if err != nil {
			return err
		}
		should, err := db.Collect(tx, read, `
			select 'owed:customers', -amount from settlement where shop_id = $1 and state in ('to_pay', 'processing', 'failed')
			union all select 'paid:' || route, -amount from settlement where shop_id = $1 and state = 'settled' and kind <> 'charge'
			union all select 'received:' || route, amount from settlement where shop_id = $1 and state = 'settled' and kind = 'charge'
			union all select 'charges:customers', -amount from settlement where shop_id = $1 and state = 'settled' and kind = 'charge'
			union all select 'received:' || route, taken from settlement where shop_id = $1 and state = 'captured'
			union all select 'deposits:customers', -taken from settlement where shop_id = $1 and state = 'captured'
			union all select case kind when 'refund' then 'refunds:' when 'reimbursement' then 'freight:' else kind || ':' end || responsible, amount from settlement
				where shop_id = $1 and state in ('to_pay', 'processing', 'failed', 'settled') and kind <> 'charge'
			union all select 'due:carriers', granted - received from carrier_claim where shop_id = $1 and state = 'granted'
			union all select 'recovered:carriers', -case state when 'granted' then granted else received end from carrier_claim where shop_id = $1
			union all select 'received:carriers', received from carrier_claim where shop_id = $1
			union all select 'due:suppliers', granted - received from supplier_return where shop_id = $1 and state = 'granted'
			union all select 'recovered:suppliers', -case state when 'granted' then granted else received end from supplier_return where shop_id = $1
			union all select 'received:suppliers', received from supplier_return where shop_id = $1`, shopID)
		if err != nil {
			return err
		}
		books := map[string]int64{}
		for _, a := range is {
			books[a.name] += a.n
		}
		for _, a := range should {
			books[a.name] -= a.n
		}
		for name, n := range books {
			if n != 0 {
				wrong = append(wrong, fmt.Errorf("account %s is off by %d", name, n))
			}
		}
		return nil
	})
	return errors.Join(append(wrong, err)...)
}

// added adds a shop's books up as its owner would: what the tests above say of orders one by one, said once more in another way.
func added(ctx context.Context, d *db.DB, shopID id.ID) error {
	var wrong []error
	err := d.Read(ctx, func(tx *db.Tx) error {
		a, err := books.Check(tx, shopID)
		for _, f := range a.Faults {
			wrong = append(wrong, errors.New(f.String()))
		}
		return err
	})
	return errors.Join(append(wrong, err)...)
}

// stocked holds a shop's stock: what is held of each article is what its holds say, and a line that is over holds nothing.
func stocked(ctx context.Context, d *db.DB, shopID id.ID) error {
	var wrong []error
	err := d.Read(ctx, func(tx *db.Tx) error {
		is, err := sum(tx, `select id, held from stock where shop_id = $1`, shopID)
		if err != nil {
			return err
		}
		should, err := sum(tx, `select stock_id, quantity from stock_hold where shop_id = $1 and state = 'held'`, shopID)
		if err != nil {
			return err
		}
		over, err := sum(tx, `select h.id, h.quantity from stock_hold h join case_line l on l.id = h.case_line_id
			where h.shop_id = $1 and h.state = 'held' and (l.state in ('rejected', 'cancelled', 'expired') or l.remedy <> 'exchange' or l.quantity <> h.quantity)`, shopID)
		wrong = append(compare("held of article", is, should), compare("held for a line that is over, hold", over, sums{})...)
		return err
	})
	return errors.Join(append(wrong, err)...)
}

// deposited holds deposits to what they are: what was captured of each is one payment, all others are none; nobody is asked for more than what he bought.
func deposited(ctx context.Context, d *db.DB, shopID id.ID) error {
	return d.Read(ctx, func(tx *db.Tx) error {
		is, err := sum(tx, `select s.id, p.captured from settlement s join payment p on p.charge_id = s.id where s.shop_id = $1 and s.kind = 'deposit'`, shopID)
		if err != nil {
			return err
		}
		should, err := sum(tx, `select id, taken from settlement where shop_id = $1 and kind = 'deposit' and state = 'captured'`, shopID)
		if err != nil {
			return err
		}
		over, err := sum(tx, `select id, taken from settlement where shop_id = $1 and (taken > amount or kind <> 'deposit' and taken <> 0 or state in ('on_hold', 'waived', 'to_release', 'released') and taken <> 0
			or state in ('to_capture', 'captured') and taken = 0)`, shopID)
		return errors.Join(append(append(compare("captured of deposit", is, should), compare("taken of deposit", over, sums{})...), err)...)
	})
}

// versions are those of everything a case consists of; they only ever grow.
func versions(v flow.View) map[id.ID]int64 {
	out := map[id.ID]int64{v.Case.ID: v.Case.Version}
	for _, l := range v.Lines {
		out[l.ID] = l.Version
	}
	for _, m := range v.Movements {
		out[m.ID] = m.Version
	}
	for _, s := range v.Settlements {
		out[s.ID] = s.Version
	}
	return out
}

func shrunk(before, after map[id.ID]int64) error {
	for of, v := range before {
		if after[of] < v {
			return fmt.Errorf("version of %s went from %d to %d", of, v, after[of])
		}
	}
	return nil
}
