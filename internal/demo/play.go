package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/app"
	"github.com/sanbao/sanbao/internal/chat"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/flow"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/internal/order/export"
	"github.com/sanbao/sanbao/internal/settle"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/stock"
	"github.com/sanbao/sanbao/rule"
)

// stage is where cases are played: a node whose clock is turned back to the time of each step. The first fault ends the
// play; later steps do nothing.
type stage struct {
	ctx   context.Context
	app   *app.App
	clock *clock.Fake
	now   clock.Instant // of seeding
	err   error
}

// scene is one case being played.
type scene struct {
	*stage
	no     string // of the case in the data sheet: "SH-01"
	shop   shop.Shop
	cal    *calendar.Calendar
	bought []order.Line
	view   flow.View
}

// story is a case, and what must come out of it: the status of its first line, and what that line brings the customer.
type story struct {
	no, shop string
	opened   time.Duration // before now: cases are played in the order in which they were opened
	status   string
	total    int64 // fen; 0: no money is decided
	play     func(c *scene)
}

// play plays the stories of the shops there are.
func (s *stage) play(shops []shop.Shop, stories []story) error {
	slices.SortStableFunc(stories, func(a, b story) int { return int(b.opened - a.opened) })
	for _, t := range stories {
		i := slices.IndexFunc(shops, func(x shop.Shop) bool { return x.Code == t.shop })
		if i < 0 {
			continue
		}
		cal, err := calendar.Load(shops[i].Calendar)
		if err != nil {
			return err
		}
		c := &scene{stage: s, no: t.no, shop: shops[i], cal: cal}
		s.ago(t.opened)
		t.play(c)
		if total := c.total(); s.err == nil && (c.status() != t.status || total != t.total) {
			s.err = fmt.Errorf("its first line is %q and brings %d, not %q and %d", c.status(), total, t.status, t.total)
		}
		if s.err != nil {
			return fmt.Errorf("demo case %s: %w", t.no, s.err)
		}
	}
	s.clock.Set(s.now)
	return nil
}

// ago turns the clock to a time before now.
func (s *stage) ago(d time.Duration) { s.clock.Set(s.now.Add(-d)) }

func (c *scene) status() string {
	if len(c.view.Lines) == 0 {
		return ""
	}
	return c.view.Lines[0].Status
}

// total is what the first line's decision gives back.
func (c *scene) total() int64 {
	if c.err != nil || len(c.view.Lines) == 0 || c.view.Lines[0].Gives == nil {
		return 0
	}
	return *c.view.Lines[0].Gives
}

// does runs a command and keeps the case as it then is.
func (c *scene) does(run func() (flow.View, error)) {
	if c.err != nil {
		return
	}
	v, err := run()
	if err != nil {
		c.err = err
		return
	}
	c.view = v
}

// sale is a purchase as a platform reports it.
type sale struct {
	sku      string
	variant  string // "黑 38"
	code     string // of the variant, behind the article's: "BLK-38"
	quantity int64
	paid     int // days ago
	signed   int // days ago; -1: not yet
	by       buyer
	attrs    order.Attrs
	freight  int64  // fen, paid by the customer
	platform string // "" is the shop's own web store or chat: paid through the gateway, buyers in clear
}

// buyer is a customer; platforms mask name and phone.
type buyer struct{ nick, name, phone string }

// sells records a purchase and remembers its lines.
func (c *scene) sells(x sale) {
	if c.err != nil {
		return
	}
	a, ok := find(x.sku)
	if !ok {
		c.err = fmt.Errorf("no article %s", x.sku)
		return
	}
	opened := c.clock.Now()
	at := func(days int) clock.Instant { return c.now.Add(-time.Duration(days) * 24 * time.Hour) }
	paid := at(x.paid)
	n := max(x.quantity, 1)
	title := strings.TrimSpace(a.title + " " + x.variant)
	o := flow.NewOrder{OrderNo: orderNo(c.no), Channel: order.Distance, Status: "交易成功", OrderedAt: paid, PaidAt: &paid, FreightPaid: x.freight, Attrs: x.attrs,
		Buyer:    flow.Buyer{Key: x.by.nick, Nick: x.by.nick, Name: x.by.name, Phone: x.by.phone},
		Lines:    []flow.NewOrderLine{{SKU: strings.TrimSuffix(x.sku+"-"+x.code, "-"), Title: title, Category: a.category, Quantity: n, UnitPrice: a.price, Net: a.price * n, Attrs: a.attrs}},
		Payments: []flow.NewPayment{{Tender: "alipay", Route: settle.ByMarketplace, Reference: "DEMO-" + c.no, Captured: a.price*n + x.freight}}}
	if o.Platform = x.platform; x.platform == "" {
		o.Payments[0].Tender, o.Payments[0].Route = "wechat", settle.ByGateway
	}
	shipped := paid.Add(20 * time.Hour)
	o.ShippedAt = &shipped
	if x.signed >= 0 {
		signed := c.cal.DateOf(at(x.signed))
		o.SignedOn, o.SignedBy = &signed, "self"
	}
	r, err := c.app.Flow.RecordOrder(c.ctx, flow.Actor{Name: "import"}, c.shop.ID, o)
	c.bought, c.err = r.Lines, err
	c.clock.Set(opened)
}

// orderNo is the order number of a demo case, 18 digits that begin with 99: SH-01 is 990000010000000001.
func orderNo(no string) string {
	prefix, n, _ := strings.Cut(no, "-")
	return fmt.Sprintf("99%06d%010s", 1+slices.Index(prefixes, prefix), n)
}

// prefixes begin the numbers of the cases, a shop each.
var prefixes = []string{"SH", "CO", "SN", "JD", "CH", "WS"}

// asked is what the customer asks for; the first line bought, one unit, unless it says otherwise.
type asked struct {
	ground, remedy string
	wanted         string
	quantity       int64
	facts          map[string]any
	evidence       string
	note, progress string
	on             int // days ago: the customer's notice, when that was earlier
}

// asks opens the case.
func (c *scene) asks(who, channel string, x asked) {
	c.does(func() (flow.View, error) {
		facts, err := encode(x.facts)
		if err != nil {
			return flow.View{}, err
		}
		a := flow.Application{Channel: channel, Note: x.note, Progress: x.progress, Lines: []flow.Asked{{OrderLineID: c.bought[0].ID, Quantity: max(x.quantity, 1),
			Ground: x.ground, Remedy: x.remedy, Wanted: x.wanted, Facts: facts, Evidence: x.evidence}}}
		if x.on > 0 {
			day := c.cal.DateOf(c.now).AddDays(-x.on)
			a.AppliedOn = &day
		}
		return c.app.Flow.Apply(c.ctx, flow.Actor{Name: who}, c.shop.ID, a)
	})
}

func encode(facts map[string]any) (map[string]json.RawMessage, error) {
	out := map[string]json.RawMessage{}
	for name, v := range facts {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out[name] = b
	}
	return out, nil
}

func (c *scene) line() id.ID   { return c.view.Lines[0].ID }
func (c *scene) parcel() id.ID { return c.view.Movements[len(c.view.Movements)-1].ID }
func (c *scene) money() id.ID  { return c.view.Settlements[len(c.view.Settlements)-1].ID }

// stocks says what there is to send.
func (c *scene) stocks(rows ...stock.Told) {
	if c.err == nil {
		c.err = c.app.DB.Write(c.ctx, func(tx *db.Tx) error {
			_, err := stock.SetAll(tx, "admin", c.shop.ID, rows)
			return err
		})
	}
}

// assigned gives the case to somebody.
func (c *scene) assigned(who string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.Assign(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.view.Case.ID, loginOf(who))
	})
}

func (c *scene) agrees(who string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.Approve(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.line(), 0)
	})
}

// agreesAs is the yes of a supervisor.
func (c *scene) agreesAs(who string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.Approve(c.ctx, flow.Actor{Name: who, Supervisor: true}, c.shop.ID, c.line(), 0)
	})
}

// counts imports what 千牛's refund list says of the case: the platform decides by itself so long from now.
func (c *scene) counts(left time.Duration) {
	if c.err != nil {
		return
	}
	stamp := func(at clock.Instant) string { return at.Time().In(c.cal.Zone()).Format(time.DateTime) }
	m := c.view.Lines[0]
	text := "退款编号,订单编号,买家退款金额,是否需要退货,退款的申请时间,退款状态,超时时间\n" +
		fmt.Sprintf("99%s,%s,%d.%02d,需要退货,%s,买家已经申请退款，等待卖家同意,%s\n", orderNo(c.no)[4:], orderNo(c.no), c.total()/100, c.total()%100,
			stamp(c.clock.Now()), stamp(c.now.Add(left)))
	r, err := c.app.Flow.Import(c.ctx, flow.Actor{Name: "import"}, flow.Import{ShopID: c.shop.ID, Preset: "taobao-refund", Actor: "import", Ground: m.Ground,
		Orders: export.File{Name: "退款列表.csv", Data: strings.NewReader(text), Size: int64(len(text))}})
	if err == nil && (r.AfterSale == nil || r.AfterSale.Linked != 1) {
		err = fmt.Errorf("the refund list was not linked: %+v", r.AfterSale)
	}
	if err != nil {
		c.err = err
		return
	}
	c.does(func() (flow.View, error) { return c.app.Flow.View(c.ctx, c.shop.ID, c.view.Case.ID) })
}

// day is the shop's date so many days before now, date the same as facts have it.
func (c *scene) day(ago int) calendar.Date { return c.cal.DateOf(c.now).AddDays(-ago) }
func (c *scene) date(ago int) string       { return c.day(ago).String() }

func (c *scene) answers(who string, facts map[string]any, evidence string) {
	c.does(func() (flow.View, error) {
		f, err := encode(facts)
		if err != nil {
			return flow.View{}, err
		}
		return c.app.Flow.Answer(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.line(), 0, rule.AtEvidence, f, evidence)
	})
}

func (c *scene) sent(who, carrier, waybill string, freight int64) {
	c.does(func() (flow.View, error) {
		w := flow.Waybill{Carrier: carrier, Waybill: waybill, Freight: freight}
		if freight > 0 {
			w.AdvancedBy = "customer"
		}
		return c.app.Flow.FillWaybill(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.parcel(), 0, w)
	})
}

// stopped records that the carrier has stopped the parcel.
func (c *scene) stopped(who, carrier, waybill, note string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.Stopped(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.parcel(), 0, flow.CarrierAnswer{Carrier: carrier, Waybill: waybill, Note: note})
	})
}

func (c *scene) signs(who string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.SignFor(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.parcel(), 0, nil)
	})
}

func (c *scene) opens(who string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.Receive(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.parcel(), 0,
			flow.Opening{Counts: []flow.Count{{LineID: c.line(), Arrived: c.view.Lines[0].Quantity}}})
	})
}

func (c *scene) inspects(who string, facts map[string]any) {
	c.does(func() (flow.View, error) {
		f, err := encode(facts)
		if err != nil {
			return flow.View{}, err
		}
		return c.app.Flow.Inspect(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.line(), 0, f, "验货照片")
	})
}

func (c *scene) approvesMoney(who string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.ApproveMoney(c.ctx, flow.Actor{Name: who, Finance: true}, c.shop.ID, c.money(), 0)
	})
}

// confirms records a refund made on the platform.
func (c *scene) confirms(who string) {
	c.does(func() (flow.View, error) {
		m := c.view.Settlements[len(c.view.Settlements)-1]
		return c.app.Flow.Confirm(c.ctx, flow.Actor{Name: who, Finance: true}, c.shop.ID, m.ID, 0,
			settle.Confirmation{ExternalNo: "TK-" + c.no, Minor: m.Minor, At: c.clock.Now(), Proof: "平台退款截图"})
	})
}

// talk adds a conversation that began so long ago, a line every two minutes: "顾客 …" or a colleague's name and what he
// wrote.
func (c *scene) talk(began time.Duration, lines ...string) {
	if c.err != nil {
		return
	}
	then := c.clock.Now()
	for i, l := range lines {
		who, text, _ := strings.Cut(l, " ")
		said := flow.Said{From: chat.Staff, Author: who, Text: text}
		if who == "顾客" {
			said.From, said.Author = chat.Customer, ""
		}
		c.ago(began - time.Duration(i)*2*minute)
		if _, err := c.app.Flow.Say(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.view.Case.ID, said); err != nil {
			c.err = err
			return
		}
	}
	c.clock.Set(then)
}

// notes adds a note.
func (c *scene) notes(who, text, progress string) {
	c.does(func() (flow.View, error) {
		return c.app.Flow.Note(c.ctx, flow.Actor{Name: who}, c.shop.ID, c.view.Case.ID, text, progress, 0)
	})
}

// shopsOf reads the shops there are.
func shopsOf(ctx context.Context, d *db.DB) (out []shop.Shop, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		out, err = shop.List(tx)
		return err
	})
	return out, err
}
