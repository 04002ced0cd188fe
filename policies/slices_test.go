package policies_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/clock"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/line"
	"github.com/sanbao/sanbao/internal/movement"
	"github.com/sanbao/sanbao/internal/order"
	"github.com/sanbao/sanbao/rule"
)

// matter is what the slices hold about one case line.
type matter struct {
	order    order.Order
	sold     order.Line
	units    int64
	line     line.Line
	parcel   *movement.Movement
	findings []line.Finding
}

// decide asks the packs at noon of a day with nothing but what the slices produce.
func (m matter) decide(t *testing.T, stage rule.Stage, on calendar.Date, calID string, dirs ...string) *rule.Decision {
	t.Helper()
	voc, packs := load(t)
	var bound []*rule.Pack
	for _, dir := range dirs {
		bound = append(bound, packs[dir])
	}
	book, err := rule.NewBook(bound)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Load(calID)
	if err != nil {
		t.Fatal(err)
	}
	fs, err := order.Facts(m.order, []order.Line{m.sold}, m.sold.ID, m.units, order.Taken{}, cal)
	if err != nil {
		t.Fatal(err)
	}
	found, err := line.FromFindings(voc, m.findings)
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range []rule.Facts{line.ApplicationFacts(m.line), movement.Facts(m.parcel, cal), found} {
		for name, readings := range more {
			for _, r := range readings {
				fs.Put(name, r.Stage, r.Value)
			}
		}
	}
	d, err := book.Decide(rule.Input{Facts: fs, Stage: stage, At: cal.StartOf(on).Add(12 * time.Hour), Ground: m.line.Ground,
		Remedy: rule.Remedy(m.line.Remedy), Calendar: cal})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func day(month time.Month, d int) calendar.Date { return calendar.DateOf(2026, month, d) }

func instant(t *testing.T, s string) *clock.Instant {
	t.Helper()
	i, err := clock.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return &i
}

func want(t *testing.T, d *rule.Decision, outcome rule.Outcome, refund int64) {
	t.Helper()
	if d.Outcome != outcome || len(d.Open) > 0 {
		t.Fatalf("want %s and nothing open, got %s", outcome, d.Encode())
	}
	if b := d.Asked(); b.Refund == nil || b.Refund.Total == nil || *b.Refund.Total != refund {
		t.Errorf("want %d back, got %s", refund, d.Encode())
	}
}

// An imported order and an application are enough to decide a plain return; nobody is asked anything (SH-01).
func TestAPlainReturnAsksNothing(t *testing.T) {
	signed := day(time.November, 16)
	m := matter{
		order: order.Order{Channel: order.Distance, Status: "卖家已发货", PaidAt: instant(t, "2026-11-13T10:00:00+08:00"),
			ShippedAt: instant(t, "2026-11-14T10:00:00+08:00"), SignedOn: &signed, Attrs: order.Attrs{FreeShipping: true, FreightInsurance: true}},
		sold:  order.Line{ID: id.New(), Quantity: 2, Net: 53800, Category: "shoes"},
		units: 1,
		line:  line.Line{AppliedOn: day(time.November, 19), Ground: "size_mismatch", Remedy: string(rule.RefundReturn)},
	}
	want(t, m.decide(t, rule.AtApplication, day(time.November, 19), "CN", "law-cn", "shoes"), rule.Approve, 26900)
}

// What the customer declared and what the warehouse found come out of findings; the parcel tells when the money is due.
func TestFindingsDecideAtInspection(t *testing.T) {
	signed := day(time.November, 15)
	back := instant(t, "2026-11-19T09:00:00+08:00")
	m := matter{
		order: order.Order{Channel: order.Distance, Status: "交易成功", PaidAt: instant(t, "2026-11-12T10:00:00+08:00"),
			ShippedAt: instant(t, "2026-11-13T10:00:00+08:00"), SignedOn: &signed, FreightPaid: 800},
		sold:   order.Line{ID: id.New(), Quantity: 1, Net: 19900, Category: "shoes"},
		units:  1,
		line:   line.Line{AppliedOn: day(time.November, 19), Ground: "quality", Remedy: string(rule.RefundReturn)},
		parcel: &movement.Movement{Purpose: movement.Return, State: movement.Received, SignedAt: back, ReceivedAt: back},
	}
	for _, f := range [][3]string{{"goods.worn", "application", "true"}, {"finding.defect", "application", "true"},
		{"goods.worn", "inspection", "true"}, {"goods.resaleable", "inspection", "false"}, {"finding.defect", "inspection", "true"}} {
		m.findings = append(m.findings, line.Finding{Fact: f[0], Stage: f[1], Value: json.RawMessage(f[2])})
	}
	d := m.decide(t, rule.AtInspection, day(time.November, 20), "CN", "law-cn", "shoes")
	want(t, d, rule.Approve, 20700)
	if due := d.Asked().Due[0]; due.Date == nil || *due.Date != day(time.December, 4) {
		t.Errorf("due: %+v", due)
	}
}

// The Online Retail data knows no dispatch, no receipt, no category and no reason; its returns are decided all the same.
func TestARecordedReturnAsksNothing(t *testing.T) {
	m := matter{
		order: order.Order{Channel: order.Distance, PaidAt: instant(t, "2010-12-01T08:26:00Z"), FreightPaid: 1500},
		sold:  order.Line{ID: id.New(), Quantity: 6, Net: 1530},
		units: 2,
		line:  line.Line{AppliedOn: calendar.DateOf(2010, time.December, 16), Ground: "not_stated", Remedy: string(rule.RefundReturn)},
	}
	want(t, m.decide(t, rule.AtInspection, calendar.DateOf(2010, time.December, 16), "GB-EAW", "law-uk", "gifts-uk"), rule.Approve, 510)
}
