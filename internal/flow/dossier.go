package flow

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/carrier"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/intake"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/policy"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/stock"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// Dossier is everything that is known of one case, as one snapshot. Commands plan on it; a change works on a copy.
type Dossier struct {
	Shop        shop.Shop
	Policies    *policy.Library // what the shop decides by
	Calendar    *calendar.Calendar
	Now         clock.Instant
	Case        cases.Case
	Lines       []line.Line
	Movements   []movement.Movement
	Settlements []settle.Settlement
	Enquiries   []carrier.Enquiry          // with carriers 查件, oldest first
	Progress    []carrier.Progress         // what was done about them, oldest first
	Claims      []carrier.Claim            // on carriers, oldest first
	Parcels     map[id.ID][]carrier.Parcel // by order id: what it went out in, where that matters
	Warehouses  []shop.Warehouse
	Serials     []movement.Serial                  // scanned of the units of the case's order lines, in whatever case
	Holds       []stock.Hold                       // what was held for the case's lines
	Stock       map[string]stock.Article           // by SKU: what there is of articles that exchanges are about, as far as it is known
	Platform    []intake.Record                    // what the platform says of the case's lines
	Gateway     func(tender string) settle.Gateway // the provider through which payments of a tender go back

	Orders     map[id.ID]order.Order         // by order id
	OrderLines map[id.ID][]order.Line        // by order id, in line order
	Payments   map[id.ID][]settle.Payment    // by order id
	Fundings   map[id.ID][]settle.Funding    // by order id; none before the first settlement
	Less       map[id.ID][]settle.Deduction  // by order id: what its returns took off so far, where that bounds the next one
	Beside     map[id.ID][]settle.Settlement // by order id: what was paid lately beside the price
	Invoices   map[id.ID][]settle.Invoice    // by order id, of cases that have settlements
	Findings   map[id.ID][]line.Finding      // by case line id
	Goodwill   map[id.ID]int64               // by case line id: what its agent gave in this month, the line included
	Reissued   map[id.ID][]line.Line         // by order id: what was sent once more, where that was promised (S1-110)
	Dispatch   map[id.ID]order.Dispatch      // by order line id: until when it was promised to leave (S1-108)
	Cores      map[id.ID]json.RawMessage     // by case line id: that decision as it is stored
	Decisions  map[id.ID]*rule.Decision      // by case line id: the latest
}

// Look gathers a case's dossier for whoever shows it.
func (f *Flow) Look(tx *db.Tx, shopID, caseID id.ID) (*Dossier, error) {
	return f.read(tx, shopID, caseID)
}

// read gathers a case's dossier.
func (f *Flow) read(tx *db.Tx, shopID, caseID id.ID) (*Dossier, error) {
	d, err := f.empty(tx, shopID)
	if err != nil {
		return nil, err
	}
	if d.Case, err = cases.Get(tx, shopID, caseID); err != nil {
		return nil, err
	}
	if d.Lines, err = line.OfCase(tx, shopID, caseID); err != nil {
		return nil, err
	}
	if d.Movements, err = movement.OfCase(tx, shopID, caseID); err != nil {
		return nil, err
	}
	if d.Settlements, err = settle.OfCase(tx, shopID, caseID); err != nil {
		return nil, err
	}
	if d.Case.Platform != "" {
		if d.Platform, err = intake.OfCase(tx, shopID, caseID); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(d.Lines, isExchange) {
		if d.Holds, err = stock.HoldsOf(tx, shopID, caseID); err != nil {
			return nil, err
		}
	}
	if err := d.readCarriers(tx); err != nil {
		return nil, err
	}
	for _, l := range d.Lines {
		if err := d.readOrder(tx, l.OrderID); err != nil {
			return nil, err
		}
		if err := d.readStock(tx, l); err != nil {
			return nil, err
		}
		if err := d.readSerials(tx, l); err != nil {
			return nil, err
		}
		if err := d.readMoney(tx, l.OrderID); err != nil {
			return nil, err
		}
		if _, read := d.Invoices[l.OrderID]; !read && len(d.Settlements) > 0 {
			if d.Invoices[l.OrderID], err = settle.Invoices(tx, shopID, l.OrderID); err != nil {
				return nil, err
			}
		}
		if d.Findings[l.ID], err = line.Findings(tx, shopID, l.ID); err != nil {
			return nil, err
		}
		if err := f.readGoodwill(tx, d, l); err != nil {
			return nil, err
		}
		if l.DecisionID == 0 {
			continue
		}
		stored, err := policy.Get(tx, shopID, l.DecisionID)
		if err != nil {
			return nil, err
		}
		d.Cores[l.ID] = stored.Core
		if d.Decisions[l.ID], err = stored.Decision(); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// readCarriers adds what was asked of carriers and is claimed from them; few cases have any of it.
func (d *Dossier) readCarriers(tx *db.Tx) (err error) {
	for _, l := range d.Lines {
		if err := d.readParcels(tx, l); err != nil {
			return err
		}
	}
	if !d.Case.WithCarrier {
		return nil
	}
	if d.Enquiries, err = carrier.Enquiries(tx, d.Shop.ID, d.Case.ID); err != nil {
		return err
	}
	if d.Progress, err = carrier.ProgressOf(tx, d.Shop.ID, d.Case.ID); err != nil {
		return err
	}
	d.Claims, err = carrier.Claims(tx, d.Shop.ID, d.Case.ID)
	return err
}

// empty is the dossier of a case that does not exist yet.
func (f *Flow) empty(tx *db.Tx, shopID id.ID) (*Dossier, error) {
	s, err := shop.Get(tx, shopID)
	if err != nil {
		return nil, err
	}
	cal, err := f.calendar(s)
	if err != nil {
		return nil, err
	}
	lib, err := f.Policies.Of(tx, shopID)
	if err != nil {
		return nil, err
	}
	warehouses, err := shop.Warehouses(tx, shopID)
	if err != nil {
		return nil, err
	}
	gateway := func(tender string) settle.Gateway { return f.Gateway(s, tender) }
	return &Dossier{Shop: s, Policies: lib, Gateway: gateway, Calendar: cal, Now: tx.Now, Warehouses: warehouses, Stock: map[string]stock.Article{},
		Orders: map[id.ID]order.Order{}, OrderLines: map[id.ID][]order.Line{}, Payments: map[id.ID][]settle.Payment{},
		Fundings: map[id.ID][]settle.Funding{}, Less: map[id.ID][]settle.Deduction{}, Beside: map[id.ID][]settle.Settlement{}, Invoices: map[id.ID][]settle.Invoice{}, Findings: map[id.ID][]line.Finding{}, Reissued: map[id.ID][]line.Line{}, Dispatch: map[id.ID]order.Dispatch{}, Parcels: map[id.ID][]carrier.Parcel{}, Goodwill: map[id.ID]int64{}, Cores: map[id.ID]json.RawMessage{}, Decisions: map[id.ID]*rule.Decision{}}, nil
}

func (d *Dossier) readOrder(tx *db.Tx, orderID id.ID) error {
	if _, ok := d.Orders[orderID]; ok {
		return nil
	}
	o, err := order.Get(tx, d.Shop.ID, orderID)
	if err != nil {
		return err
	}
	return d.addOrder(tx, o)
}

func (d *Dossier) addOrder(tx *db.Tx, o order.Order) (err error) {
	d.Orders[o.ID] = o
	if o.Attrs.Promises != nil && o.Attrs.Promises.Reissue {
		if d.Reissued[o.ID], err = line.Reissued(tx, d.Shop.ID, o.ID); err != nil {
			return err
		}
	}
	if o.Attrs.Promises != nil && o.Attrs.Promises.Dispatch {
		promises, err := order.Dispatches(tx, d.Shop.ID, o.ID)
		if err != nil {
			return err
		}
		for _, p := range promises {
			d.Dispatch[p.LineID] = p
		}
	}
	if d.OrderLines[o.ID], err = order.Lines(tx, d.Shop.ID, o.ID); err != nil {
		return err
	}
	if len(o.Attrs.Promotions) > 0 || slices.ContainsFunc(d.OrderLines[o.ID], func(l order.Line) bool { return l.Attrs.GiftValue > 0 }) {
		d.Less[o.ID], err = settle.Deductions(tx, d.Shop.ID, o.ID)
	}
	return err
}

// readMoney adds what paid an order and what of it stands behind which line.
func (d *Dossier) readMoney(tx *db.Tx, orderID id.ID) (err error) {
	if _, known := d.Payments[orderID]; known {
		return nil
	}
	if d.Payments[orderID], err = settle.Payments(tx, d.Shop.ID, orderID); err != nil {
		return err
	}
	if d.Fundings[orderID], err = settle.Fundings(tx, d.Shop.ID, orderID); err != nil {
		return err
	}
	d.Beside[orderID], err = settle.Beside(tx, d.Shop.ID, orderID, d.Now.Add(-beside))
	return err
}

// byHand says that people make a settlement's payment: by its route, or because no provider of the payment it goes back
// to is connected.
func (d *Dossier) byHand(s settle.Settlement) bool {
	if s.Route.ByHand() {
		return true
	}
	var tender string
	for _, payments := range d.Payments {
		for _, p := range payments {
			if p.ID == s.PaymentID {
				tender = p.Tender
			}
		}
	}
	_, offline := d.Gateway(tender).(settle.Offline)
	return offline
}

// clone is a copy whose slices and maps a change may alter.
func (d *Dossier) clone() *Dossier {
	c := *d
	c.Lines = slices.Clone(d.Lines)
	c.Movements = slices.Clone(d.Movements)
	for i := range c.Movements {
		c.Movements[i].Lines = slices.Clone(c.Movements[i].Lines)
	}
	c.Settlements = slices.Clone(d.Settlements)
	c.Platform = slices.Clone(d.Platform)
	c.Holds = slices.Clone(d.Holds)
	c.Serials = slices.Clone(d.Serials)
	c.Stock = maps.Clone(d.Stock)
	c.Enquiries, c.Progress, c.Claims = slices.Clone(d.Enquiries), slices.Clone(d.Progress), slices.Clone(d.Claims)
	c.Orders = maps.Clone(d.Orders)
	c.OrderLines = cloneLists(d.OrderLines)
	c.Payments = cloneLists(d.Payments)
	c.Fundings = cloneLists(d.Fundings)
	c.Less = cloneLists(d.Less)
	c.Invoices = cloneLists(d.Invoices)
	c.Beside = cloneLists(d.Beside)
	c.Findings = cloneLists(d.Findings)
	c.Dispatch = maps.Clone(d.Dispatch)
	c.Cores = maps.Clone(d.Cores)
	c.Decisions = maps.Clone(d.Decisions)
	return &c
}

func cloneLists[T any](m map[id.ID][]T) map[id.ID][]T {
	c := make(map[id.ID][]T, len(m))
	for k, v := range m {
		c[k] = slices.Clone(v)
	}
	return c
}

// line finds a line of the case. A version other than zero has to be the current one.
func (d *Dossier) line(lineID id.ID, version int64) (*line.Line, error) {
	for i := range d.Lines {
		if d.Lines[i].ID == lineID {
			return &d.Lines[i], current(version, d.Lines[i].Version)
		}
	}
	return nil, errs.New(errs.NotFound, "line.not_found", errs.Args{"line": lineID.String()})
}

func (d *Dossier) movement(movementID id.ID, version int64) (*movement.Movement, error) {
	for i := range d.Movements {
		if d.Movements[i].ID == movementID {
			return &d.Movements[i], current(version, d.Movements[i].Version)
		}
	}
	return nil, errs.New(errs.NotFound, "movement.not_found", errs.Args{"movement": movementID.String()})
}

func (d *Dossier) settlement(settlementID id.ID, version int64) (*settle.Settlement, error) {
	for i := range d.Settlements {
		if d.Settlements[i].ID == settlementID {
			return &d.Settlements[i], current(version, d.Settlements[i].Version)
		}
	}
	return nil, errs.New(errs.NotFound, "settle.not_found", errs.Args{"settlement": settlementID.String()})
}

// current compares the version a caller saw with the one there is. Zero is a caller that did not look.
func current(seen, now int64) error {
	if seen != 0 && seen != now {
		return web.Stale(now)
	}
	return nil
}

// orderLine is the order line behind a case line.
func (d *Dossier) orderLine(l line.Line) *order.Line {
	lines := d.OrderLines[l.OrderID]
	for i := range lines {
		if lines[i].ID == l.OrderLineID {
			return &lines[i]
		}
	}
	return nil
}

// incoming is a line's newest parcel that brings its goods to us: a return, or one that was to be stopped.
func (d *Dossier) incoming(lineID id.ID) *movement.Movement {
	for i := len(d.Movements) - 1; i >= 0; i-- {
		if m := &d.Movements[i]; m.Purpose.Inward() && m.Carries(lineID) {
			return m
		}
	}
	return nil
}

// latest is a line's newest movement of a purpose, nil when there is none.
func (d *Dossier) latest(lineID id.ID, p movement.Purpose) *movement.Movement {
	for i := len(d.Movements) - 1; i >= 0; i-- {
		if m := &d.Movements[i]; m.Purpose == p && m.Carries(lineID) {
			return m
		}
	}
	return nil
}

// carried is a line's units in a movement.
func carried(m *movement.Movement, lineID id.ID) *movement.Line {
	for i := range m.Lines {
		if m.Lines[i].CaseLineID == lineID {
			return &m.Lines[i]
		}
	}
	return nil
}

// settlementsOf lists a line's settlements.
func (d *Dossier) settlementsOf(lineID id.ID) []settle.Settlement {
	var out []settle.Settlement
	for _, s := range d.Settlements {
		if s.LineID == lineID {
			out = append(out, s)
		}
	}
	return out
}

func (d *Dossier) warehouse(code string) (shop.Warehouse, error) {
	for _, w := range d.Warehouses {
		if w.Code == code {
			return w, nil
		}
	}
	return shop.Warehouse{}, errs.New(errs.Invalid, "flow.no_warehouse", errs.Args{"warehouse": errs.Clip(code)})
}

func (d *Dossier) warehouseCode(warehouseID id.ID) string {
	for _, w := range d.Warehouses {
		if w.ID == warehouseID {
			return w.Code
		}
	}
	return ""
}

// today is the shop's date.
func (d *Dossier) today() calendar.Date { return d.Calendar.DateOf(d.Now) }
