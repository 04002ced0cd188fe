package flow

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/audit"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/job"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/web"
	"github.com/sanbao/sanbao/rule"
)

// 延迟发货赔付 — an article that left later than it was promised to is found by itself, and what the shop's policy promises for that is asked
// for without waiting for the customer (S1-108): once for each article, whether it leaves after that or never. The policy says how much, and
// whether a person looks at it first. Where it promises nothing, no case is opened.

const (
	dispatchKind  job.Kind = "late_dispatch"
	dispatchPause          = 5 * time.Minute
	dispatchPage           = 100

	lateGround = "late_dispatch" // the ground under which lateness is asked to be made good
)

// StartDispatch sets the job going that finds what left too late. It goes on for ever; another one beside it is not started.
func (f *Flow) StartDispatch(ctx context.Context) error {
	return f.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := f.Jobs.Enqueue(tx, dispatchKind, struct{}{}, job.Unique("dispatch"))
		return err
	})
}

// dispatches looks at every promise whose time is over. What fails keeps no other back, and is tried again.
func (f *Flow) dispatches(ctx context.Context, _ job.Job) error {
	var shops []shop.Shop
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		shops, err = shop.List(tx)
		return err
	})
	for _, s := range shops {
		err = errors.Join(err, f.dispatchesOf(ctx, s.ID))
	}
	if err != nil {
		return err
	}
	return job.Snooze(dispatchPause)
}

func (f *Flow) dispatchesOf(ctx context.Context, shopID id.ID) (failed error) {
	var last order.Dispatch
	done := map[id.ID]bool{}
	for {
		var page []order.Dispatch
		err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
			page, err = order.DispatchesDue(tx, shopID, tx.Now, last, dispatchPage)
			return err
		})
		if err != nil || len(page) == 0 {
			return errors.Join(failed, err)
		}
		for _, d := range page {
			if !done[d.OrderID] {
				done[d.OrderID] = true
				if err := f.dispatchOf(ctx, shopID, d.OrderID); err != nil {
					failed = errors.Join(failed, fmt.Errorf("dispatch of order %s: %w", d.OrderID, err))
				}
			}
		}
		last = page[len(page)-1]
	}
}

// lateness is what the promises of one order came to.
type lateness struct {
	ended []order.Dispatch // of which nothing more follows
	late  []order.Dispatch
	asked Application // for the late ones
}

// dispatchOf ends the promises of an order that are due, and asks for what the policy gives for those that were missed.
func (f *Flow) dispatchOf(ctx context.Context, shopID, orderID id.ID) error {
	type planned struct {
		lateness
		opening
	}
	_, err := again(ctx, func() (View, error) {
		v, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(ctx context.Context) (p planned, err error) {
			err = f.DB.Read(ctx, func(tx *db.Tx) error {
				p.lateness, err = f.lateOf(tx, shopID, orderID)
				return err
			})
			if err == nil {
				p.lateness, p.opening, err = f.planLate(ctx, shopID, p.lateness)
			}
			return p, err
		}, func(tx *db.Tx, p planned) (View, error) {
			if len(p.asked.Lines) == 0 {
				return View{}, filled(tx, func(b *db.Batch) error { return endDispatch(b, p.ended) })
			}
			return f.apply(tx, System, p.d, func(c *change) {
				c.note(endDispatch(c.b, p.ended))
				c.open(p.asked, p.opening)
			})
		})
		return v, err
	})
	return err
}

func endDispatch(b *db.Batch, ended []order.Dispatch) error {
	for _, d := range ended {
		order.SaveDispatch(b, d)
	}
	return nil
}

// lateOf tells the promises of an order apart that are due: kept, binding no longer, or missed. What the customer wanted his money back for
// before it was due did not have to leave.
func (f *Flow) lateOf(tx *db.Tx, shopID, orderID id.ID) (out lateness, err error) {
	o, err := order.Get(tx, shopID, orderID)
	if err != nil {
		return out, err
	}
	lines, err := order.Lines(tx, shopID, orderID)
	if err != nil {
		return out, err
	}
	promises, err := order.Dispatches(tx, shopID, orderID)
	if err != nil {
		return out, err
	}
	for _, d := range promises {
		if d.State != order.DispatchOpen || d.DueAt == nil || *d.DueAt >= tx.Now {
			continue
		}
		i := slices.IndexFunc(lines, func(l order.Line) bool { return l.ID == d.LineID })
		before, err := takenBefore(tx, shopID, lines[i], d.ShipBy)
		if err != nil {
			return out, err
		}
		units := lines[i].Quantity - before
		switch {
		case !d.Late(tx.Now):
			out.ended = append(out.ended, d.End(order.DispatchKept, "", 0))
		case d.ShippedAt == nil && order.Cancelled(o.Status) || units <= 0:
			out.ended = append(out.ended, d.End(order.DispatchReleased, order.ByCancelled, 0))
		default:
			out.late = append(out.late, d)
			out.asked.Lines = append(out.asked.Lines, Asked{OrderLineID: d.LineID, Quantity: units, Ground: lateGround, Remedy: string(rule.Compensation)})
		}
	}
	return out, nil
}

// takenBefore is how many units of an article were asked to be taken back before a time.
func takenBefore(tx *db.Tx, shopID id.ID, ol order.Line, at clock.Instant) (units int64, err error) {
	if ol.Claimed == 0 {
		return 0, nil
	}
	asked, err := line.OfOrderLine(tx, shopID, ol.ID)
	for _, l := range asked {
		if !l.Claims() {
			continue
		}
		c, err := cases.Get(tx, shopID, l.CaseID)
		if err != nil {
			return 0, err
		}
		if c.OpenedAt <= at {
			units += l.Quantity
		}
	}
	return units, err
}

// planLate decides what is late, and lays out a case for what the policy gives something for. Of the rest it is noted that it was missed.
func (f *Flow) planLate(ctx context.Context, shopID id.ID, l lateness) (lateness, opening, error) {
	if len(l.late) == 0 {
		return l, opening{}, nil
	}
	l.asked.Channel = "platform"
	decisions, err := f.Preview(ctx, System, shopID, l.asked)
	if err = quicker(err); err != nil && !refusal(err) {
		return l, opening{}, err
	}
	if err != nil { // the shop's packs do not know the ground: nothing was promised
		decisions = make([]*rule.Decision, len(l.late))
	}
	var ask []Asked
	for i, d := range decisions {
		if d != nil && gives(d) {
			ask = append(ask, l.asked.Lines[i])
			continue
		}
		l.ended = append(l.ended, l.late[i].End(order.DispatchMissed, "", 0))
	}
	if l.asked.Lines = ask; len(ask) == 0 {
		return l, opening{}, nil
	}
	o, err := f.planOpening(ctx, System, shopID, l.asked)
	if err == nil {
		l.asked.Note = o.d.lateNote()
	}
	return l, o, quicker(err)
}

// quicker says of a case that somebody opened since the promises were read that it is planned anew.
func quicker(err error) error {
	if e := errs.As(err); e != nil && e.Key == "flow.late_claimed" {
		return errs.Wrap(err, errs.Conflict, "db.stale")
	}
	return err
}

// lateNote tells the people of the case why it is there.
func (d *Dossier) lateNote() string {
	var out string
	at := func(t clock.Instant) string { return t.Time().In(d.Calendar.Zone()).Format("2006-01-02 15:04") }
	for _, l := range d.Lines {
		p := d.Dispatch[l.OrderLineID]
		left := "还没有发货记录"
		if p.ShippedAt != nil {
			left = at(*p.ShippedAt) + " 才发出"
		}
		if out != "" {
			out += "\n"
		}
		out += fmt.Sprintf("%s：承诺 %s 前发货，%s", d.orderLine(l).Title, at(p.ShipBy), left)
	}
	return "系统查到延迟发货。" + out
}

// dispatchFacts are what the record tells of the time by which a line's article was promised to leave.
func dispatchFacts(d *Dossier, l line.Line) rule.Facts {
	fs := rule.Facts{}
	var promise *order.Dispatch
	if p, ok := d.Dispatch[l.OrderLineID]; ok {
		promise = &p
	}
	order.DispatchFacts(fs, d.Orders[l.OrderID], promise, d.Now)
	return fs
}

// forLate says that a line asks for lateness to be made good.
func forLate(l line.Line) bool {
	return l.Ground == lateGround && l.Remedy == string(rule.Compensation)
}

// notClaimedYet refuses to ask once more for an article's lateness to be made good: the case there is can be taken up again.
func (d *Dossier) notClaimedYet(tx *db.Tx, l line.Line) error {
	p := d.Dispatch[l.OrderLineID]
	if p.CaseID == 0 || !forLate(l) {
		return nil
	}
	c, err := cases.Get(tx, d.Shop.ID, p.CaseID)
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "flow.late_claimed", errs.Args{"case": c.Number})
}

// missed notes on an article's promise in which case its lateness is made good, whoever asked for that.
func (c *change) missed(l line.Line) {
	p, ok := c.Dispatch[l.OrderLineID]
	if !ok || !forLate(l) || p.CaseID != 0 || p.State == order.DispatchReleased || !p.Late(c.now) {
		return
	}
	c.Dispatch[l.OrderLineID] = order.SaveDispatch(c.b, p.End(order.DispatchMissed, "", c.Case.ID))
}

// pricedLines are the lines of a line's order as its amount is worked out on. What an amount and nothing else is reckoned from is what was
// paid, whatever came back since.
func (d *Dossier) pricedLines(l line.Line) []order.Line {
	lines := d.linesBefore(l)
	if !rule.Remedy(l.Remedy).IsAmount() {
		return lines
	}
	lines = slices.Clone(lines)
	for i := range lines {
		if lines[i].ID == l.OrderLineID {
			lines[i].AllocatedUnits, lines[i].AllocatedMinor = 0, 0
		}
	}
	return lines
}

// Postponement moves on until when articles of an order are to leave.
type Postponement struct {
	Why   string         `json:"why" enum:"customer,agreed,presale" doc:"the customer asked for it; agreed with him; a presale whose date was named"`
	Until *clock.Instant `json:"until,omitempty" doc:"the new time; without it, where the customer asked, none is promised any more"`
	Lines []int64        `json:"lines,omitempty" maxItems:"500" doc:"numbers of the lines; all whose time is not over yet without"`
	Note  string         `json:"note,omitempty" maxLength:"500" doc:"what was agreed, and where that can be read"`
}

// Postpone moves on until when articles of an order were promised to leave, by agreement with the customer. What came of a promise already
// is not changed.
//
// Errors: order.not_found, flow.no_dispatch (conflict), those of order.Dispatch.Postpone.
func (f *Flow) Postpone(ctx context.Context, who Actor, shopID, orderID id.ID, p Postponement) (Recorded, error) {
	why := order.Release("")
	if p.Why == "customer" {
		why = order.ByCustomer
	}
	return again(ctx, func() (Recorded, error) {
		r, _, err := web.Once(ctx, f.DB, web.OnceOf(ctx), func(ctx context.Context) (r Recorded, err error) {
			err = f.DB.Read(ctx, func(tx *db.Tx) error {
				r, err = readOrder(tx, shopID, orderID)
				return err
			})
			return r, err
		}, func(tx *db.Tx, r Recorded) (Recorded, error) {
			r.Dispatch = slices.Clone(r.Dispatch)
			moved := 0
			err := filled(tx, func(b *db.Batch) error {
				for i, d := range r.Dispatch {
					if !p.about(r, d) || len(p.Lines) == 0 && !d.Movable(tx.Now) {
						continue
					}
					next, err := d.Postpone(tx.Now, p.Until, why)
					if err != nil {
						return err
					}
					r.Dispatch[i] = order.SaveDispatch(b, next)
					moved++
				}
				if moved == 0 {
					return errs.New(errs.Conflict, "flow.no_dispatch")
				}
				return audit.Write(b, tx.Now, audit.Event{ShopID: shopID, Subject: audit.Order, SubjectID: orderID, Actor: who.Name, Verb: "postponed"}, p)
			})
			return r, err
		})
		return r, err
	})
}

// about says that a postponement is about an article.
func (p Postponement) about(r Recorded, d order.Dispatch) bool {
	return len(p.Lines) == 0 || slices.ContainsFunc(r.Lines, func(l order.Line) bool { return l.ID == d.LineID && slices.Contains(p.Lines, l.LineNo) })
}

func (f *Flow) dispatchRoutes(s *web.Server) {
	web.Register(s, web.Op{Method: http.MethodPost, Path: web.ShopRoot + "/orders/{order}/postpone", ID: "postpone-dispatch", Tag: "orders", Scope: auth.CasesWrite, Once: true,
		Summary: "Move on until when articles were promised to leave, by agreement 改约发货时间"},
		func(ctx context.Context, in *struct {
			Order web.ID `path:"order"`
			Body  Postponement
		}) (*web.Reply[Recorded], error) {
			r, err := f.Postpone(ctx, actor(ctx), web.Shop(ctx), in.Order.ID, in.Body)
			return &web.Reply[Recorded]{Body: r}, err
		})
}
