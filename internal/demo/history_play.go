package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/cases"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/rule"
)

// tale is a case of the history before anybody decides it: what was bought and is asked for, and what kind of people have
// to do with it. What becomes of it is the policy's to say.
type tale struct {
	shop   string
	sale   sale
	asked  asked
	who    string // of the shop's staff
	used   int    // days ago: when it was opened, 0 never
	silent bool   // the customer neither sends nor shows anything: his time runs out
	stingy bool   // he turns offers down
	worse  bool   // the inspector finds what the customer did not say
	r      *rand.Rand
}

// tells plays a tale from its beginning until nobody has anything to do any more.
func (c *scene) tells(t *tale) {
	c.sells(t.sale)
	if t.used > 0 {
		t.facts("goods.opened_on", c.date(t.used))
	}
	c.asks(t.who, "chat", t.asked)
	c.assigned(t.who)
	for range 24 {
		if c.err != nil || c.view.Case.Status == cases.Closed {
			return
		}
		c.next(t)
	}
	c.fails("it does not end: %s", c.status())
}

func (c *scene) fails(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// later lets time pass, between least and most. At night nobody works; customers do not mind.
func (c *scene) later(t *tale, least, most time.Duration) {
	c.clock.Advance(least + time.Duration(t.r.Int64N(int64(most-least))))
}

func (c *scene) working(t *tale, least, most time.Duration) {
	c.later(t, least, most)
	local := c.clock.Now().Time().In(c.cal.Zone())
	if h := local.Hour(); h < 9 || h >= 21 {
		c.clock.Advance(time.Duration((33-h)%24)*time.Hour + time.Duration(t.r.IntN(90))*time.Minute)
	}
}

// next does what the case waits for, after as long as people take.
func (c *scene) next(t *tale) {
	switch s := c.status(); s {
	case "requested", "awaiting_approval", "disputed":
		c.working(t, 5*minute, 5*hour)
		c.agreesAs("老周")
	case "needs_facts", "needs_evidence":
		c.asksBack(t)
	case "offered":
		c.later(t, 10*minute, 20*hour)
		c.answersOffer(t)
	case "awaiting":
		c.sendsBack(t)
	case "in_transit", "signed_for", "intercepted":
		c.later(t, 20*hour, 70*hour)
		c.working(t, hour, 6*hour)
		c.opens("阿岳")
	case "received":
		c.working(t, 20*minute, 8*hour)
		c.inspected(c.found(t))
	case "intercepting":
		c.working(t, hour, 10*hour)
		c.stopped(t.who, "圆通", c.waybill(t), "快递确认已拦截")
	case "to_ship":
		c.working(t, 2*hour, 20*hour)
		c.ships(t, flow.ShipOut)
	case "shipped":
		c.later(t, 30*hour, 80*hour)
		c.ships(t, flow.Delivered)
	case "awaiting_approval.money":
		c.working(t, hour, 18*hour)
		c.pays(flow.ApproveMoney)
	case "on_platform", "approved_to_pay", "computed", "processing":
		c.working(t, hour, 12*hour)
		c.pays(flow.Confirm)
	default:
		c.fails("nobody knows what to do with %q", s)
	}
}

// decision is the first line's.
func (c *scene) decision() *rule.Decision {
	d, err := rule.ParseDecision(c.view.Lines[0].Decision)
	if err != nil {
		c.err = err
		return &rule.Decision{}
	}
	return d
}

// asksBack has the customer show what is asked for, or leave it.
func (c *scene) asksBack(t *tale) {
	if t.silent {
		c.runsOut()
		return
	}
	facts := map[string]any{}
	d := c.decision()
	for _, q := range d.Open {
		facts[q.Fact] = fine(q.Fact)
	}
	if b := d.Asked(); b != nil {
		for _, e := range b.Evidence {
			facts[e.Fact] = true
		}
	}
	c.later(t, 10*minute, 30*hour)
	c.answers(t.who, facts, "顾客发来的照片")
}

// runsOut lets the customer's time run out.
func (c *scene) runsOut() {
	l := c.view.Lines[0]
	by := l.AnswerBy
	if c.status() == "awaiting" {
		by = c.view.Movements[len(c.view.Movements)-1].SendBy
	}
	if by == nil {
		c.does(func() (flow.View, error) {
			return c.app.Flow.Cancel(c.ctx, flow.Actor{Name: "小满"}, c.shop.ID, l.ID, 0, "顾客不再回复")
		})
		return
	}
	c.clock.Set(c.cal.EndOf(*by).Add(2 * minute))
	c.does(func() (flow.View, error) { return c.app.Flow.Expire(c.ctx, flow.System, c.shop.ID, l.ID, 0) })
}

func (c *scene) answersOffer(t *tale) {
	c.does(func() (flow.View, error) {
		if t.stingy {
			return c.app.Flow.TurnDown(c.ctx, flow.Actor{Name: t.who}, c.shop.ID, c.line(), 0, "顾客想想还是算了")
		}
		return c.app.Flow.Accept(c.ctx, flow.Actor{Name: t.who}, c.shop.ID, c.line(), 0)
	})
}

func (c *scene) sendsBack(t *tale) {
	if t.silent {
		c.runsOut()
		return
	}
	c.later(t, 3*hour, 60*hour)
	c.sent(t.who, "圆通", c.waybill(t), 0)
}

func (c *scene) waybill(t *tale) string {
	return fmt.Sprintf("YTDEMO%s%02d", c.no[strings.Index(c.no, "-")+1:], t.r.IntN(100))
}

// found is what the inspector finds: what was presumed, or for once something else.
func (c *scene) found(t *tale) map[string]any {
	facts := map[string]any{}
	b := c.decision().Asked()
	if b == nil {
		return facts
	}
	for _, x := range b.Conditions {
		if x.MustBe == "true" || x.MustBe == "false" {
			facts[x.Fact] = x.MustBe == "true"
		}
	}
	if worn, presumed := facts["goods.worn"].(bool); t.worse && presumed {
		facts["goods.worn"] = !worn
	}
	return facts
}

// inspected fills in the sheet, and what it is still missed when it is sent off.
func (c *scene) inspected(facts map[string]any) {
	c.inspects("阿岳", facts)
	if e := errs.As(c.err); c.err != nil && e.Key == "flow.inspection_incomplete" {
		c.err = nil
		for _, f := range e.Fields {
			facts[strings.TrimPrefix(f.Path, "/facts/")] = fine(strings.TrimPrefix(f.Path, "/facts/"))
		}
		c.inspects("阿岳", facts)
	}
}

// fine is what is said of a fact where nothing is the matter: goods are as they were, and what is claimed is so.
func fine(fact string) bool { return !strings.HasPrefix(fact, "goods.") || fact == "goods.resaleable" }

// ships sends out what goes to the customer, or records that he has it.
func (c *scene) ships(t *tale, do flow.Command) {
	for _, m := range c.view.Movements {
		if !slices.Contains(m.Allowed, do) {
			continue
		}
		c.does(func() (flow.View, error) {
			if do == flow.Delivered {
				return c.app.Flow.Delivered(c.ctx, flow.System, c.shop.ID, m.ID, 0)
			}
			return c.app.Flow.ShipOut(c.ctx, flow.Actor{Name: "阿岳"}, c.shop.ID, m.ID, 0, flow.Waybill{Carrier: "圆通", Waybill: c.waybill(t)})
		})
		return
	}
	c.fails("no parcel to %s", do)
}

// pays approves or confirms the first money that waits for it.
func (c *scene) pays(do flow.Command) {
	for i, m := range c.view.Settlements {
		if !slices.Contains(m.Allowed, do) {
			continue
		}
		c.does(func() (flow.View, error) {
			who := flow.Actor{Name: "静姐", Finance: true}
			if do == flow.ApproveMoney {
				return c.app.Flow.ApproveMoney(c.ctx, who, c.shop.ID, m.ID, 0)
			}
			return c.app.Flow.Confirm(c.ctx, who, c.shop.ID, m.ID, 0,
				settle.Confirmation{ExternalNo: fmt.Sprintf("TK-%s-%d", c.no, i), Minor: m.Minor, At: c.clock.Now(), Proof: "平台退款截图"})
		})
		return
	}
	c.fails("no money to %s in %q", do, c.status())
}

// historyNo is the number of the n-th case of the history of a shop: far behind those of the data sheet.
func historyNo(prefix string, n int) string { return fmt.Sprintf("%s-%d", prefix, 1_000_000_000+n) }
