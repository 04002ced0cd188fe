package flow

import (
	"context"
	"slices"
	"strings"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/web"
)

// 序列号核对 — where the numbers of what was sold are known, those of what came back are scanned at inspection. A unit with
// another number is not the one that was sold: it is kept apart 隔离待查, nothing is decided and nothing paid for it, and a
// supervisor who has both numbers before him says what it is. The right ones of the same parcel go on.

const (
	Release Command = "release"  // 解除隔离: it is the unit that was sold, whatever the record says
	NotOurs Command = "not_ours" // 不是售出的那件，寄回
)

// SerialCheck is what is known of the serial numbers of a line.
type SerialCheck struct {
	Sold    []string          `json:"sold" nullable:"false" doc:"of all units of the order line"`
	Scanned []movement.Serial `json:"scanned" nullable:"false" doc:"of this line's units, oldest first"`
}

// serialCheck is nil where nobody noted what was sold.
func (d *Dossier) serialCheck(l line.Line) *SerialCheck {
	ol := d.orderLine(l)
	if ol == nil || len(ol.Serials) == 0 {
		return nil
	}
	out := &SerialCheck{Sold: ol.Serials, Scanned: []movement.Serial{}}
	for _, s := range d.Serials {
		if s.LineID == l.ID {
			out.Scanned = append(out.Scanned, s)
		}
	}
	return out
}

// quarantined says that units of a line are kept apart.
func (d *Dossier) quarantined(lineID id.ID) bool {
	return slices.ContainsFunc(d.Serials, func(s movement.Serial) bool { return s.LineID == lineID && s.State == movement.SerialQuarantined })
}

// readSerials adds what was scanned of a line's units, where the numbers that were sold are known.
func (d *Dossier) readSerials(tx *db.Tx, l line.Line) error {
	ol := d.orderLine(l)
	if ol == nil || len(ol.Serials) == 0 || slices.ContainsFunc(d.Serials, func(s movement.Serial) bool { return s.OrderLineID == ol.ID }) {
		return nil
	}
	found, err := movement.SerialsOf(tx, d.Shop.ID, ol.ID)
	d.Serials = append(d.Serials, found...)
	return err
}

// scannedUnits are the numbers scanned of a line at an inspection, told apart.
type scannedUnits struct {
	right []string // sold, and not here yet; those that are known of this line already aside
	other []string // another number than any that was sold, or one that is here already; "" where none could be read
}

// tellApart holds the numbers that were scanned against those that were sold: one for each unit.
func (d *Dossier) tellApart(l line.Line, scanned []string) (u scannedUnits, err error) {
	check := d.serialCheck(l)
	switch {
	case check == nil && len(scanned) > 0:
		return u, errs.New(errs.Conflict, "flow.serials_unknown")
	case check == nil:
		return u, nil
	}
	var faults errs.Faults
	seen := map[string]bool{}
	for i, s := range scanned {
		if strings.TrimSpace(s) == "" {
			u.other = append(u.other, "")
			continue
		}
		no, err := order.CleanSerial(s)
		switch {
		case err != nil:
			faults.Add("/serials/"+itoa(i), errs.As(err).Key, errs.As(err).Args)
		case seen[no]:
			faults.Add("/serials/"+itoa(i), "order.serial_twice", errs.Args{"serial": no})
		case d.isOurs(l, check.Sold, no):
			u.right = append(u.right, no)
		default:
			u.other = append(u.other, no)
		}
		seen[no] = true
	}
	units := l.Quantity
	if in := carried(d.incoming(l.ID), l.ID); in.Arrived != nil {
		units = min(units, *in.Arrived)
	}
	if int64(len(scanned)) != units {
		faults.Add("/serials", "order.serial_count", errs.Args{"units": units, "serials": len(scanned)})
	}
	return u, faults.Err()
}

// isOurs says that a number is one that was sold and has not come back with another line, or one that a supervisor let through
// for this one.
func (d *Dossier) isOurs(l line.Line, sold []string, no string) bool {
	ours := slices.Contains(sold, no)
	for _, s := range d.Serials {
		if s.OrderLineID != l.OrderLineID || s.Serial != no || !s.Here() {
			continue
		}
		if s.LineID != l.ID {
			return false
		}
		ours = true
	}
	return ours
}

// noteSerials writes what was scanned of a line: the right units stand by it, the others are taken out into a line of their
// own where both are there, and are kept apart.
func (c *change) noteSerials(lineID id.ID, u scannedUnits) {
	apart := lineID
	if l, _ := c.line(lineID, 0); len(u.other) > 0 && len(u.right) > 0 && !c.situation(*l).Ahead {
		c.split(lineID, int64(len(u.other)))
		apart = c.Lines[len(c.Lines)-1].ID
	}
	for _, no := range u.right {
		if !slices.ContainsFunc(c.Serials, func(s movement.Serial) bool { return s.LineID == lineID && s.Serial == no && s.Here() }) {
			c.scanned(lineID, no, movement.SerialRight)
		}
	}
	if len(u.other) == 0 {
		return
	}
	for _, no := range u.other {
		c.scanned(apart, no, movement.SerialQuarantined)
	}
	l, _ := c.line(apart, 0)
	m, code := c.whereIs(l)
	c.handOver(m, *carried(m, l.ID), movement.InWarehouse(code), movement.InQuarantine(code), int64(len(u.other)))
	c.event(audit.Line, apart, "quarantined", map[string]any{"scanned": u.other, "sold": c.orderLine(*l).Serials})
}

// scanned writes one number.
func (c *change) scanned(lineID id.ID, no string, state movement.SerialState) {
	l, _ := c.line(lineID, 0)
	m, _ := c.whereIs(l)
	s := movement.Serial{ID: id.New(), ShopID: c.Shop.ID, CaseID: c.Case.ID, LineID: lineID, OrderLineID: l.OrderLineID, MovementID: m.ID, Serial: no, State: state,
		ScannedAt: c.now, By: c.who.Name, Version: 1}
	movement.InsertSerial(c.b, s)
	c.Serials = append(c.Serials, s)
}

// whereIs is the parcel a line's units came in, and the warehouse they are in.
func (c *change) whereIs(l *line.Line) (*movement.Movement, string) {
	m := c.incoming(l.ID)
	return m, c.warehouseCode(m.WarehouseID)
}

// endSerials ends the scans of a line: units that were kept apart leave the quarantine.
func (c *change) endSerials(l *line.Line, to movement.SerialState, which func(movement.Serial) bool) (numbers []string) {
	var apart int64
	for i := range c.Serials {
		s := &c.Serials[i]
		if s.LineID != l.ID || !which(*s) {
			continue
		}
		if s.State == movement.SerialQuarantined {
			apart++
		}
		numbers = append(numbers, s.Serial)
		*s = movement.EndSerial(c.b, c.now, *s, to, c.who.Name)
	}
	if apart > 0 {
		m, code := c.whereIs(l)
		c.handOver(m, *carried(m, l.ID), movement.InQuarantine(code), movement.InWarehouse(code), apart)
	}
	return numbers
}

func isApart(s movement.Serial) bool { return s.State == movement.SerialQuarantined }

// Release records a supervisor's finding that a unit which was kept apart is the one that was sold after all: its record was
// wrong, say. It is inspected like any other then.
func (f *Flow) Release(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.apart(ctx, who, shopID, lineID, version, Release, reason, func(c *change, l *line.Line) {
		numbers := c.endSerials(l, movement.SerialReleased, isApart)
		c.event(audit.Line, l.ID, "released", map[string]any{"scanned": numbers, "sold": c.orderLine(*l).Serials})
	})
}

// NotOurs records a supervisor's finding that what came is another unit than the one that was sold: it goes home, and the line
// is refused. Sent the right one, the customer has it taken up again (Reopen).
func (f *Flow) NotOurs(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, reason string) (View, error) {
	return f.apart(ctx, who, shopID, lineID, version, NotOurs, reason, func(c *change, l *line.Line) {
		c.moveLine(l, line.Refuse, map[string]any{"why": "another unit", "sold": c.orderLine(*l).Serials})
		c.goHome(l)
	})
}

func (f *Flow) apart(ctx context.Context, who Actor, shopID, lineID id.ID, version int64, cmd Command, reason string, do func(c *change, l *line.Line)) (View, error) {
	if !who.Supervisor {
		return View{}, errs.New(errs.Forbidden, "flow.supervisor_needed")
	}
	return f.change(ctx, who, shopID, ofLine(shopID, lineID), func(d *Dossier) (step, error) {
		if _, err := d.lineFor(lineID, version, cmd); err != nil {
			return nil, err
		}
		return func(c *change) {
			l, _ := c.line(lineID, 0)
			c.addNote(reason, "", 0)
			do(c, l)
		}, nil
	})
}

// LineSerials are the serial numbers of one line of an order.
type LineSerials struct {
	LineID  id.ID    `json:"line_id"`
	Serials []string `json:"serials" minItems:"1" maxItems:"500" nullable:"false"`
}

// NoteSerials notes which units an order's lines were sold as, where nobody did before; the same once more changes nothing.
//
// Errors: Invalid order.serial_…; Conflict order.serial_noted where others were noted.
func (f *Flow) NoteSerials(ctx context.Context, who Actor, shopID, orderID id.ID, of []LineSerials) (Recorded, error) {
	return again(ctx, func() (Recorded, error) {
		out, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(context.Context) (struct{}, error) { return struct{}{}, nil },
			func(tx *db.Tx, _ struct{}) (Recorded, error) {
				r, err := readOrder(tx, shopID, orderID)
				if err != nil {
					return r, err
				}
				noted, err := r.withSerials(of)
				if err != nil || len(noted) == 0 {
					return r, err
				}
				err = filled(tx, func(b *db.Batch) error {
					for _, i := range noted {
						order.NoteSerials(b, shopID, r.Lines[i].ID, r.Lines[i].Serials)
						r.Lines[i].Version++
					}
					return audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Order, SubjectID: orderID, Actor: who.Name, Verb: "serials"}, map[string]any{"lines": len(noted)})
				})
				return r, err
			})
		return out, err
	})
}

// withSerials puts serial numbers to an order's lines and says which lines have new ones.
func (r *Recorded) withSerials(of []LineSerials) (noted []int, err error) {
	var faults errs.Faults
	for i, x := range of {
		path := "/lines/" + itoa(i)
		at := slices.IndexFunc(r.Lines, func(l order.Line) bool { return l.ID == x.LineID })
		if at < 0 {
			faults.Add(path+"/line_id", "order.line_not_found", errs.Args{"line": x.LineID.String()})
			continue
		}
		l := &r.Lines[at]
		serials, err := order.CleanSerials(x.Serials, l.Quantity)
		if err == nil {
			err = l.Disagree(serials)
		}
		if err != nil {
			faults.Add(path+"/serials", errs.As(err).Key, errs.As(err).Args)
			continue
		}
		if len(l.Serials) == 0 {
			l.Serials = serials
			noted = append(noted, at)
		}
	}
	return noted, faults.Err()
}

var _ = errs.Register(map[string]errs.Text{
	"flow.serials_unknown": {ZhCN: "这件商品售出时没有登记序列号，不用扫描。", En: "No serial numbers were noted when this was sold; none need to be scanned."},
})
